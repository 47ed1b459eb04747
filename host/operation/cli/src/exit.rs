//! The exit codes: what a script learns without reading a word.
//!
//! *Invariant:* a code means the same in every command; `docs/cli.md` shows this table.
//! *Doesn't know:* messages.
//! *Start at:* [`Exit`].

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// What was asked for is so, or is done.
    Ok = 0,
    /// It was looked at, and the answer is no: nothing is there yet, a job failed, a replay differs, a chain is broken.
    No = 1,
    /// What was given can't be used: arguments, input, files, names that don't exist. Nothing was done.
    Input = 2,
    /// The node, the gate or a rule of the operator's refused it.
    Refused = 3,
    /// Nobody answered: no node runs, time ran out, or somebody else has to act first.
    Unanswered = 4,
    /// The machine couldn't: disk, memory, rights; or the node had to stop.
    Machine = 5,
    /// A second SIGINT stopped it at once.
    Interrupted = 130,
    /// A second SIGTERM stopped it at once.
    Terminated = 143,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
