//! What the entries say: a type a kind.
//!
//! *Invariant:* every member is the host's own word (an id, a name, a code, a digest, a number); whatever a guest, a
//! submitter or a model wrote is named by a [`Ref`](jaros_decision::Ref). Members that may be missing are written as
//! `null`. Readers pass over members that they don't know; a new one needs a default and is left out where it says nothing,
//! so that what was written before stays the same text.
//! *Doesn't know:* lines, hashes, segments.
//! *Start at:* [`Reasoned`], [`Decision`], [`Outcome`].

mod body;
mod host;
mod job;
mod outcome;
#[cfg(test)]
mod tests;

pub use body::{Body, FORMAT, Whole};
pub use host::{
    Change, Checkpoint, Component, Config, Erase, Key, Op, Open, Operator, Role, Seal, Snapshot, Version,
    open_format,
};
pub use job::{Decision, Done, End, Failed, Intent, Job, Reasoned, Refusal};
pub use outcome::{Bytes, Cost, Effect, Outcome, Staged};
