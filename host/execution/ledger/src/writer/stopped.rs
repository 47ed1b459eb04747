//! Why nothing is appended.
//!
//! *Invariant:* once stopped, a ledger stays stopped, and says the same to everyone.
//! *Doesn't know:* what becomes of the node.
//! *Start at:* [`Stopped`].

use std::io;
use std::sync::Arc;

use jaros_content::ContentError;

/// Why a ledger takes no more entries. All of these end the writer; none is ever tried again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// Another node took the lease over, and removed this one's work folder: forget everything and begin again.
    #[error("the ledger was taken over by another node")]
    Fenced,
    /// The disk failed. What was not acknowledged may or may not be there: stop, and let recovery look.
    #[error("the ledger stopped, since it failed to {verb}: {message}")]
    Disk {
        /// What was tried, as a verb.
        verb: &'static str,
        /// What the system said.
        message: Arc<str>,
    },
    /// The ledger was closed, or its thread died.
    #[error("the ledger is closed")]
    Closed,
}

impl Stopped {
    pub(crate) fn disk(verb: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Disk { verb, message: error.to_string().into() }
    }

    /// A step out of the work folder: if that is gone, a successor emptied it.
    pub(crate) fn fenced_step(verb: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| match error.kind() {
            io::ErrorKind::NotFound => Self::Fenced,
            _ => Self::disk(verb)(error),
        }
    }
}

/// Why these drafts were not appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Nothing is appended any more.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// A large datum couldn't be kept, or content that a draft names isn't there. None of the drafts was written; the
    /// ledger itself is well.
    #[error("what the entries name can't be kept: {0}")]
    Content(#[from] ContentError),
}
