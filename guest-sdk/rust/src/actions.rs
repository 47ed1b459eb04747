//! What this agent may propose just now. Agents only.
//!
//! *Invariant:* the list is the one that the gate judges this turn by.
//! *Doesn't know:* what proposing them does.
//! *Start at:* [`list`].

use serde_json::Value;

use crate::host::actions as wire;

/// A kind of decision, as its tool (or the host) describes it.
#[derive(Clone, Debug)]
pub struct Action {
    /// What to propose it as.
    pub kind: String,
    /// A sentence for people and models.
    pub description: String,
    /// JSON Schema of the payload.
    pub schema: Value,
}

/// Everything this agent may propose.
#[must_use]
pub fn list() -> Vec<Action> {
    let typed = |action: wire::Action| Action {
        kind: action.kind,
        description: action.description,
        schema: serde_json::from_str(&action.schema).expect("the host's schemas are JSON"),
    };
    wire::list().into_iter().map(typed).collect()
}
