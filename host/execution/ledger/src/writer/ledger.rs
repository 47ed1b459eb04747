//! The ledger's handle: append, ask for the head, sign it, close.
//!
//! *Invariant:* entries stand in the order of the calls; the head that is told is on disk.
//! *Doesn't know:* the thread behind it but for its queue.
//! *Start at:* [`Ledger::append`].

use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use jaros_content::{Content, ContentError};
use jaros_decision::{Digest, Seq};

use super::answer::{self, Answer, Appending, Asker};
use super::batch::Order;
use super::tail::{Identity, Tail};
use super::thread::Thread;
use super::{AppendError, Stopped};
use crate::draft::Draft;
use crate::keys::{SigningKey, VerifyKey};

/// A place in the ledger: its entry, its hash, the state digest there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The entry; 0 before the first.
    pub seq: Seq,
    /// Its hash.
    pub hash: Digest,
    /// The state digest after it.
    pub state: Digest,
}

/// Where drafts came to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The first of them.
    pub first: Seq,
    /// The last of them.
    pub last: Seq,
    /// The last one's hash.
    pub hash: Digest,
    /// The state digest after it.
    pub state: Digest,
}

/// The one writer of a ledger. Dropping it writes what is queued, then closes.
#[derive(Debug)]
pub struct Ledger {
    queue: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
    content: Content,
    id: String,
    key: VerifyKey,
}

/// What the thread tells everyone.
#[derive(Debug)]
pub(crate) struct Shared {
    head: Mutex<Head>,
}

impl Shared {
    pub(crate) fn head(&self) -> Head {
        *self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_head(&self, head: Head) {
        *self.head.lock().unwrap_or_else(PoisonError::into_inner) = head;
    }
}

/// How the thread goes about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) segment_bytes: u64,
    pub(crate) sync: bool,
}

impl Ledger {
    pub(crate) fn start(who: Identity, tail: Tail, content: Content, key: SigningKey, pace: Pace) -> Self {
        let (queue, orders) = mpsc::channel();
        let shared = Arc::new(Shared { head: Mutex::new(tail.head) });
        let (id, public) = (who.ledger.clone(), key.public().clone());
        let thread = Thread::new(who, tail, content.clone(), key, pace, Arc::clone(&shared));
        let thread = thread::Builder::new().name("ledger".into()).spawn(move || thread.run(&orders));
        let thread = Some(thread.expect("the system starts a thread"));
        Self { queue: Some(queue), thread, shared, content, id, key: public }
    }

    /// Appends the drafts, in order and side by side, and answers once they are on disk with everything they name.
    ///
    /// After a power cut a part of them from the front may be there, if they were never acknowledged. They are a
    /// record for good once a fenced step of this node succeeded after the answer; until then a successor may have
    /// sealed the ledger before them. No drafts at all: answers once everything before is on disk.
    ///
    /// Large data are written to the content store before this returns, so call it where a thread may block.
    pub fn append(&self, drafts: Vec<Draft>) -> Appending {
        match self.keep_large(drafts) {
            Ok(drafts) => Appending::new(self.send(|answer| Order::Append { drafts, answer })),
            Err(error) => Appending::refused(error),
        }
    }

    /// Signs the head, publishes the note as the file `checkpoint`, appends it as an entry, and returns it.
    ///
    /// `published`: everything up to there is visible. The note is published by a fenced step.
    /// # Errors
    /// `Stopped`.
    pub fn checkpoint(&self, published: Seq) -> Result<String, AppendError> {
        self.send(|answer| Order::Checkpoint { published, answer }).wait()
    }

    /// The last entry that is on disk.
    #[must_use]
    pub fn head(&self) -> Head {
        self.shared.head()
    }

    /// The ledger's id, a UUID.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key that checks this ledger's checkpoints.
    #[must_use]
    pub fn key(&self) -> &VerifyKey {
        &self.key
    }

    /// Writes what is queued and ends the thread.
    /// # Errors
    /// `Stopped`, if the ledger had stopped before.
    pub fn close(self) -> Result<Head, AppendError> {
        self.append(Vec::new()).wait()?;
        Ok(self.head())
    }

    fn send<T>(&self, order: impl FnOnce(Asker<T>) -> Order) -> Answer<T> {
        let (asker, answer) = answer::pair();
        // If the thread is gone, the order comes back and is dropped, which answers it.
        if let Some(queue) = &self.queue {
            let _ = queue.send(order(asker));
        }
        answer
    }

    /// Puts large data into the content store; the thread syncs them with their batch. Content that was put by the
    /// author is looked for here, where its absence costs the author alone.
    fn keep_large(&self, mut drafts: Vec<Draft>) -> Result<Vec<Draft>, AppendError> {
        for draft in &mut drafts {
            if let Some(missing) = draft.content.iter().find(|digest| !self.content.has(digest)) {
                return Err(ContentError::Missing(*missing).into());
            }
            for datum in std::mem::take(&mut draft.large) {
                let text = datum.value().as_str().as_bytes();
                let digest = self.content.put_parts(&[&datum.salt().0, text])?;
                draft.content.push(digest);
            }
        }
        Ok(drafts)
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // It only panics on a broken invariant, and then whoever waited was told `Closed`.
            let _ = thread.join();
        }
    }
}

impl From<Head> for Receipt {
    fn from(Head { seq, hash, state }: Head) -> Self {
        Self { first: seq, last: seq, hash, state }
    }
}

impl Stopped {
    /// Whether another node has the ledger now.
    #[must_use]
    pub fn is_fenced(&self) -> bool {
        *self == Self::Fenced
    }
}
