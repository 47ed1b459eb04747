//! Why a call ended early, told apart: the guest's doing, or the machine's.
//!
//! *Invariant:* a [`Failure`] made here is the same on every machine that runs this version: its text is ours, never
//! wasmtime's. What may vary (errno, addresses) goes to the diagnostics or into an [`EngineError`], which is no outcome.
//! *Doesn't know:* what the caller records.
//! *Start at:* [`Ending`].

use jaros_decision::{Code, Failure, Limits};
use wasmtime::{Error, OutOfMemory, PoolConcurrencyLimitError, Trap};

use crate::limiter::{Limiter, Reached};

/// The machine failed, not the guest: nothing of the call is recorded.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Retry: every place for a call is taken.
    #[error("every place for a call is taken; try again when one of the running calls has ended")]
    Full,
    /// Retry once, then stop the node: memory, address space or a mapping couldn't be had.
    #[error("the machine failed a call: {0}")]
    Machine(String),
}

/// A host function ends the call with this failure.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Stop(pub(crate) Failure);

/// A host function, or the limiter, found the machine broken.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Broken(pub(crate) String);

/// An error that a host function returns to end the call.
pub(crate) fn stop(code: Code, message: impl Into<String>) -> Error {
    Error::new(Stop(Failure::new(code, message)))
}

/// Whether the operating system, the pool or the allocator is to blame.
pub(crate) fn is_machine(error: &Error) -> bool {
    error.chain().any(|cause| {
        cause.is::<std::io::Error>()
            || cause.is::<rustix::io::Errno>()
            || cause.is::<PoolConcurrencyLimitError>()
            || cause.is::<OutOfMemory>()
            || cause.is::<Broken>()
    })
}

/// What is known when a call ends early.
pub(crate) struct Ending<'a> {
    /// `execute`, `decide`, …
    pub(crate) what: &'static str,
    /// The fuel that the part that ended could use, and the name of its limit.
    pub(crate) fuel: (u64, &'static str),
    /// What it could use otherwise.
    pub(crate) limits: &'a Limits,
    /// The store's count.
    pub(crate) limiter: &'a Limiter,
}

impl Ending<'_> {
    /// The guest's failure, or the machine's.
    pub(crate) fn judge(&self, error: &Error) -> Result<Failure, EngineError> {
        if let Some(Stop(failure)) = error.downcast_ref() {
            return Ok(self.last_words(failure));
        }
        if error.downcast_ref::<PoolConcurrencyLimitError>().is_some() {
            return Err(EngineError::Full);
        }
        if is_machine(error) {
            return Err(EngineError::Machine(format!("{error:#}")));
        }
        let trap = error.downcast_ref::<Trap>().copied();
        if trap == Some(Trap::OutOfFuel) {
            let (fuel, limit) = self.fuel;
            return Ok(Failure::new(Code::LIMIT, format!("fuel: {} used all {fuel} ({limit})", self.what)));
        }
        if trap == Some(Trap::StackOverflow) {
            let max = self.limits.stack_bytes;
            let text = format!("stack: {} nested its calls deeper than {max} bytes (stack_bytes)", self.what);
            return Ok(Failure::new(Code::LIMIT, text));
        }
        if let Some(reached) = self.limiter.reached() {
            return Ok(Failure::new(Code::LIMIT, self.limit_text(reached)));
        }
        if let Some(trap) = trap {
            return Ok(Failure::new(Code::TRAP, format!("{} trapped: {}", self.what, trap_text(trap))));
        }
        Ok(self.interface(error))
    }

    /// What a host function ended the call with. A language that gets no more memory gives up in its own words; then the limit is
    /// what ended the call.
    fn last_words(&self, failure: &Failure) -> Failure {
        match self.limiter.reached() {
            Some(reached) if failure.code == Code::TRAP => {
                Failure::new(Code::LIMIT, format!("{}; {}", self.limit_text(reached), failure.message))
            }
            _ => failure.clone(),
        }
    }

    fn limit_text(&self, reached: Reached) -> String {
        match reached {
            Reached::Memory(max) => {
                format!("memory: {} needed more than {max} bytes (memory_bytes)", self.what)
            }
            Reached::Table(max) => {
                format!("tables: {} needed more than {max} elements (table_elements)", self.what)
            }
        }
    }

    /// What crossed the boundary could not be read.
    fn interface(&self, error: &Error) -> Failure {
        if says(error, "fuel allocated for hostcalls has been exhausted") {
            let max = self.limits.lift_bytes;
            let text = format!("{} gave the host more than {max} bytes (lift_bytes)", self.what);
            return Failure::new(Code::LIMIT, text);
        }
        if says(error, "resource limit exceeded: instance count too high") {
            let max = self.limits.instances;
            let text = format!("instances: {} needed more than {max} core instances (instances)", self.what);
            return Failure::new(Code::LIMIT, text);
        }
        if says(error, "store handle limit exceeded") {
            let text = format!(
                "handles: {} held or lent more than {} at once (handles)",
                self.what, self.limits.handles
            );
            return Failure::new(Code::LIMIT, text);
        }
        let text = format!(
            "{} gave the host something unreadable: a text that isn't UTF-8, or a pointer, length or case out of range",
            self.what
        );
        Failure::new(Code::INVALID, text)
    }
}

/// Whether a limit that wasmtime counts was reached: of lifting, instances or handles. It has no types for them, only these sentences: the
/// exact version is pinned, and tests that go over each fail when its sentence changes.
fn says(error: &Error, sentence: &str) -> bool {
    error.root_cause().to_string().contains(sentence)
}

/// A trap's cause in words that stay the same when wasmtime's change.
fn trap_text(trap: Trap) -> &'static str {
    match trap {
        Trap::MemoryOutOfBounds => "it reached outside its memory",
        Trap::TableOutOfBounds => "it reached outside a table",
        Trap::IndirectCallToNull => "it called an empty table element",
        Trap::BadSignature => "it called a function of another type",
        Trap::IntegerOverflow => "an integer overflowed",
        Trap::IntegerDivisionByZero => "it divided by zero",
        Trap::BadConversionToInteger => "a number has no integer",
        Trap::UnreachableCodeReached => "it gave up (`unreachable`: a panic or a failed assertion)",
        Trap::CannotEnterComponent => "it was called back while it was calling",
        Trap::CannotLeaveComponent => "it called the host while the host was giving it memory or cleaning up",
        _ => "it broke a rule of WebAssembly",
    }
}
