//! What stands on the record about jobs, with its data.
//!
//! *Invariant:* [`Fact::read`] gives back what [`Fact::draft`] wrote. The running node tells a job's progress the very
//! facts that it appends, recovery and replay those that they read: one way, so one result.
//! *Doesn't know:* how lines look, or what is in the chain beside jobs.
//! *Start at:* [`Fact`].

mod blob;
mod draft;
mod read;

use jaros_decision::{
    DecisionId, Digest, Failure, Fuel, JobId, Json, Millis, Name, Observation, Plan, Seq, Source, Transcript,
};
use jaros_machine::Ending;

use crate::Effect;

pub use read::ReadError;

/// One thing that happened to a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// It was accepted.
    Accepted {
        /// The job.
        job: JobId,
        /// Who works on it; `None` where the file named nobody.
        agent: Option<Name>,
        /// Its input.
        input: Json,
        /// Who it came from.
        source: Source,
        /// The decision that submitted it.
        parent: Option<DecisionId>,
        /// How many submits there are above it.
        depth: u32,
        /// `limits.turns` as it stood.
        turns: u32,
        /// When.
        at: Millis,
    },
    /// An agent was called.
    Reasoned(Box<Reasoned>),
    /// The gate admitted a proposal.
    Admitted {
        /// The decision.
        id: DecisionId,
        /// What carries it out.
        kind: Name,
        /// Its input.
        payload: Json,
        /// Why, in the agent's words.
        note: String,
        /// Who proposed it.
        source: Source,
        /// The tool's component; `None` for a built-in.
        component: Option<Digest>,
        /// The setting that it was judged under.
        seen: Seq,
    },
    /// The gate refused a proposal.
    Refused {
        /// The decision that it would have been.
        id: DecisionId,
        /// What it asked for.
        kind: String,
        /// Why not.
        failure: Failure,
        /// Who proposed it.
        source: Source,
        /// The setting that it was judged under.
        seen: Seq,
    },
    /// A call of a decision is about to leave the node.
    Intended {
        /// The decision.
        id: DecisionId,
        /// Which of its calls, from 1.
        index: u32,
        /// Whether the operator lets it be made again after a crash.
        repeatable: bool,
        /// What is sent, without secrets.
        request: Json,
    },
    /// A decision was carried out.
    Outcome {
        /// The decision.
        id: DecisionId,
        /// What it did.
        effect: Effect,
        /// What it cost.
        fuel: Fuel,
    },
    /// A job ended.
    Ended {
        /// The job.
        job: JobId,
        /// How.
        ending: Ending,
    },
    /// A person did something to a job.
    Operated {
        /// What.
        operation: Operation,
        /// To which.
        job: JobId,
        /// With these words.
        input: Option<Json>,
        /// Who.
        source: Source,
        /// When.
        at: Millis,
    },
}

/// One turn of an agent, as it stands on the record: it is never reasoned again.
#[derive(Clone, Debug, PartialEq)]
pub struct Reasoned {
    /// The job.
    pub job: JobId,
    /// From 1.
    pub turn: u32,
    /// From 1; more than 1 where a node ended before an earlier attempt was recorded.
    pub attempt: u32,
    /// Who.
    pub agent: Name,
    /// Its component.
    pub component: Digest,
    /// When the turn began; what the components of this turn take for the time.
    pub at: Millis,
    /// What the randomness of this turn grows from.
    pub seed: [u8; 32],
    /// The setting that the agent saw.
    pub seen: Seq,
    /// What it read from outside.
    pub observed: Vec<Observation>,
    /// Its model calls.
    pub transcript: Transcript,
    /// What it used.
    pub fuel: Fuel,
    /// What it proposed, or why it proposed nothing.
    pub plan: Result<Plan, Failure>,
}

/// What people do to jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Let a blocked job go on.
    Unblock,
    /// End a job.
    Cancel,
}

impl Fact {
    /// The job that it is about.
    #[must_use]
    pub fn job(&self) -> &JobId {
        match self {
            Self::Accepted { job, .. } | Self::Ended { job, .. } | Self::Operated { job, .. } => job,
            Self::Reasoned(reasoned) => &reasoned.job,
            Self::Admitted { id, .. }
            | Self::Refused { id, .. }
            | Self::Intended { id, .. }
            | Self::Outcome { id, .. } => &id.job,
        }
    }
}
