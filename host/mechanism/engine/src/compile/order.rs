//! What the parent asks of its child, and the ways in which the child ends.
//!
//! *Invariant:* the child's limits stand in the order, so that it has them before it reads a byte of the component.
//! *Doesn't know:* processes.
//! *Start at:* [`Order`], [`End`].

use jaros_capability::Role;
use jaros_decision::{Code, Digest, Failure, Limits};
use serde::{Deserialize, Serialize};

use super::Work;
use super::budget::Budget;

/// One argument, as JSON. The component follows on standard input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    /// Whose child it is; it ends with that process.
    pub(super) parent: u32,
    /// For the agents' engine, not the tools'.
    pub(super) agent: bool,
    /// What the engine's configuration has to come to: a child of another version compiles nothing.
    pub(super) config: Digest,
    /// The engine's limit on a guest's memory, which agents' code depends on.
    pub(super) guest_memory_bytes: u64,
    /// How long the component is.
    pub(super) bytes: u64,
    pub(super) cpu_s: u64,
    pub(super) memory_bytes: u64,
}

impl Order {
    pub(super) fn new(work: &Work<'_>, limits: &Limits) -> Self {
        let budget = Budget::new(limits, work.bytes.len());
        Self {
            parent: std::process::id(),
            agent: work.role == Role::Agent,
            config: work.config,
            guest_memory_bytes: limits.memory_bytes,
            bytes: work.bytes.len() as u64,
            cpu_s: budget.cpu_s,
            memory_bytes: budget.memory_bytes,
        }
    }

    pub(super) fn budget(&self) -> Budget {
        Budget { cpu_s: self.cpu_s, memory_bytes: self.memory_bytes }
    }
}

/// How a child ends by itself; its exit code. Signals are for the parent to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum End {
    /// Standard output is the code.
    Compiled = 0,
    /// Standard output is a [`Said`]: the component isn't valid.
    Unfit = 80,
    /// Standard output is a [`Said`]: the compiler doesn't take it.
    Uncompilable = 81,
    /// The compiler panicked.
    Panicked = 82,
    /// The memory was used up, and the compiler noticed.
    OutOfMemory = 83,
    /// The child couldn't begin; standard output says why.
    Unready = 84,
}

impl End {
    pub(super) fn of(exit: i32) -> Option<Self> {
        let all = [
            Self::Compiled,
            Self::Unfit,
            Self::Uncompilable,
            Self::Panicked,
            Self::OutOfMemory,
            Self::Unready,
        ];
        all.into_iter().find(|end| *end as i32 == exit)
    }
}

/// A sentence is no way to carry data.
const TEXT_CHARS_MAX: usize = 1_000;

/// A refusal in the child's words.
#[derive(Serialize, Deserialize)]
pub(super) struct Said {
    code: String,
    text: String,
}

impl Said {
    pub(super) fn new(failure: &Failure) -> Self {
        Self { code: failure.code.as_str().to_owned(), text: failure.message.clone() }
    }

    /// Read as what a stranger wrote: whatever took the compiler over might speak here.
    pub(super) fn failure(self) -> Failure {
        Failure::new(Code::from_text(&self.code), plain(&self.text))
    }
}

/// A text that can't be more than one short line.
pub(super) fn plain(text: &str) -> String {
    text.chars().take(TEXT_CHARS_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
