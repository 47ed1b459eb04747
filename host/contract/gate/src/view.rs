//! What the gate is told about the world at the moment of a decision.
//!
//! *Invariant:* plain data and two small traits, so that a replay can show it the world of then.
//! *Doesn't know:* where actions, grants and limits come from.
//! *Start at:* [`View`].

use std::collections::BTreeSet;

use jaros_decision::{Digest, Failure, Json, Limits, Name};

use crate::Schema;

/// Something that can be proposed: a tool or a built-in action.
#[derive(Clone, Debug)]
pub struct Action {
    /// What a proposal calls it.
    pub kind: Name,
    /// A sentence for people and models.
    pub description: String,
    /// What its payload must look like.
    pub schema: Schema,
    /// The tool's bytes; `None` for a built-in.
    pub component: Option<Digest>,
    /// Whether an agent without a written grant may propose it: built-ins, and tools that import no capability.
    pub open: bool,
}

/// The actions that there are just now.
pub trait Actions {
    /// The action of this kind.
    fn find(&self, kind: &str) -> Option<&Action>;

    /// All of them, in the order of their kinds; asked for only when a kind isn't found.
    fn all(&self) -> Box<dyn Iterator<Item = &Action> + '_>;
}

/// What an agent may propose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AgentMay {
    /// Whatever is open; what an agent may do of which the operator wrote nothing.
    #[default]
    Open,
    /// Exactly these kinds.
    Only(BTreeSet<Name>),
}

impl AgentMay {
    /// Whether it may propose this action.
    #[must_use]
    pub fn propose(&self, action: &Action) -> bool {
        match self {
            Self::Open => action.open,
            Self::Only(kinds) => kinds.contains(&action.kind),
        }
    }
}

/// The world as it was when the turn began.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// What can be proposed.
    pub actions: &'a dyn Actions,
    /// What this agent may propose.
    pub grants: &'a AgentMay,
    /// How large a proposal may be.
    pub limits: &'a Limits,
    /// The limits of whatever would carry it out: they bound what checking against its schema may cost.
    pub action_limits: &'a Limits,
}

/// The tools' own last word.
pub trait Validate {
    /// Whether the tool of this kind could carry the payload out. Called once a proposal, after all other checks passed.
    /// # Errors
    /// Why not, with the code that the refusal gets.
    fn validate(&self, kind: &Name, payload: &Json) -> Result<(), Failure>;
}
