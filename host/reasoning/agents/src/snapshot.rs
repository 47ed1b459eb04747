//! The agents in service at one moment.
//!
//! *Invariant:* a snapshot never changes; a change makes another, which shares the agents that stay.
//! *Doesn't know:* where agents come from.
//! *Start at:* [`Agents`].

use std::collections::BTreeMap;
use std::sync::Arc;

use jaros_decision::Name;

use crate::Agent;

/// Agents by name; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Agents(Arc<BTreeMap<Name, Arc<Agent>>>);

impl Agents {
    /// The same with this agent, in place of one of its name.
    #[must_use]
    pub fn with(&self, agent: Arc<Agent>) -> Self {
        let mut agents = BTreeMap::clone(&self.0);
        agents.insert(agent.name().clone(), agent);
        Self(Arc::new(agents))
    }

    /// The same without the agent of this name.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let mut agents = BTreeMap::clone(&self.0);
        agents.remove(name);
        Self(Arc::new(agents))
    }

    /// The agent of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<Agent>> {
        self.0.get(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Agent>> {
        self.0.values()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
