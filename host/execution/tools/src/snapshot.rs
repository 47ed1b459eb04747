//! The tools in service at one moment.
//!
//! *Invariant:* a snapshot never changes; a change makes another, which shares the tools that stay.
//! *Doesn't know:* where tools come from, built-in actions.
//! *Start at:* [`Tools`].

use std::collections::BTreeMap;
use std::sync::Arc;

use jaros_decision::Name;
use jaros_gate::{Action, Actions};

use crate::Tool;

/// Tools by name; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Tools(Arc<BTreeMap<Name, Arc<Tool>>>);

impl Tools {
    /// The same with this tool, in place of one of its name.
    #[must_use]
    pub fn with(&self, tool: Arc<Tool>) -> Self {
        let mut tools = BTreeMap::clone(&self.0);
        tools.insert(tool.name().clone(), tool);
        Self(Arc::new(tools))
    }

    /// The same without the tool of this name.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let mut tools = BTreeMap::clone(&self.0);
        tools.remove(name);
        Self(Arc::new(tools))
    }

    /// The tool of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<Tool>> {
        self.0.get(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Tool>> {
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

/// Only the tools; whoever has built-in actions too shows the gate both.
impl Actions for Tools {
    fn find(&self, kind: &str) -> Option<&Action> {
        self.get(kind).map(|tool| tool.action())
    }

    fn all(&self) -> Box<dyn Iterator<Item = &Action> + '_> {
        Box::new(self.iter().map(|tool| tool.action()))
    }
}
