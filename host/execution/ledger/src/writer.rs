//! Appending: many authors, one thread that writes, one sync for all that waited.
//!
//! *Invariant:* an entry is acknowledged after a sync that covers it, its data and its content; after any error of the
//! disk nothing is written or acknowledged any more.
//! *Doesn't know:* who may write, what an entry means, when anything is published.
//! *Start at:* [`Ledger::append`].

mod answer;
mod batch;
mod ledger;
mod stopped;
mod tail;
mod thread;

pub use answer::Appending;
pub(crate) use ledger::Pace;
pub use ledger::{Head, Ledger, Receipt};
pub use stopped::{AppendError, Stopped};
pub(crate) use tail::{Identity, begin};
