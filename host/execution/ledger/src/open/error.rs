//! Why a ledger isn't opened.
//!
//! *Invariant:* variants are grouped by what the caller does next.
//! *Doesn't know:* exit codes.
//! *Start at:* [`OpenError`].

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use jaros_decision::{Epoch, Seq};

use crate::keys::KeyError;
use crate::reader::ReadError;
use crate::recovery::Refused;
use crate::writer::Stopped;

/// Why a ledger isn't opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The ledger isn't what it should be: an operator has to look. Nothing was changed.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// It can't be read: a later format, a stray file, the disk.
    #[error(transparent)]
    Read(ReadError),
    /// The key can't be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The visitor couldn't take an entry in.
    #[error("entry {seq} can't be taken in: {source}")]
    Visit {
        /// Which entry.
        seq: Seq,
        /// The visitor's own words.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The file became shorter while it was read, as a file server's does that forgot what it was told: open again.
    #[error("{} has {length} bytes after {read} were read", path.display())]
    Shrunk {
        /// The file.
        path: PathBuf,
        /// How much was read.
        read: u64,
        /// How much there is.
        length: u64,
    },
    /// Somebody holds a later lease: begin again as a new node.
    #[error("epoch {given} is not after epoch {found}, in which the ledger was last written")]
    Epoch {
        /// This writer's.
        given: Epoch,
        /// The last segment's.
        found: Epoch,
    },
    /// The new segment couldn't be made: begin again as a new node if it was fenced, stop otherwise.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The disk said no.
    #[error("failed to {verb} {}: {source}", path.display())]
    Io {
        /// What was tried.
        verb: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl OpenError {
    pub(super) fn io(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { verb, path: path.to_owned(), source }
    }
}

/// Damage in the sealed part is one row of the recovery table: the ledger is refused.
impl From<ReadError> for OpenError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Broken(broken) => Self::Refused(Refused::Damaged(broken)),
            error => Self::Read(error),
        }
    }
}
