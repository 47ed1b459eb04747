//! `actions`: what this agent may propose just now.
//!
//! *Invariant:* the list is the one that was fixed when the turn began.
//! *Doesn't know:* how it was drawn up.
//! *Start at:* [`Host`].

use jaros_capability::Capability;
use wasmtime::Result;

use super::State;
use crate::bindings::imports::jaros::plugin::actions::{Action, Host};

impl Host for State {
    fn list(&mut self) -> Result<Vec<Action>> {
        self.enter(Capability::Actions, 0)?;
        let offers = self.reasoning.iter().flat_map(|reasoning| reasoning.actions.iter());
        let action = |offer: &crate::Offer| Action {
            kind: offer.kind.clone(),
            description: offer.description.clone(),
            schema: offer.schema.as_str().to_owned(),
        };
        Ok(offers.map(action).collect())
    }
}
