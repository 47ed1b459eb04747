//! Every tool's store, as the record makes it.
//!
//! *Invariant:* made of outcomes' entries alone, in the record's order; the running node, recovery and replay keep the same.
//! *Doesn't know:* how a call sees its store, or who may have one.
//! *Start at:* [`Stores`].

use std::collections::BTreeMap;

use jaros_capability::Store;
use jaros_decision::Name;

use crate::Staged;

/// Stores by their tools' names. A tool's store stays when its component is replaced or leaves.
#[derive(Clone, Debug, Default)]
pub struct Stores(BTreeMap<Name, Store>);

impl Stores {
    /// A tool's entries as they are now.
    #[must_use]
    pub fn of(&self, tool: &str) -> Store {
        self.0.get(tool).cloned().unwrap_or_default()
    }

    /// Goes on with what an outcome staged.
    pub fn apply(&mut self, staged: &[Staged]) {
        for staged in staged {
            if let Staged::Entry { tool, key, value } = staged {
                self.0.entry(tool.clone()).or_default().set(key, value.as_deref());
            }
        }
    }
}
