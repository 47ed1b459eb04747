//! What goes wrong, as people and programs are told: one sentence, a stable code, and what to do next.
//!
//! *Invariant:* nothing here prints a backtrace, and no message needs another one to be understood.
//! *Doesn't know:* where it is printed; `output` does that.
//! *Start at:* [`Problem`].

use std::fmt;
use std::io;

use jaros_decision::{Code, Failure};
use serde::Serialize;

use crate::exit::Exit;

/// Why a command didn't do what it was asked for.
#[derive(Debug)]
pub(crate) struct Problem {
    /// How the process ends.
    pub(crate) exit: Exit,
    /// What programs go by.
    pub(crate) code: Code,
    /// One sentence.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) next: Option<String>,
    /// More of the same, one a line, for people; an array for programs.
    pub(crate) details: Vec<String>,
    /// Whoever read the output went away: say nothing.
    pub(crate) silent: bool,
}

/// What every command comes to.
pub(crate) type Outcome = Result<Exit, Problem>;

/// Codes that only the command line uses, beside those of [`Code`].
pub(crate) mod code {
    /// There is no data directory, ledger or log here yet.
    pub(crate) const NOTHING_YET: &str = "nothing-yet";
    /// No node runs on this data directory.
    pub(crate) const NO_NODE: &str = "no-node";
    /// The arguments aren't what the command takes.
    pub(crate) const USAGE: &str = "usage";
    /// Something of that name is there already.
    pub(crate) const EXISTS: &str = "exists";
    /// The disk, or another part of the machine, said no.
    pub(crate) const MACHINE: &str = "machine";
    /// The ledger isn't what it was when it was written.
    pub(crate) const BROKEN: &str = "broken";
    /// Several things have that name.
    pub(crate) const AMBIGUOUS: &str = "ambiguous";
    /// A program that a build needs isn't installed.
    pub(crate) const NO_TOOL: &str = "no-tool";
    /// A job waits for an operator.
    pub(crate) const BLOCKED: &str = "blocked";
}

impl Problem {
    /// A problem of this code, a word of [`code`] or [`Code`].
    pub(crate) fn new(exit: Exit, code: &str, message: impl Into<String>) -> Self {
        Self {
            exit,
            code: Code::from_text(code),
            message: message.into(),
            next: None,
            details: Vec::new(),
            silent: false,
        }
    }

    /// What was given can't be used.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(Exit::Input, Code::INVALID.as_str(), message)
    }

    /// A name that nothing has.
    pub(crate) fn unknown(message: impl Into<String>) -> Self {
        Self::new(Exit::Input, Code::NOT_FOUND.as_str(), message)
    }

    /// The machine couldn't.
    pub(crate) fn machine(message: impl Into<String>) -> Self {
        Self::new(Exit::Machine, code::MACHINE, message)
    }

    /// A refusal by a component's host, with its own code.
    pub(crate) fn refused(failure: &Failure) -> Self {
        Self::new(Exit::Refused, failure.code.as_str(), failure.message.clone())
    }

    /// The same with a next step.
    pub(crate) fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// The same with more lines.
    pub(crate) fn details(mut self, details: Vec<String>) -> Self {
        self.details = details;
        self
    }

    /// Standard output couldn't be written. A reader who went away (`| head`) is no problem of ours.
    pub(crate) fn unwritten(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { silent: true, ..Self::new(Exit::Ok, code::MACHINE, "") };
        }
        Self::machine(format!("standard output can't be written: {error}"))
            .next("make room where it goes, and repeat")
    }

    /// As programs read it; `next` is the next step as it can be typed.
    pub(crate) fn report<'a>(&'a self, next: Option<&'a str>) -> Report<'a> {
        Report {
            error: Body { code: self.code.as_str(), message: &self.message, next, details: &self.details },
        }
    }
}

/// `{"error":{…}}`.
#[derive(Serialize)]
pub(crate) struct Report<'a> {
    error: Body<'a>,
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    message: &'a str,
    next: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    details: &'a [String],
}

/// What helps against an answer of the operating system.
pub(crate) fn mended(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "run it as the account that owns the data directory",
        io::ErrorKind::StorageFull => "make room on the disk, and repeat",
        io::ErrorKind::ReadOnlyFilesystem => "use a data directory that can be written, by --data-dir",
        _ => "look at the path, and repeat",
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl From<jaros_fabric::IoFailure> for Problem {
    fn from(failure: jaros_fabric::IoFailure) -> Self {
        Self::machine(failure.to_string()).next(mended(&failure.source))
    }
}

impl From<jaros_ledger::ReadError> for Problem {
    fn from(error: jaros_ledger::ReadError) -> Self {
        use jaros_ledger::ReadError;
        let message = error.to_string();
        match error {
            ReadError::Broken(_) => Self::new(Exit::No, code::BROKEN, message)
                .next("jaros verify says how much of the ledger holds"),
            ReadError::Format { .. } => Self::machine(message).next("update jaros"),
            ReadError::Stray { .. } => Self::machine(message).next("move that file out of state/ledger"),
            ReadError::Rewound { .. } => Self::machine(message).next("repeat the command"),
            ReadError::Io { .. } => Self::machine(message).next("look at the path, and repeat"),
        }
    }
}

impl From<jaros_content::ContentError> for Problem {
    fn from(error: jaros_content::ContentError) -> Self {
        Self::machine(error.to_string()).next("look at state/content, and repeat")
    }
}

impl From<jaros_executor::ReadError> for Problem {
    fn from(error: jaros_executor::ReadError) -> Self {
        Self::new(Exit::No, code::BROKEN, error.to_string()).next("jaros verify checks the whole ledger")
    }
}
