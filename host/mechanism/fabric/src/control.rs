//! Asking a running node for something, without a socket: a request is a file, and so is its reply.
//!
//! *Invariant:* a request is answered at least once while a node runs, and whoever gave up waiting took the request back,
//! or was told that a node has it.
//! *Doesn't know:* what is asked; the bytes are the node's and the command line's business.
//! *Start at:* [`Control`].

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jaros_decision::JobId;
use rustix::io::Errno;

use crate::id::{new_job_id, random_word};
use crate::layout::{ASIDE, CONTROL};
use crate::root::Root;
use crate::{IoFailure, Layout};

/// Bytes of a request or a reply.
const MESSAGE_BYTES: u64 = 1 << 20;
const WAITS: &str = "json";
const TAKEN: &str = "taken";
const REPLY: &str = "reply";
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LAST_PAUSE: Duration = Duration::from_millis(20);

/// The folder of requests and replies. `ID.json` waits, `ID.taken` was read by a node, `ID.reply` is its answer. Ids
/// sort by time.
#[derive(Debug)]
pub struct Control {
    root: Root,
    /// What this process took and hasn't answered yet.
    taken: Mutex<BTreeSet<JobId>>,
}

/// A request that waits for the node's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its name.
    pub id: JobId,
    /// What is asked.
    pub bytes: Vec<u8>,
}

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No node took the request, and now none will: it was taken back.
    #[error("no node answered within {0:?}; is one running?")]
    Unanswered(Duration),
    /// A node took it: whether it had an effect is on the record.
    #[error("a node read the request but hasn't answered within {0:?}; it may still act on it")]
    InDoubt(Duration),
    /// The machine couldn't.
    #[error(transparent)]
    Io(#[from] IoFailure),
}

/// The asking side.
impl Control {
    /// Opens a folder that has a layout.
    /// # Errors
    /// There is none.
    pub fn open(layout: &Layout) -> Result<Self, IoFailure> {
        Ok(Self { root: Root::open(layout.root())?, taken: Mutex::default() })
    }

    /// Asks. Returns the request's name, for [`Control::wait_reply`].
    /// # Errors
    /// It can't be written.
    pub fn request(&self, bytes: &[u8]) -> Result<JobId, IoFailure> {
        let id = new_job_id();
        self.put(&id, WAITS, bytes).map(|()| id)
    }

    /// Waits for the reply, looking every 2 to 20 ms, and takes it away.
    /// # Errors
    /// `Unanswered`: it had no effect. `InDoubt`: look at the record.
    pub fn wait_reply(&self, id: &JobId, timeout: Duration) -> Result<Vec<u8>, ControlError> {
        let begin = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            if let Some(reply) = self.reply(id)? {
                return Ok(reply);
            }
            let left = timeout.saturating_sub(begin.elapsed());
            if left.is_zero() {
                break;
            }
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(LAST_PAUSE);
        }
        match self.root.unlink(path(id, WAITS)) {
            Ok(()) => Err(ControlError::Unanswered(timeout)),
            // Taken; perhaps answered just now.
            Err(Errno::NOENT) => self.reply(id)?.ok_or(ControlError::InDoubt(timeout)),
            Err(errno) => Err(self.root.failure("take back", path(id, WAITS), errno).into()),
        }
    }

    fn reply(&self, id: &JobId) -> Result<Option<Vec<u8>>, IoFailure> {
        let at = path(id, REPLY);
        match self.root.read(&at, MESSAGE_BYTES) {
            Ok(bytes) => {
                // Before the reply goes, or a node that died just after answering would be asked once more.
                let _ = self.root.unlink(path(id, TAKEN));
                let _ = self.root.unlink(&at);
                Ok(Some(bytes))
            }
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(self.root.failure("read", at, errno)),
        }
    }
}

/// The node's side: only for whoever holds the lease.
impl Control {
    /// Takes what waits, oldest first, and what a predecessor took without answering. Each is given once; files that are
    /// no requests are passed over.
    /// # Errors
    /// The folder can't be read.
    pub fn pending(&self) -> Result<Vec<Pending>, IoFailure> {
        let names = self.root.list(CONTROL).map_err(|errno| self.root.failure("list", CONTROL, errno))?;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ids = BTreeSet::new();
        for name in &names {
            let Some((stem, ending)) = name.to_str().and_then(|name| name.rsplit_once('.')) else { continue };
            let Ok(id) = JobId::new(stem) else { continue };
            let ours = match ending {
                WAITS => self.root.rename(path(&id, WAITS), path(&id, TAKEN)).is_ok(),
                TAKEN if self.root.exists(path(&id, REPLY)) => {
                    let _ = self.root.unlink(path(&id, TAKEN));
                    false
                }
                TAKEN => !taken.contains(&id),
                _ => false,
            };
            if ours {
                ids.insert(id);
            }
        }
        let read = |id: JobId| {
            let bytes = self.root.read(path(&id, TAKEN), MESSAGE_BYTES).ok()?;
            taken.insert(id.clone());
            Some(Pending { id, bytes })
        };
        Ok(ids.into_iter().filter_map(read).collect())
    }

    /// Answers a request from [`Control::pending`].
    /// # Errors
    /// It can't be written; the next process is asked again.
    pub fn answer(&self, id: &JobId, bytes: &[u8]) -> Result<(), IoFailure> {
        self.put(id, REPLY, bytes)?;
        let _ = self.root.unlink(path(id, TAKEN));
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        Ok(())
    }

    fn put(&self, id: &JobId, ending: &str, bytes: &[u8]) -> Result<(), IoFailure> {
        let aside = format!("{ASIDE}/{id}.{}", random_word());
        let to = path(id, ending);
        let done = self.root.write_new(&aside, bytes).and_then(|_| self.root.rename(&aside, &to));
        done.map_err(|errno| {
            let _ = self.root.unlink(&aside);
            self.root.failure("write", to, errno)
        })
    }
}

fn path(id: &JobId, ending: &str) -> String {
    format!("{CONTROL}/{id}.{ending}")
}
