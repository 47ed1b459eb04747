//! Why reading stops.
//!
//! *Invariant:* variants are grouped by what the caller does: show it and stop, update Jaros, or begin again.
//! *Doesn't know:* whether a ledger can be repaired.
//! *Start at:* [`ReadError`].

use std::io;
use std::path::{Path, PathBuf};

use crate::flaw::Broken;
use crate::record::FORMAT;
use crate::segment::Segment;

/// Why reading stopped.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Something is wrong in the part that is sealed, or with a segment as a whole.
    #[error(transparent)]
    Broken(#[from] Box<Broken>),
    /// Written by a later version: update Jaros.
    #[error("{segment} has format {format}, and this version reads formats up to {FORMAT}")]
    Format {
        /// Which segment.
        segment: Segment,
        /// Its format.
        format: u32,
    },
    /// A file that looks like a segment and is none: move it away.
    #[error("{} looks like a segment, but isn't named as one", path.display())]
    Stray {
        /// The file.
        path: PathBuf,
    },
    /// What was read last is no longer part of the ledger: a successor sealed it before that place. Begin again.
    #[error("{segment} was sealed at byte {sealed}, and was read up to byte {read}")]
    Rewound {
        /// Which segment.
        segment: Segment,
        /// Where it ends now.
        sealed: u64,
        /// How far it was read.
        read: u64,
    },
    /// The disk said no.
    #[error("failed to read {}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl ReadError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}

impl From<Broken> for ReadError {
    fn from(broken: Broken) -> Self {
        Self::Broken(Box::new(broken))
    }
}
