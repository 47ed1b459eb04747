//! What can go wrong with kept bytes.
//!
//! *Invariant:* every variant names the file or the digest, so that an operator knows where to look.
//! *Doesn't know:* what the caller does about it.
//! *Start at:* [`ContentError`].

use std::io;
use std::path::{Path, PathBuf};

use jaros_decision::Digest;

/// Why bytes couldn't be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// Nothing is kept under this digest: refuse what needs it.
    #[error("content {0} is not in the store")]
    Missing(Digest),
    /// The file is there, but holds something else: refuse what needs it, and restore the file.
    #[error("content {digest} is damaged: {path} has another digest")]
    Damaged {
        /// What was asked for.
        digest: Digest,
        /// The file that should hold it.
        path: PathBuf,
    },
    /// The disk said no. After a failed sync: stop; never try that sync again.
    #[error("failed to {verb} {path}: {source}")]
    Io {
        /// What was tried, as a verb.
        verb: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl ContentError {
    pub(crate) fn io(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { verb, path: path.to_owned(), source }
    }
}
