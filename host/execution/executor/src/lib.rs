//! From a proposal to a fact on the record, the same way in the running node and in a replay.
//!
//! *Invariant:* only what the gate admitted is carried out; what a decision did is an [`Effect`], a value that stages
//! and never touches the world. Every [`Fact`] can be read back from the ledger as it was written.
//! *Doesn't know:* agents' components, models, the inbox, or when anything is published.
//! *Start at:* [`judge`], [`Fact`].

mod builtin;
mod chronicle;
mod effect;
mod fact;
mod judge;
mod setting;
mod stores;

pub use builtin::{BUILT_INS, submits_to};
pub use chronicle::Chronicle;
pub use effect::{Effect, Staged, result_document};
pub use fact::{Fact, Operation, ReadError, Reasoned};
pub use judge::{Carried, Considered, Context, Judged, carry_out, consider, judge};
pub use setting::{AgentCard, Setting};
pub use stores::Stores;
