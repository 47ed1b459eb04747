//! The lease, held on a plain folder.
//!
//! *Invariant:* every visible step goes out of `state/executor/w.EPOCH.HOLDER/`. `ENOENT` there, while the folder is
//! gone, is how a fenced holder learns of it; it remembers, and does nothing more.
//! *Doesn't know:* what jobs say. Claiming is in `claim`, publishing in `publish`.
//! *Start at:* [`FolderHold`].

mod claim;
mod publish;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jaros_decision::{Epoch, JobId};
use rustix::io::Errno;

use crate::FabricError;
use crate::alive::Alive;
use crate::artifact::ArtifactPath;
use crate::inbox::{Inbox, Told};
use crate::layout::EXECUTOR;
use crate::name::Lease;
use crate::port::{Claim, Claimed, Ending, Hold, Published, Staged, Token};
use crate::root::Root;
use crate::takeover::{self, Taken};

const COUNTS: u8 = 0;
const FENCED: u8 = 1;
const RELEASED: u8 = 2;

/// What a hold goes by, from [`crate::Folder`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub(crate) job_bytes: u64,
    /// How long a half-written file must be still before it is taken for all there is.
    pub(crate) quiet: Duration,
}

/// The executor's lease on a [`crate::Folder`].
#[derive(Debug)]
pub struct FolderHold {
    pub(crate) root: Root,
    terms: Terms,
    lease: Lease,
    /// The work folder, relative to the root, and in full.
    work: String,
    work_path: PathBuf,
    inbox: Mutex<Inbox>,
    told: Mutex<Told>,
    tokens: Mutex<BTreeMap<JobId, Token>>,
    alive: Mutex<Option<Alive>>,
    /// Names for what is prepared here.
    fresh: AtomicU64,
    /// The file that is renamed only to see whether it can be.
    tick: Mutex<Option<PathBuf>>,
    ended: AtomicU8,
}

/// A panic while one of these was locked broke nothing that isn't also in the folder.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FolderHold {
    pub(crate) fn new(root: Root, taken: Taken, tokens: Vec<Token>, terms: Terms) -> Self {
        Self {
            work_path: root.path(&taken.work),
            root,
            terms,
            lease: taken.lease,
            work: taken.work,
            inbox: Mutex::default(),
            told: Mutex::default(),
            tokens: Mutex::new(tokens.into_iter().map(|token| (token.id.clone(), token)).collect()),
            alive: Mutex::new(Some(taken.alive)),
            fresh: AtomicU64::new(0),
            tick: Mutex::default(),
            ended: AtomicU8::new(COUNTS),
        }
    }

    /// A name in the work folder.
    fn leaf(&self, name: &str) -> PathBuf {
        Path::new(&self.work).join(name)
    }

    /// A name in the work folder that nothing has.
    pub(crate) fn fresh_leaf(&self, word: &str) -> PathBuf {
        self.leaf(&self.fresh_name(word))
    }

    fn fresh_name(&self, word: &str) -> String {
        format!("{word}.{}", self.fresh.fetch_add(1, Ordering::Relaxed))
    }

    /// Asks whether this hold still counts, as far as it knows without a step.
    fn known_to_count(&self) -> Result<(), FabricError> {
        let epoch = self.lease.epoch;
        match self.ended.load(Ordering::Acquire) {
            COUNTS => Ok(()),
            RELEASED => Err(FabricError::Released { epoch }),
            _ => Err(FabricError::Fenced { epoch }),
        }
    }

    /// Asks the folder whether this hold still counts.
    pub(crate) fn counts(&self) -> Result<(), FabricError> {
        self.known_to_count()?;
        if matches!(self.root.stat(&self.work), Err(Errno::NOENT)) {
            self.ended.store(FENCED, Ordering::Release);
        }
        self.known_to_count()
    }

    /// What an error number on a path of one's own means.
    pub(crate) fn fault(&self, action: &'static str, at: impl AsRef<Path>, errno: Errno) -> FabricError {
        let gone = if errno == Errno::NOENT { self.counts() } else { Ok(()) };
        gone.err().unwrap_or_else(|| self.root.failure(action, at, errno).into())
    }

    /// The token of a job, and where it lies.
    fn token(&self, id: &JobId) -> Result<(Token, PathBuf), FabricError> {
        self.known_to_count()?;
        let token = lock(&self.tokens).get(id).cloned().ok_or_else(|| FabricError::NotHeld(id.clone()))?;
        let at = self.leaf(&token.file_name());
        Ok((token, at))
    }

    /// As [`FolderHold::fault`], for a token's own path: without the file, but with the folder, it was taken away by
    /// hand, and there is nothing left to hold.
    fn token_fault(&self, id: &JobId, action: &'static str, at: &Path, errno: Errno) -> FabricError {
        if errno != Errno::NOENT {
            return self.root.failure(action, at, errno).into();
        }
        if let Err(ended) = self.counts() {
            return ended;
        }
        lock(&self.tokens).remove(id);
        FabricError::NotHeld(id.clone())
    }

    fn give_back(&self) -> Result<(), FabricError> {
        self.counts()?;
        let fault = |errno| self.fault("empty", &self.work, errno);
        for name in self.root.list(&self.work).map_err(fault)? {
            if Token::read(&name).is_none() {
                takeover::remove(&self.root, &Path::new(&self.work).join(name)).map_err(fault)?;
            }
        }
        // It stays where it holds tokens: the next holder empties it, as it would a dead one's.
        match self.root.remove_folder(&self.work) {
            Ok(()) | Err(Errno::NOTEMPTY | Errno::EXIST) => {}
            Err(errno) => return Err(fault(errno)),
        }
        self.ended.store(RELEASED, Ordering::Release);
        let lease = |lease: &Lease| format!("{EXECUTOR}/{lease}");
        let free = Lease { epoch: self.lease.epoch, holder: None };
        let freed = self.root.rename(lease(&self.lease), lease(&free));
        if let Some(alive) = lock(&self.alive).take() {
            alive.withdraw(&self.root);
        }
        match freed {
            Ok(()) => Ok(()),
            Err(Errno::NOENT) => Err(FabricError::Fenced { epoch: self.lease.epoch }),
            Err(errno) => Err(self.root.failure("rename", lease(&self.lease), errno).into()),
        }
    }
}

