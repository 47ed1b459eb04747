//! `host-facts`: the bindings of [`Handles`](jaros_capability::Handles).
//!
//! *Invariant:* every answer goes through the observer.
//! *Doesn't know:* the machine.
//! *Start at:* [`Host`].

use jaros_capability::Capability;
use jaros_decision::{Failure, Json};
use wasmtime::Result;

use super::{State, error};
use crate::bindings::imports::jaros::plugin::host_facts::Host;
use crate::bindings::imports::jaros::plugin::types::Error;

fn text(answer: Result<Json, Failure>) -> Result<String, Error> {
    answer.map(|json| json.as_str().to_owned()).map_err(error)
}

impl Host for State {
    fn system(&mut self) -> Result<Result<String, Error>> {
        self.enter(Capability::HostFacts, 0)?;
        Ok(text(self.handles.host_facts_system(&mut self.observer)))
    }

    fn disk(&mut self, path: String) -> Result<Result<String, Error>> {
        self.enter(Capability::HostFacts, path.len())?;
        Ok(text(self.handles.host_facts_disk(&mut self.observer, &path)))
    }
}
