//! The hash-chained record: append, read, verify, recover.
//!
//! One ledger belongs to one tenant and has one writer at a time. It is a chain of entries in NDJSON files, the
//! segments; `FORMAT.md` beside this crate says what stands in them, byte by byte.
//!
//! *Invariant:* an entry that was acknowledged is on disk with everything it names, and no later writer can drop it;
//! an entry that is read has been checked against the chain.
//! *Doesn't know:* what a job is for, who may write, when anything becomes visible.
//! *Start at:* [`Ledger::open`], [`Reader`], [`verify`](fn@verify), and [`record`] for what the entries say.

mod census;
mod checkpoint;
mod data;
mod disk;
mod draft;
mod entry;
mod flaw;
mod item;
mod keys;
mod line;
mod open;
mod reader;
pub mod record;
mod recovery;
mod segment;
mod state;
mod verify;
mod writer;

pub use checkpoint::{Note, NoteError};
pub use data::{Data, Datum, Salt};
pub use disk::{Disk, Files, Sink};
pub use draft::{Draft, DraftError};
pub use entry::{Entry, EntryError, EntryKind};
pub use flaw::{Broken, Flaw};
pub use item::{DatumError, Item, Text};
pub use keys::{KeyError, VerifyKey};
pub use open::{Durability, OpenError, OpenOptions, Recovered, Visit};
pub use reader::{Position, ReadError, Reader, opening};
pub use recovery::{Refused, Torn};
pub use segment::{Segment, SegmentError, segments};
pub use state::State;
pub use verify::{Verified, Verify, VerifyError, verify};
pub use writer::{AppendError, Appending, Head, Ledger, Receipt, Stopped};