impl Hold for FolderHold {
    fn epoch(&self) -> Epoch {
        self.lease.epoch
    }

    fn work(&self) -> &Path {
        &self.work_path
    }

    fn claim(&self, max: usize) -> Result<Claimed, FabricError> {
        self.claim_batch(max)
    }

    fn claim_one(&self, id: &JobId) -> Result<Option<Claim>, FabricError> {
        self.claim_named(id)
    }

    fn arrived(&self, names: Vec<OsString>) {
        lock(&self.told).names.extend(names);
    }

    fn rescan(&self) {
        lock(&self.told).rescan = true;
    }

    fn held(&self) -> Vec<Token> {
        lock(&self.tokens).values().cloned().collect()
    }

    fn read_token(&self, id: &JobId) -> Result<Vec<u8>, FabricError> {
        let (token, _) = self.token(id)?;
        self.read_held(&token)
    }

    fn charge(&self, id: &JobId) -> Result<u32, FabricError> {
        let (token, from) = self.token(id)?;
        let begun = Token { attempt: token.attempt.saturating_add(1), begun: true, ..token };
        let to = self.leaf(&begun.file_name());
        self.root.rename(&from, &to).map_err(|errno| self.token_fault(id, "rename", &from, errno))?;
        let attempt = begun.attempt;
        lock(&self.tokens).insert(id.clone(), begun);
        Ok(attempt)
    }

    fn stage(&self, bytes: &[u8]) -> Result<Staged, FabricError> {
        let name = self.fresh_name("art");
        self.prepare(&self.leaf(&name), bytes).map(|()| Staged(name))
    }

    fn discard(&self, staged: Staged) {
        let _ = self.root.unlink(self.leaf(&staged.0));
    }

    fn publish_artifact(&self, path: &ArtifactPath, staged: Staged) -> Result<(), FabricError> {
        self.known_to_count()?;
        path.publish(self, &self.leaf(&staged.0))
    }

    fn publish_file(&self, folder: BorrowedFd<'_>, name: &str, staged: Staged) -> Result<(), FabricError> {
        self.file_into(folder, name, &staged)
    }

    fn remove_file(&self, folder: BorrowedFd<'_>, name: &str) -> Result<(), FabricError> {
        self.file_out_of(folder, name)
    }

    fn publish_result(&self, id: &JobId, bytes: &[u8]) -> Result<Published, FabricError> {
        self.result(id, bytes)
    }

    fn republish_result(&self, id: &JobId, bytes: &[u8]) -> Result<Published, FabricError> {
        self.known_to_count()?;
        if self.result_is(id, bytes) { Ok(Published::Already) } else { self.result(id, bytes) }
    }

    fn publish_job(&self, id: &JobId, bytes: &[u8]) -> Result<Published, FabricError> {
        self.child(id, bytes)
    }

    fn finish(&self, id: &JobId, ending: Ending<'_>) -> Result<(), FabricError> {
        self.end(id, ending)
    }

    fn confirm(&self) -> Result<(), FabricError> {
        self.tick()
    }

    fn release(&self) -> Result<(), FabricError> {
        self.give_back()
    }
}
