//! From a component's bytes to code: in this process, or in a child that may use so much and no more.
//!
//! *Invariant:* the bytes are validated before they are compiled, and both are bounded by the same budget where a child does
//! it; what comes back is code, a refusal that the component earned, or a failure of the machine, never a mixture.
//! *Doesn't know:* where code is kept, who granted what.
//! *Start at:* [`Compiler`], [`Workshop::compile`].

mod budget;
mod child;
mod order;
mod parent;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use jaros_capability::Role;
use jaros_decision::{Code, Digest, Failure, Limits};
use wasmtime::Engine;

use crate::permits::Permits;
use crate::stop::{EngineError, is_machine};
use crate::validity;

pub(crate) use self::budget::Budget;
pub use self::child::compile_in_child;

/// Where components are compiled. Compiling is where a hostile component meets the most code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// In this process, without limits in time and memory: for tests, and for programs that trust their components.
    InProcess,
    /// In a child process for each component: a program that gives what [`compile_in_child`] gives.
    Program {
        /// The program's file.
        path: PathBuf,
        /// What it is called with, ahead of the order.
        args: Vec<OsString>,
    },
}

impl Compiler {
    /// The running program itself, called with this word. Linux keeps its bytes under this name even where the file was
    /// replaced meanwhile, so that child and parent never are two versions.
    #[must_use]
    pub fn own(word: &str) -> Self {
        Self::Program { path: "/proc/self/exe".into(), args: vec![word.into()] }
    }
}

/// What is compiled, and for which engine.
#[derive(Clone, Copy)]
pub(crate) struct Work<'a> {
    pub(crate) role: Role,
    pub(crate) engine: &'a Engine,
    pub(crate) config: Digest,
    pub(crate) bytes: &'a [u8],
}

/// Why there is no code.
pub(crate) enum Uncompiled {
    /// The component can't be had; cheap to find out again.
    Unfit(Failure),
    /// The component can't be had, and finding out cost much: worth remembering.
    Hopeless(Failure),
    /// Nothing was learned about the component: try again.
    Machine(EngineError),
}

/// Compiles, with as many children at once as there are processors.
pub(crate) struct Workshop {
    compiler: Compiler,
    limits: Limits,
    places: Permits,
}

impl Workshop {
    pub(crate) fn new(compiler: Compiler, limits: Limits) -> Self {
        let places = std::thread::available_parallelism().map_or(1, usize::from);
        Self { compiler, limits, places: Permits::new(u32::try_from(places).unwrap_or(u32::MAX)) }
    }

    /// What compiling so many bytes may cost.
    pub(crate) fn budget(&self, bytes: usize) -> Budget {
        Budget::new(&self.limits, bytes)
    }

    /// Validates and compiles. Holds the thread until there is an answer.
    pub(crate) fn compile(&self, work: Work<'_>) -> Result<Vec<u8>, Uncompiled> {
        match &self.compiler {
            Compiler::InProcess => here(work.engine, work.bytes),
            Compiler::Program { path, args } => {
                let _place = self.places.acquire(1);
                let order = order::Order::new(&work, &self.limits);
                let patience = budget::patience(&self.limits, &order.budget());
                parent::compile(&parent::Program { path, args, patience }, &order, work.bytes)
            }
        }
    }
}

/// Compiles in this process; a compiler that trips over a component must not take the process with it.
fn here(engine: &Engine, bytes: &[u8]) -> Result<Vec<u8>, Uncompiled> {
    validity::validate(bytes).map_err(|unfit| Uncompiled::Unfit(unfit.failure()))?;
    let compiled = catch_unwind(AssertUnwindSafe(|| engine.precompile_component(bytes)));
    compiled.map_err(|_| Uncompiled::Hopeless(uncompiled("the compiler failed")))?.map_err(|error| {
        if is_machine(&error) {
            Uncompiled::Machine(EngineError::Machine(format!("{error:#}")))
        } else {
            Uncompiled::Hopeless(uncompiled(&format!("{error:#}")))
        }
    })
}

/// A component that the compiler, or the pool, doesn't take.
pub(crate) fn uncompiled(why: &str) -> Failure {
    let text = format!("the component doesn't compile: {why}; build it again, or make it need less");
    Failure::new(Code::INVALID, text)
}
