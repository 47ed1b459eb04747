//! What happens to a job, from its acceptance to its end; its outcomes stand in [`outcome`](super::outcome).
//!
//! *Invariant:* each entry leads back: a decision's id names its job and turn, a turn's entry its agent and digest.
//! *Doesn't know:* what a decision does.
//! *Start at:* [`Reasoned`].

use jaros_decision::{Code, DecisionId, Digest, Fuel, JobId, Millis, Name, Ref, Seq, Source};
use serde::{Deserialize, Serialize};

/// `job`: a job was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The agent that it is for.
    pub agent: Option<Name>,
    /// When.
    pub at_ms: Millis,
    /// How many submits there are above it.
    pub depth: u32,
    /// What was submitted.
    pub input: Ref,
    /// Its id.
    pub job: JobId,
    /// The decision that submitted it, where another job did.
    pub parent: Option<DecisionId>,
    /// Who submitted it.
    pub source: Source,
    /// The turns that it may take (`limits.turns` as it stood).
    pub turns: u32,
}

/// `reasoned`: an attempt at a turn, once and for all. It stands before the turn's first decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reasoned {
    /// Who reasoned.
    pub agent: Name,
    /// When the attempt began.
    pub at_ms: Millis,
    /// Which attempt at this turn, from 1.
    pub attempt: u32,
    /// The component that ran.
    pub component: Digest,
    /// Anything else that a later version keeps.
    pub extra: Option<Ref>,
    /// Why there is no plan.
    pub failure: Option<Failed>,
    /// What the call used.
    pub fuel: Fuel,
    /// The job.
    pub job: JobId,
    /// What the agent observed: an array of [`Observation`](jaros_decision::Observation).
    pub observed: Option<Ref>,
    /// The [`Plan`](jaros_decision::Plan), all proposals exactly as made.
    pub plan: Option<Ref>,
    /// The components and grants in force after this entry are those that the agent saw.
    pub seen: Seq,
    /// The 32 bytes that seed the turn's randomness.
    pub seed: Digest,
    /// The model calls: a [`Transcript`](jaros_decision::Transcript).
    pub transcript: Option<Ref>,
    /// Which turn of the job, from 1.
    pub turn: u32,
}

/// Why something failed: a code, and a sentence by reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// What programs go by.
    pub code: Code,
    /// What people read.
    pub message: Ref,
}

/// `decision`: a proposal was admitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The tool that carries it out; `null` for a built-in.
    pub component: Option<Digest>,
    /// Its id.
    pub id: DecisionId,
    /// The tool or built-in action.
    pub kind: Name,
    /// The agent's own remark.
    pub note: Option<Ref>,
    /// The input.
    pub payload: Ref,
    /// The components, grants and limits in force after this entry are those that it was judged under.
    pub seen: Seq,
    /// Who proposed it.
    pub source: Source,
}

/// `refusal`: a proposal was refused. Nothing of it was checked, so even its kind is a reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why, for programs.
    pub code: Code,
    /// The id that it would have had.
    pub id: DecisionId,
    /// The kind as proposed.
    pub kind: Ref,
    /// Why, for people.
    pub message: Ref,
    /// The components, grants and limits in force after this entry are those that it was judged under.
    pub seen: Seq,
    /// Who proposed it. The payload as proposed stands in the turn's plan.
    pub source: Source,
}

/// `intent`: a call that leaves the node is about to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The decision that makes it.
    pub id: DecisionId,
    /// Which call of that decision, from 1.
    pub index: u32,
    /// Whether the operator had said that it may be made again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeatable: bool,
    /// What is sent: method, URL, headers without secrets, body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Ref>,
}

/// `done`: a job ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Why it failed, for programs.
    pub code: Option<Code>,
    /// The decision that ended it.
    pub decision: Option<DecisionId>,
    /// The job.
    pub job: JobId,
    /// Why it failed, for people.
    pub reason: Option<Ref>,
    /// What it is published with.
    pub result: Option<Ref>,
    /// How it ended.
    pub state: End,
}

/// How a job ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum End {
    /// It did what it should.
    Done,
    /// It didn't.
    Failed,
}
