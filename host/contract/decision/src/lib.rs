//! The words that every plane shares: ids, names, limits, JSON texts, plans, answers, transcripts.
//!
//! *Invariant:* everything here is inert: it can be stored, compared and shown, never called. A [`Json`] is
//! always canonical, a [`Name`] is always safe as a file name.
//! *Doesn't know:* files, clocks, randomness, threads, WebAssembly (`no_std` holds it to that).
//! *Start at:* [`Plan`] and [`Json`].
#![no_std]

extern crate alloc;

mod digest;
mod failure;
mod id;
mod json;
mod limit;
mod limits;
mod model;
mod observe;
mod plan;
mod source;

pub use digest::{Digest, Ref};
pub use failure::{Code, Failure};
pub use id::{DecisionId, Epoch, Fuel, IdError, JobId, Millis, Name, Seq};
pub use json::{Json, JsonError, JsonLimits, Place};
pub use limit::{LIMITS, Limit, Scope, Unit};
pub use limits::Limits;
pub use model::{Completion, Exchange, Message, Model, ModelFuture, Request, Transcript};
pub use observe::Observation;
pub use plan::{Answer, Plan, Profile, Proposal, Turn};
pub use source::Source;
