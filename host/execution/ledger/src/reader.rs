//! Reading the chain, in order, checking each entry on the way; also while somebody writes.
//!
//! *Invariant:* what it hands out is intact and stands in the chain: hash, predecessor, seals and data lines fit.
//! *Doesn't know:* whether a broken end is a torn write or damage (see [`recovery`](crate::recovery)), whether data
//! in the content store are still there (see [`verify`](fn@crate::verify)).
//! *Start at:* [`Reader`].

mod block;
mod chain;
mod error;
mod file;

pub(crate) use block::Inline;
pub use chain::{Position, Reader, opening};
pub(crate) use chain::{first_entry, item};
pub use error::ReadError;
pub(crate) use file::{Advance, SegmentFile};
