//! `files-read`: the bindings of [`Handles`](jaros_capability::Handles).
//!
//! *Invariant:* every answer goes through the observer.
//! *Doesn't know:* paths, folders.
//! *Start at:* [`Host`].

use jaros_capability::{Capability, FolderEntry};
use wasmtime::Result;

use super::{State, error};
use crate::bindings::imports::jaros::plugin::files_read::{Entry, Host};
use crate::bindings::imports::jaros::plugin::types::Error;

fn entry(entry: FolderEntry) -> Entry {
    Entry { name: entry.name, kind: entry.kind.as_str().to_owned(), size_bytes: entry.size_bytes }
}

impl Host for State {
    fn read(&mut self, path: String) -> Result<Result<Vec<u8>, Error>> {
        self.enter(Capability::FilesRead, path.len())?;
        Ok(self.handles.files_read_read(&mut self.observer, &self.stage, &self.limits, &path).map_err(error))
    }

    fn read_range(&mut self, path: String, offset: u64, len: u32) -> Result<Result<Vec<u8>, Error>> {
        self.enter(Capability::FilesRead, path.len())?;
        let (observer, stage, limits) = (&mut self.observer, &self.stage, &self.limits);
        Ok(self.handles.files_read_read_range(observer, stage, limits, &path, offset, len).map_err(error))
    }

    fn stat(&mut self, path: String) -> Result<Result<Entry, Error>> {
        self.enter(Capability::FilesRead, path.len())?;
        Ok(self.handles.files_read_stat(&mut self.observer, &self.stage, &path).map(entry).map_err(error))
    }

    fn entries(&mut self, path: String) -> Result<Result<Vec<Entry>, Error>> {
        self.enter(Capability::FilesRead, path.len())?;
        let entries = self.handles.files_read_entries(&mut self.observer, &self.stage, &self.limits, &path);
        Ok(entries.map(|entries| entries.into_iter().map(entry).collect()).map_err(error))
    }
}
