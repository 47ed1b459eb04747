//! `files-write`: the bindings of [`Handles`](jaros_capability::Handles).
//!
//! *Invariant:* a write is staged; nothing is written here.
//! *Doesn't know:* paths, folders.
//! *Start at:* [`Host`].

use jaros_capability::Capability;
use wasmtime::Result;

use super::{State, error};
use crate::bindings::imports::jaros::plugin::files_write::Host;
use crate::bindings::imports::jaros::plugin::types::Error;

impl Host for State {
    fn write(&mut self, path: String, data: Vec<u8>) -> Result<Result<(), Error>> {
        self.enter(Capability::FilesWrite, path.len() + data.len())?;
        let (observer, stage, limits) = (&mut self.observer, &mut self.stage, &self.limits);
        Ok(self.handles.files_write_write(observer, stage, limits, &path, data).map_err(error))
    }

    fn remove(&mut self, path: String) -> Result<Result<(), Error>> {
        self.enter(Capability::FilesWrite, path.len())?;
        let (observer, stage, limits) = (&mut self.observer, &mut self.stage, &self.limits);
        Ok(self.handles.files_write_remove(observer, stage, limits, &path).map_err(error))
    }
}
