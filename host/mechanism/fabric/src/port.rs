//! The port: what whoever runs jobs may ask of the shared folder, whatever it is made of.
//!
//! *Invariant:* after [`FabricError::Fenced`] no step of that hold has any effect that others can see.
//! *Doesn't know:* files, except that a hold has a work folder, out of which the ledger's writer renames its segments.
//! *Start at:* [`Hold`].

use std::ffi::OsString;
use std::os::fd::BorrowedFd;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jaros_decision::{Epoch, JobId, Name};

use crate::{ArtifactPath, FabricError, Rejected, SubmitError, TakeOverError};

/// A job that was claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its name, which is its file's.
    pub id: JobId,
    /// 1, or higher if it came back.
    pub attempt: u32,
    /// The file as it was submitted: unchecked, at most `job_bytes`.
    pub bytes: Vec<u8>,
}

/// What a batch of claims brought.
#[derive(Debug, Default)]
pub struct Claimed {
    /// In the order of their file names.
    pub jobs: Vec<Claim>,
    /// Files that can be no job: in `failed/` now, or left alone where they couldn't be moved. Each is told once.
    pub rejected: Vec<Rejected>,
    /// More names are known; claim again when there is room.
    pub more: bool,
    /// A file was taken that looks half written: claim again after this time, even if nothing changes.
    pub again: Option<Duration>,
}

/// A job that this node holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The job.
    pub id: JobId,
    /// 1, and one more for each time that it came back or was charged.
    pub attempt: u32,
    /// Its execution was begun ([`Hold::charge`]): after a takeover run such jobs alone.
    pub begun: bool,
}

/// How a job leaves.
#[derive(Clone, Copy, Debug)]
pub enum Ending<'a> {
    /// To `processed/ID.json`.
    Processed,
    /// To `failed/ID.json`, with this text as `failed/ID.json.reason`.
    Failed {
        /// A sentence for people, and what to do next.
        reason: &'a str,
    },
}

/// What publishing found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// It is visible since now.
    New,
    /// It was there already: a former attempt came this far.
    Already,
    /// Something else was there, such as a file that a power cut emptied; now it is right.
    Repaired,
}

/// A file in the work folder that nobody else sees yet. Whoever drops it leaves it to the next takeover.
#[derive(Debug, PartialEq, Eq)]
pub struct Staged(pub(crate) String);

/// A shared place for jobs and results.
pub trait Fabric: Send + Sync {
    /// Puts a job into the inbox. It survives this process at once, and a power cut after a sync.
    /// # Errors
    /// [`SubmitError`]: refuse, except for `Io`.
    fn submit(&self, id: &JobId, bytes: &[u8]) -> Result<(), SubmitError>;

    /// Takes the lease, ends every former holder's epoch and takes over its tokens (Takeover, steps 1 to 3). The
    /// ledger's writer goes on from there: it reads to the end and seals, out of [`Hold::work`].
    /// # Errors
    /// [`TakeOverError::Held`] while the former holder lives.
    fn take_over(&self, node: &Name) -> Result<Arc<dyn Hold>, TakeOverError>;
}

/// The executor's lease, held. Every step may answer [`FabricError::Fenced`]: stop then.
///
/// Dropping it without [`Hold::release`] is what a crash does: the next takeover finds everything.
pub trait Hold: Send + Sync {
    /// The term. Higher than any before.
    fn epoch(&self) -> Epoch;

    /// The work folder. A rename out of it succeeds only while this hold counts. Names that begin with `take.`, `run.`,
    /// `out.`, `job.`, `art.`, `gone.`, `why.` and `tick.` are taken.
    fn work(&self) -> &Path;

    /// Takes up to `max` jobs (also fewer: a batch is bounded in bytes too) by the order of their names.
    ///
    /// Costs a listing of the inbox only when nothing is known to wait, or after [`Hold::rescan`].
    /// # Errors
    /// `Fenced`; `Io` if nothing could be claimed.
    fn claim(&self, max: usize) -> Result<Claimed, FabricError>;

