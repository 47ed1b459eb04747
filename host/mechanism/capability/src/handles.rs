//! The live handles of one component: everything of the machine that it can reach is in this struct.
//!
//! *Invariant:* a call is answered only if its capability was granted and works in this phase, and then through the
//! [`Observer`]. A refusal here follows from the grant and the phase alone, so it isn't recorded.
//! *Doesn't know:* which guest calls, how many calls it has left.
//! *Start at:* [`Handles`].

use std::sync::Arc;

use jaros_decision::{Code, Failure, Json, Limits};

use crate::files_read::{Bytes, FilesRead, FolderEntry};
use crate::folder::{Folders, PATH_BYTES_MAX};
use crate::host_facts::HostFacts;
use crate::{Capability, Observer};

/// The largest whole number that JSON is sure to keep, and larger than any file.
const OFFSET_MAX: u64 = (1 << 53) - 1;

/// What a component may reach; made once for a component by [`Grant::open`](crate::Grant::open), shared by its calls.
/// Calls block on the file system; none waits for a pipe, a device or a network of its own.
#[derive(Clone, Debug, Default)]
pub struct Handles {
    files_read: Option<FilesRead>,
    host_facts: Option<HostFacts>,
}

impl Handles {
    pub(crate) fn new(folders: &Arc<Folders>, files_read: bool, host_facts: bool) -> Self {
        Self {
            files_read: files_read.then(|| FilesRead::new(folders)),
            host_facts: host_facts.then(|| HostFacts::new(folders)),
        }
    }

    /// `files-read.read`: a whole file of at most `limits.read_bytes`.
    /// # Errors
    /// `not-found`, `refused`, `limit`, `invalid`, `unavailable`, as the guest sees them.
    pub fn files_read_read(
        &self,
        observer: &mut Observer,
        limits: &Limits,
        path: &str,
    ) -> Result<Vec<u8>, Failure> {
        let files = self.files_read(observer)?;
        let path = bounded(path)?;
        let data: Bytes =
            observer.call("files-read.read", &[path], || files.read(path, limits.read_bytes))?;
        Ok(data.0)
    }

    /// `files-read.read-range`: at most `len` bytes from `offset` on; none behind the end.
    /// # Errors
    /// As [`Handles::files_read_read`]; `limit` for a `len` over `limits.read_bytes`.
    pub fn files_read_read_range(
        &self,
        observer: &mut Observer,
        limits: &Limits,
        path: &str,
        offset: u64,
        len: u32,
    ) -> Result<Vec<u8>, Failure> {
        let files = self.files_read(observer)?;
        let path = bounded(path)?;
        if offset > OFFSET_MAX {
            return Err(Failure::new(Code::INVALID, "an offset is at most 2^53-1"));
        }
        let read = || files.read_range(path, offset, len, limits.read_bytes);
        let data: Bytes = observer.call("files-read.read-range", &(path, offset, len), read)?;
        Ok(data.0)
    }

    /// `files-read.stat`: what lies at a place.
    /// # Errors
    /// As [`Handles::files_read_read`].
    pub fn files_read_stat(&self, observer: &mut Observer, path: &str) -> Result<FolderEntry, Failure> {
        let files = self.files_read(observer)?;
        let path = bounded(path)?;
        observer.call("files-read.stat", &[path], || files.stat(path))
    }

    /// `files-read.entries`: what lies in a folder, sorted by name, at most `limits.read_entries`.
    /// # Errors
    /// As [`Handles::files_read_read`].
    pub fn files_read_entries(
        &self,
        observer: &mut Observer,
        limits: &Limits,
        path: &str,
    ) -> Result<Vec<FolderEntry>, Failure> {
        let files = self.files_read(observer)?;
        let path = bounded(path)?;
        observer.call("files-read.entries", &[path], || files.entries(path, limits.read_entries))
    }

    /// `host-facts.system`: `{"cpu_count":2,"machine":"x86_64","release":"…","system":"Linux"}`.
    /// # Errors
    /// `refused`, `limit`.
    pub fn host_facts_system(&self, observer: &mut Observer) -> Result<Json, Failure> {
        self.host_facts(observer)?;
        observer.call("host-facts.system", &[(); 0], HostFacts::system)
    }

    /// `host-facts.disk`: `{"free_bytes":…,"total_bytes":…,"used_bytes":…}` of the volume that a folder lies on; the
    /// folder is one of the component's `files-read` grant, or one below it.
    /// # Errors
    /// As [`Handles::files_read_read`].
    pub fn host_facts_disk(&self, observer: &mut Observer, path: &str) -> Result<Json, Failure> {
        let facts = self.host_facts(observer)?;
        let path = bounded(path)?;
        observer.call("host-facts.disk", &[path], || facts.disk(path))
    }

    fn files_read(&self, observer: &Observer) -> Result<&FilesRead, Failure> {
        granted(self.files_read.as_ref(), Capability::FilesRead, observer)
    }

    fn host_facts(&self, observer: &Observer) -> Result<&HostFacts, Failure> {
        granted(self.host_facts.as_ref(), Capability::HostFacts, observer)
    }
}

fn granted<'h, T>(
    handle: Option<&'h T>,
    capability: Capability,
    observer: &Observer,
) -> Result<&'h T, Failure> {
    observer.permit(capability)?;
    handle
        .ok_or_else(|| Failure::new(Code::REFUSED, format!("`{capability}` isn't granted to this component")))
}

/// A path that is worth writing down: a guest could fill the record with the ones that aren't.
fn bounded(path: &str) -> Result<&str, Failure> {
    if path.len() > PATH_BYTES_MAX {
        return Err(Failure::new(Code::INVALID, format!("a path has at most {PATH_BYTES_MAX} bytes")));
    }
    Ok(path)
}
