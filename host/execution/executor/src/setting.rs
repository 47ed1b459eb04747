//! What is in force: tools, agents, grants and limits, as of one position of the ledger.
//!
//! *Invariant:* immutable; a change makes a new one with a later [`Setting::seen`], after it stands on the record. So a
//! replay can build the very setting that a decision was judged under.
//! *Doesn't know:* files, or how components come into service.
//! *Start at:* [`Setting`].

use std::collections::BTreeMap;
use std::sync::Arc;

use jaros_capability::{Grants, LimitSet, Role};
use jaros_decision::{Code, Digest, Failure, Limits, Name, Profile, Seq};
use jaros_gate::{Action, Actions, AgentMay, Schema, near, quoted};
use jaros_tools::Tools;

use crate::builtin;

/// What others may know of an agent in service.
#[derive(Debug)]
pub struct AgentCard {
    /// Its file's stem.
    pub name: Name,
    /// Its component.
    pub digest: Digest,
    /// What it says about itself.
    pub profile: Profile,
    /// Its input's schema.
    pub input: Schema,
}

/// Everything that decides how a proposal is judged.
#[derive(Clone)]
pub struct Setting {
    /// The last entry that this setting takes into account.
    pub seen: Seq,
    /// The tools in service.
    pub tools: Tools,
    /// The agents in service.
    pub agents: Arc<BTreeMap<Name, Arc<AgentCard>>>,
    /// The operator's permissions.
    pub grants: Arc<Grants>,
    /// The operator's limits; [`Setting::limits_for`] has a component's.
    pub limits: Arc<LimitSet>,
}

impl Setting {
    /// The agent of this name.
    ///
    /// # Errors
    /// `not-found`, with names that are near.
    pub fn agent(&self, name: &str) -> Result<&AgentCard, Failure> {
        self.agents.get(name).map(AsRef::as_ref).ok_or_else(|| {
            let names: Vec<&str> = self.agents.keys().map(Name::as_str).collect();
            let hint = match near(name, &names) {
                near if near.is_empty() => String::new(),
                near => format!("; did you mean {}?", near.join(" or ")),
            };
            Failure::new(Code::NOT_FOUND, format!("there is no agent {} in service{hint}", quoted(name)))
        })
    }

    /// What the component of this name may use. Builds nothing: it is asked with every call.
    #[must_use]
    pub fn limits_for(&self, role: Role, name: &str) -> &Limits {
        self.limits.of(role, name)
    }

    /// The operator's rule for what this agent may propose.
    #[must_use]
    pub fn may(&self, agent: &Name) -> &AgentMay {
        self.grants.may(agent)
    }
}

impl Actions for Setting {
    fn find(&self, kind: &str) -> Option<&Action> {
        builtin::find(kind).map(|built_in| &built_in.action).or_else(|| Some(self.tools.get(kind)?.action()))
    }

    fn all(&self) -> Box<dyn Iterator<Item = &Action> + '_> {
        let built_in = builtin::all().map(|built_in| &built_in.action);
        let mut actions: Vec<&Action> = built_in.chain(self.tools.iter().map(|tool| tool.action())).collect();
        actions.sort_by(|a, b| a.kind.cmp(&b.kind));
        Box::new(actions.into_iter())
    }
}