    /// Takes this job, if it waits in the inbox: to cancel it, or to run it before its turn.
    /// # Errors
    /// `Fenced`, `Io`; `Rejected` if its file can be no job.
    fn claim_one(&self, id: &JobId) -> Result<Option<Claim>, FabricError>;

    /// Says that files of these names appeared in the inbox, so that the next claim needs no listing.
    fn arrived(&self, names: Vec<OsString>);

    /// Says that the inbox changed in unknown ways: the next claim lists it.
    fn rescan(&self);

    /// What this node holds, by id: after a takeover, what its predecessors held.
    fn held(&self) -> Vec<Token>;

    /// The file of a job that is held.
    /// # Errors
    /// `NotHeld`; `Rejected` if the file can be no job, which is then no longer held.
    fn read_token(&self, id: &JobId) -> Result<Vec<u8>, FabricError>;

    /// Notes in the token's name that its execution begins, and counts the attempt: `run.ID.A+1`. Returns A+1.
    /// # Errors
    /// `NotHeld`, `Fenced`, `Io`.
    fn charge(&self, id: &JobId) -> Result<u32, FabricError>;

    /// Writes a file that becomes an artifact later.
    /// # Errors
    /// `Fenced`, `Io`.
    fn stage(&self, bytes: &[u8]) -> Result<Staged, FabricError>;

    /// Removes a staged file.
    fn discard(&self, staged: Staged);

    /// Makes a staged file visible as `artifacts/PATH`, in place of what is there; folders are made, links never
    /// followed. Publish only the newest durable version of a path, and before any result that needs it.
    /// # Errors
    /// `Blocked` if a folder stands there or something that is no folder on the way; the staged file is gone then.
    fn publish_artifact(&self, path: &ArtifactPath, staged: Staged) -> Result<(), FabricError>;

    /// Makes a staged file visible under this name in an open folder that the operator granted, in place of what is there.
    /// The folder lies on the data directory's file system.
    /// # Errors
    /// `Blocked` if a folder stands there; the staged file is gone then. `Fenced`, `Io`.
    fn publish_file(&self, folder: BorrowedFd<'_>, name: &str, staged: Staged) -> Result<(), FabricError>;

    /// Takes the file of this name out of an open folder that the operator granted; none there is fine.
    /// # Errors
    /// `Blocked`, `Fenced`, `Io`.
    fn remove_file(&self, folder: BorrowedFd<'_>, name: &str) -> Result<(), FabricError>;

    /// Makes a result visible as `outbox/ID.json`. Publishing the same again changes nothing.
    /// # Errors
    /// `Blocked`, `Fenced`, `Io`.
    fn publish_result(&self, id: &JobId, bytes: &[u8]) -> Result<Published, FabricError>;

    /// As [`Hold::publish_result`], cheaper where the result most likely is there: recovery's way.
    /// # Errors
    /// `Blocked`, `Fenced`, `Io`.
    fn republish_result(&self, id: &JobId, bytes: &[u8]) -> Result<Published, FabricError>;

    /// Puts a child job into the inbox. `Already` if it waits there or is held here; whether it is *done* is on the
    /// record only.
    /// # Errors
    /// `Fenced`, `Io`.
    fn publish_job(&self, id: &JobId, bytes: &[u8]) -> Result<Published, FabricError>;

    /// Moves a job's token to where done jobs lie.
    /// # Errors
    /// `NotHeld`: go on, it left before. `Blocked`, `Fenced`, `Io`.
    fn finish(&self, id: &JobId, ending: Ending<'_>) -> Result<(), FabricError>;

    /// One fenced step for its own sake: if it succeeds, what was durable before it is in every successor's chain.
    /// Before a checkpoint is signed, and before a call leaves the node.
    /// # Errors
    /// `Fenced`, `Io`.
    fn confirm(&self) -> Result<(), FabricError>;

    /// Gives the lease back. Tokens stay for the next holder; everything else in the work folder goes.
    /// # Errors
    /// `Fenced` if somebody took over before.
    fn release(&self) -> Result<(), FabricError>;
}
