//! What an agent is told it may propose.
//!
//! *Invariant:* exactly the actions that the gate would let it propose, in the order of their kinds, each with all that the
//! gate would ask of its payload.
//! *Doesn't know:* which actions there are.
//! *Start at:* [`offers`].

use std::sync::Arc;

use jaros_engine::Offer;
use jaros_gate::{Actions, AgentMay};

/// The actions that an agent may propose, as `actions.list` shows them.
#[must_use]
pub fn offers(actions: &dyn Actions, may: &AgentMay) -> Arc<[Offer]> {
    actions
        .all()
        .filter(|action| may.propose(action))
        .map(|action| Offer {
            kind: action.kind.as_str().to_owned(),
            description: action.description.clone(),
            schema: may.schema(action),
        })
        .collect()
}
