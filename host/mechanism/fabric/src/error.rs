//! What can go wrong, one enum an operation, by what the caller does about it.
//!
//! *Invariant:* a message names the object; nothing branches on its text.
//! *Doesn't know:* exit codes, or how a node stops.
//! *Start at:* [`FabricError`].

use std::io;
use std::path::{Path, PathBuf};

use jaros_decision::{Epoch, JobId, Name};
use rustix::io::Errno;

use crate::Rejected;

/// The operating system's answer, with what was tried on which file.
#[derive(Debug, thiserror::Error)]
#[error("can't {action} {path:?}: {source}")]
pub struct IoFailure {
    /// A verb: `open`, `rename`.
    pub action: &'static str,
    /// What it was tried on.
    pub path: PathBuf,
    /// Why not.
    #[source]
    pub source: io::Error,
}

impl IoFailure {
    pub(crate) fn new(action: &'static str, path: &Path, errno: Errno) -> Self {
        Self { action, path: path.to_owned(), source: errno.into() }
    }
}

/// Why a step of the lease's holder didn't happen.
#[derive(Debug, thiserror::Error)]
pub enum FabricError {
    /// Stop: a successor removed this node's work folder. Drop what is in memory and take over anew.
    #[error("another node took over from epoch {epoch}; nothing of this one counts any more")]
    Fenced {
        /// The epoch that ended.
        epoch: Epoch,
    },
    /// Stop: this node gave its lease back itself.
    #[error("the lease of epoch {epoch} was given back")]
    Released {
        /// The epoch that ended.
        epoch: Epoch,
    },
    /// Go on: there is no token of this job here (any more).
    #[error("job {0} isn't held by this node")]
    NotHeld(JobId),
    /// Go on: the job's file can't be a job; it lies in `failed/` now, with its reason.
    #[error("{0}")]
    Rejected(Rejected),
    /// Refuse: something that is no file stands where a file should go.
    #[error("{path:?} can't be written: {by} is in the way; remove or rename it")]
    Blocked {
        /// Where the file should have gone.
        path: PathBuf,
        /// What stands there: `a folder`, `"a" is a file`.
        by: String,
    },
    /// Retry later: the machine couldn't (disk full, too many open files).
    #[error(transparent)]
    Io(#[from] IoFailure),
}

/// Why a takeover didn't happen.
#[derive(Debug, thiserror::Error)]
pub enum TakeOverError {
    /// Refuse: a node is running here.
    #[error(
        "node {node} (process {pid}) is already running on this folder; stop it first, or use another folder"
    )]
    Held {
        /// The node that holds the lease.
        node: Name,
        /// Its process on this machine.
        pid: u32,
    },
    /// Retry: others took the lease again and again at the same moment.
    #[error("other nodes kept taking the lease at the same moment; try again")]
    Contended,
    /// Refuse: the layout is damaged.
    #[error("{0:?} has no lease file; if surely no node runs here, make an empty file `lease.0.free` in it")]
    NoLease(PathBuf),
    /// Refuse: a step is a rename, and a rename doesn't cross file systems.
    #[error("{0:?} lies on another file system than `state/`; both must lie on one")]
    OtherFileSystem(PathBuf),
    /// Retry later: the machine couldn't.
    #[error(transparent)]
    Io(#[from] IoFailure),
}

/// Why a job wasn't put into the inbox.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// Refuse: a job of this id is waiting there.
    #[error("job {0} is in the inbox already; submit under another id")]
    Exists(JobId),
    /// Refuse: no node would take it.
    #[error("job {id} has {bytes} bytes, and `job_bytes` allows {limit}")]
    TooBig {
        /// The job.
        id: JobId,
        /// What it has.
        bytes: u64,
        /// What it may have.
        limit: u64,
    },
    /// Retry later: the machine couldn't.
    #[error(transparent)]
    Io(#[from] IoFailure),
}
