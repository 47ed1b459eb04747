//! The thread that writes: gather, write once, sync once, answer all.
//!
//! *Invariant:* it stops for good at the first error of the disk; a sync that failed is never tried again, since the
//! system may have dropped what it couldn't write, and would say yes the second time.
//! *Doesn't know:* the authors.
//! *Start at:* [`Thread::run`].

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use jaros_content::{Content, ContentError};
use jaros_decision::Seq;

use super::Stopped;
use super::batch::{Batch, Order, Patience};
use super::ledger::{Pace, Shared};
use super::tail::{self, Identity, Tail};
use super::{Head, Receipt};
use crate::checkpoint::Note;
use crate::data::Data;
use crate::disk;
use crate::draft::Draft;
use crate::keys::SigningKey;
use crate::record::Checkpoint;

pub(crate) struct Thread {
    who: Identity,
    tail: Tail,
    content: Content,
    key: SigningKey,
    pace: Pace,
    shared: Arc<Shared>,
    /// The lines of the batch in hand; kept, so that it grows once.
    lines: Vec<u8>,
    patience: Patience,
    stopped: Option<Stopped>,
}

impl Thread {
    pub(crate) fn new(
        who: Identity,
        tail: Tail,
        content: Content,
        key: SigningKey,
        pace: Pace,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            who,
            tail,
            content,
            key,
            pace,
            shared,
            lines: Vec::new(),
            patience: Patience::default(),
            stopped: None,
        }
    }

    /// Until there will be no more orders.
    pub(crate) fn run(mut self, orders: &Receiver<Order>) {
        while let Some(batch) = Batch::gather(orders, self.patience) {
            self.patience.orders = batch.orders.len();
            let done = self.unless_stopped(|thread| thread.commit(&batch));
            if let Some((published, answer)) = batch.answer(done) {
                answer.answer(self.unless_stopped(|thread| thread.checkpoint(published)));
            }
        }
    }

    fn unless_stopped<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T, Stopped>) -> Result<T, Stopped> {
        if let Some(stopped) = &self.stopped {
            return Err(stopped.clone());
        }
        let done = act(self);
        if let Err(stopped) = &done {
            self.stopped = Some(stopped.clone());
        }
        done
    }

    /// Writes a batch and makes it durable.
    fn commit(&mut self, batch: &Batch) -> Result<Vec<Receipt>, Stopped> {
        if self.tail.bytes() >= self.pace.segment_bytes {
            self.tail.rotate(&self.who)?;
        }
        self.lines.clear();
        let mut head = self.tail.head;
        let receipts = batch.push(&mut self.lines, &mut head, self.tail.synced);
        if self.pace.sync {
            self.content.sync(&batch.content()).map_err(content_stopped)?;
        }
        self.write(head)?;
        Ok(receipts)
    }

    /// Signs the head, which is on disk. The note takes its place by a rename out of the work folder: that it
    /// succeeds proves that no successor can have sealed the ledger before this head.
    fn checkpoint(&mut self, published: Seq) -> Result<String, Stopped> {
        if !self.pace.sync {
            self.tail.sync()?;
        }
        let mut head = self.tail.head;
        let note = Note::sign(&self.key, head.seq, &head.hash);
        let (aside, place) = (self.who.work.join("note"), self.who.dir.join("checkpoint"));
        disk::publish(&*self.who.disk, &aside, &place, note.as_bytes())
            .map_err(Stopped::fenced_step("publish a checkpoint"))?;
        let entry = Checkpoint { note: note.clone(), published };
        let draft = Draft::unchecked(&entry, Data::new()).expect("a note and a number are a body");
        self.lines.clear();
        tail::push(&mut self.lines, &mut head, self.tail.synced, &draft);
        self.write(head)?;
        Ok(note)
    }

    /// Writes the lines in hand, which end at `head`.
    fn write(&mut self, head: Head) -> Result<(), Stopped> {
        if !self.lines.is_empty() {
            self.tail.write(&self.lines, head)?;
            if self.pace.sync {
                let since = Instant::now();
                self.tail.sync()?;
                self.patience.sync = since.elapsed();
            }
            self.shared.set_head(head);
        }
        Ok(())
    }
}

fn content_stopped(error: ContentError) -> Stopped {
    Stopped::Disk { verb: "sync content", message: error.to_string().into() }
}
