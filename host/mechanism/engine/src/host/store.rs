//! `store`: the bindings of [`Handles`](jaros_capability::Handles).
//!
//! *Invariant:* a change is staged; the store itself is never touched here.
//! *Doesn't know:* where entries are kept.
//! *Start at:* [`Host`].

use jaros_capability::Capability;
use wasmtime::Result;

use super::{State, error};
use crate::bindings::imports::jaros::plugin::store::Host;
use crate::bindings::imports::jaros::plugin::types::Error;

impl Host for State {
    fn get(&mut self, key: String) -> Result<Result<Option<Vec<u8>>, Error>> {
        self.enter(Capability::Store, key.len())?;
        let (observer, stage, limits) = (&mut self.observer, &self.stage, &self.limits);
        Ok(self.handles.store_get(observer, stage, limits, &key).map_err(error))
    }

    fn put(&mut self, key: String, value: Vec<u8>) -> Result<Result<(), Error>> {
        self.enter(Capability::Store, key.len() + value.len())?;
        let (observer, stage, limits) = (&mut self.observer, &mut self.stage, &self.limits);
        Ok(self.handles.store_put(observer, stage, limits, &key, value).map_err(error))
    }

    fn delete(&mut self, key: String) -> Result<Result<(), Error>> {
        self.enter(Capability::Store, key.len())?;
        let (observer, stage, limits) = (&mut self.observer, &mut self.stage, &self.limits);
        Ok(self.handles.store_delete(observer, stage, limits, &key).map_err(error))
    }

    fn keys(&mut self, prefix: String, after: String, limit: u32) -> Result<Result<Vec<String>, Error>> {
        self.enter(Capability::Store, prefix.len() + after.len())?;
        let (observer, stage, limits) = (&mut self.observer, &self.stage, &self.limits);
        Ok(self.handles.store_keys(observer, stage, limits, &prefix, &after, limit).map_err(error))
    }
}
