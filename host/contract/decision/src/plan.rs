//! What an agent is told and what it proposes.
//!
//! *Invariant:* a [`Proposal`] is an untrusted candidate: its kind and payload are whatever the guest said.
//! *Doesn't know:* whether it is allowed (the gate does), or what it does (the tools do).
//! *Start at:* [`Plan`].

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{DecisionId, Failure, Json};

/// One thing an agent proposes, exactly as the guest said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The tool or built-in action that should carry it out; unchecked.
    pub kind: String,
    /// Its input; unchecked text that should be JSON.
    pub payload: String,
    /// Why, in a line for whoever reads the record; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What one turn of an agent proposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Carried out in order; the first that fails or is refused ends the list.
    pub decisions: Vec<Proposal>,
    /// `Some`: the agent is called again with this and the answers. `None`: the job ends with this list. A memo may be
    /// `null`, which is not the same as none.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub memo: Option<Json>,
}

/// A member that is there, even as `null`: serde would take that for a member that is missing.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}

/// What became of one decision of the turn before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// `JOB/TURN/N`.
    pub id: DecisionId,
    /// As proposed.
    pub kind: String,
    /// The result, or why there is none.
    pub outcome: Result<Json, Failure>,
}

/// What an agent is called with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The job's input, the same in every turn.
    pub input: Json,
    /// What the agent noted for itself in the turn before; `null` in the first.
    pub memo: Json,
    /// One for each decision of the turn before that was judged, in order.
    pub answers: Vec<Answer>,
    /// From 1.
    pub number: u32,
}

/// What a component says about itself. It grants nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// A sentence for people and models.
    pub description: String,
    /// JSON Schema (2020-12) of a tool's payload or an agent's input.
    pub schema: Json,
    /// Anything else worth showing.
    pub meta: Json,
}
