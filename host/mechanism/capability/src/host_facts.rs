//! `host-facts`: what machine this is, and how full a granted folder's volume is.
//!
//! *Invariant:* it tells about the volumes of granted folders only, and never a path, a user or a host's name.
//! *Doesn't know:* phases, the record; [`Handles`](crate::Handles) does.
//! *Start at:* [`HostFacts`].

use std::sync::Arc;
use std::thread;

use jaros_decision::{Code, Failure, Json};
use rustix::fs::fstatvfs;
use serde::Serialize;

use crate::folder::Folders;

/// The largest whole number that JSON is sure to keep.
const NUMBER_MAX: u64 = (1 << 53) - 1;

#[derive(Serialize)]
struct System {
    cpu_count: usize,
    machine: String,
    release: String,
    system: String,
}

#[derive(Serialize)]
struct Disk {
    free_bytes: u64,
    total_bytes: u64,
    used_bytes: u64,
}

/// The live handle.
#[derive(Clone, Debug)]
pub(crate) struct HostFacts {
    folders: Arc<Folders>,
}

impl HostFacts {
    pub(crate) fn new(folders: &Arc<Folders>) -> Self {
        Self { folders: Arc::clone(folders) }
    }

    /// The machine; processors are those that the node may use.
    pub(crate) fn system() -> Result<Json, Failure> {
        let name = rustix::system::uname();
        json(&System {
            cpu_count: thread::available_parallelism().map_or(1, usize::from),
            machine: name.machine().to_string_lossy().into_owned(),
            release: name.release().to_string_lossy().into_owned(),
            system: name.sysname().to_string_lossy().into_owned(),
        })
    }

    /// The volume that a folder lies on. `free` is what an ordinary account may still use, so it and `used` need not
    /// add up to `total`.
    pub(crate) fn disk(&self, path: &str) -> Result<Json, Failure> {
        let place = self.folders.locate(path)?;
        let folder = place.folder()?;
        let volume = fstatvfs(&folder).map_err(|errno| place.failure(errno))?;
        let bytes = |blocks: u64| blocks.saturating_mul(volume.f_frsize).min(NUMBER_MAX);
        json(&Disk {
            free_bytes: bytes(volume.f_bavail),
            total_bytes: bytes(volume.f_blocks),
            used_bytes: bytes(volume.f_blocks.saturating_sub(volume.f_bfree)),
        })
    }
}

fn json<T: Serialize>(facts: &T) -> Result<Json, Failure> {
    Json::of(facts).map_err(|error| Failure::new(Code::UNAVAILABLE, format!("the machine's facts: {error}")))
}
