//! What the gate is told about the world at the moment of a decision.
//!
//! *Invariant:* plain data and two small traits, so that a replay can show it the world of then.
//! *Doesn't know:* where actions, grants and limits come from.
//! *Start at:* [`View`].

use std::collections::{BTreeMap, BTreeSet};

use jaros_decision::{Code, Digest, Failure, Json, Limits, Name};

use crate::Schema;

/// Characters of a rule in the message about a payload that breaks it, at most.
const RULE_CHARS: usize = 400;

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

/// What the operator lets an agent propose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentMay {
    /// Which kinds.
    pub kinds: Kinds,
    /// What the operator asks of its payloads of a kind, beside what the action asks of everybody's; each rule holds.
    pub rules: BTreeMap<Name, Vec<Schema>>,
}

/// Which kinds an agent may propose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kinds {
    /// Whatever is open; what an agent may do of which the operator wrote nothing.
    #[default]
    Open,
    /// Exactly these.
    Only(BTreeSet<Name>),
}

impl AgentMay {
    /// Whatever is open, with any payload that the action takes.
    pub const OPEN: Self = Self { kinds: Kinds::Open, rules: BTreeMap::new() };

    /// Exactly these kinds, with any payload that the action takes.
    #[must_use]
    pub fn only(kinds: impl IntoIterator<Item = Name>) -> Self {
        Self { kinds: Kinds::Only(kinds.into_iter().collect()), rules: BTreeMap::new() }
    }

    /// Whether it may propose this action.
    #[must_use]
    pub fn propose(&self, action: &Action) -> bool {
        self.kinds.allow(&action.kind, action.open)
    }

    /// What its payload for this action must look like: the action's schema and the operator's rules in one.
    #[must_use]
    pub fn schema(&self, action: &Action) -> Json {
        match self.rules.get(&action.kind) {
            None => action.schema.json().clone(),
            Some(rules) => Schema::all(std::iter::once(&action.schema).chain(rules)),
        }
    }

    /// Whether the operator's rules let this payload pass. `schema_work` is that limit of the proposing agent.
    /// # Errors
    /// `refused`: the first rule that doesn't, where, and what it allows. `limit`: to check would take too long.
    pub fn check(&self, kind: &Name, payload: &Json, schema_work: u64) -> Result<(), Failure> {
        for rule in self.rules.get(kind).into_iter().flatten() {
            rule.check(payload, schema_work).map_err(|failure| broken(kind, rule, failure))?;
        }
        Ok(())
    }
}

impl Kinds {
    /// Whether this kind is among them; `open` says that an agent without a written grant may propose it.
    #[must_use]
    pub fn allow(&self, kind: &Name, open: bool) -> bool {
        match self {
            Self::Open => open,
            Self::Only(kinds) => kinds.contains(kind),
        }
    }
}

fn broken(kind: &Name, rule: &Schema, failure: Failure) -> Failure {
    let what = format!("the operator's rule for what this agent may put into {kind}: {}", failure.message);
    if failure.code == Code::LIMIT {
        return Failure::new(failure.code, what);
    }
    Failure::new(Code::REFUSED, format!("{what}; allowed is {}", cut(rule.json().as_str())))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(RULE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
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
