//! What is written at once: all orders that waited, up to a limit.
//!
//! *Invariant:* a batch holds whole orders, in their order.
//! *Doesn't know:* the disk.
//! *Start at:* [`Batch::gather`].

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use jaros_decision::{Digest, Seq};

use super::answer::Asker;
use super::{Head, Receipt, Stopped};
use crate::draft::Draft;
use crate::writer::tail;

/// What the thread is asked to do.
#[derive(Debug)]
pub(crate) enum Order {
    Append { drafts: Vec<Draft>, answer: Asker<Receipt> },
    Checkpoint { published: Seq, answer: Asker<String> },
}

/// Bytes after which a batch is written without looking for more.
const BATCH_BYTES: usize = 4 << 20;

/// Orders that are written and synced together.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) orders: Vec<(Vec<Draft>, Asker<Receipt>)>,
    /// What ended the batch: a head to be signed once all this is on disk.
    pub(crate) checkpoint: Option<(Seq, Asker<String>)>,
}

/// How long it pays to wait for more.
///
/// Whoever was answered a moment ago is about to ask again; to sync for the first of them alone would make all others
/// wait for two syncs. So where the last batch held several, a small part of the last sync's time is spent on waiting
/// for as many.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Patience {
    /// Orders of the last batch.
    pub(crate) orders: usize,
    /// What its sync took.
    pub(crate) sync: Duration,
}

impl Patience {
    const PART: u32 = 4;

    fn next(self, gathered: usize, since: Instant, queue: &Receiver<Order>) -> Option<Order> {
        match queue.try_recv() {
            Ok(order) => Some(order),
            Err(_) if gathered >= self.orders => None,
            Err(_) => queue.recv_timeout((self.sync / Self::PART).saturating_sub(since.elapsed())).ok(),
        }
    }
}

impl Batch {
    /// Waits for an order and takes all that wait with it; `None`: there will be no more.
    pub(crate) fn gather(queue: &Receiver<Order>, patience: Patience) -> Option<Self> {
        let mut batch = Self::default();
        let mut bytes = 0;
        let mut next = Some(queue.recv().ok()?);
        let since = Instant::now();
        while let Some(order) = next {
            match order {
                Order::Append { drafts, answer } => {
                    bytes += drafts.iter().map(Draft::bytes).sum::<usize>();
                    batch.orders.push((drafts, answer));
                }
                Order::Checkpoint { published, answer } => {
                    batch.checkpoint = Some((published, answer));
                    break;
                }
            }
            let full = bytes >= BATCH_BYTES;
            next = if full { None } else { patience.next(batch.orders.len(), since, queue) };
        }
        Some(batch)
    }

    /// Content that has to be durable before the batch is written.
    pub(crate) fn content(&self) -> Vec<Digest> {
        let drafts = self.orders.iter().flat_map(|(drafts, _)| drafts);
        let mut content: Vec<_> = drafts.flat_map(|draft| draft.content.iter().copied()).collect();
        content.sort_unstable();
        content.dedup();
        content
    }

    /// Appends all lines to `out`, moves `head` over them, and returns where each order came to stand.
    pub(crate) fn push(&self, out: &mut Vec<u8>, head: &mut Head, synced: Seq) -> Vec<Receipt> {
        let mut receipts = Vec::with_capacity(self.orders.len());
        for (drafts, _) in &self.orders {
            let first = if drafts.is_empty() { head.seq } else { head.seq.next() };
            drafts.iter().for_each(|draft| tail::push(out, head, synced, draft));
            receipts.push(Receipt { first, ..Receipt::from(*head) });
        }
        receipts
    }

    /// Tells every author what became of the batch, and returns what is to be done after it.
    pub(crate) fn answer(self, done: Result<Vec<Receipt>, Stopped>) -> Option<(Seq, Asker<String>)> {
        match done {
            Ok(receipts) => {
                self.orders
                    .into_iter()
                    .zip(receipts)
                    .for_each(|((_, answer), receipt)| answer.answer(Ok(receipt)));
            }
            Err(stopped) => {
                self.orders.into_iter().for_each(|(_, answer)| answer.answer(Err(stopped.clone())));
            }
        }
        self.checkpoint
    }
}
