//! `log`: diagnostics, in every phase.
//!
//! *Invariant:* what is written never comes back to the guest, so it can't make a run vary.
//! *Doesn't know:* where lines go.
//! *Start at:* [`Host`].

use jaros_capability::Capability;
use wasmtime::Result;

use super::State;
use crate::bindings::imports::jaros::plugin::log::Host;
use crate::log::Level;

impl Host for State {
    fn write(&mut self, level: String, message: String) -> Result<()> {
        self.enter(Capability::Log, level.len() + message.len())?;
        self.log.write(Level::from_text(&level), &message);
        Ok(())
    }
}
