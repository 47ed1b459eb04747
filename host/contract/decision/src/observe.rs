//! What a component learned from outside the node's own state.
//!
//! *Invariant:* an observation holds all that a replay needs to give the same answer again, error texts included.
//! *Doesn't know:* how it was learned.
//! *Start at:* [`Observation`].

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{Failure, Json};

/// One answered call of a capability, in the order of the calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The interface and function: `files-read.stat`.
    pub call: String,
    /// The arguments as a JSON array: `["data/a.txt"]`.
    pub arguments: Json,
    /// The answer as JSON (bytes as base64), or the error as the guest saw it.
    pub answer: Result<Json, Failure>,
}
