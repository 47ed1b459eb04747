//! The live handles of one component: everything of the machine that it can reach is in this struct.
//!
//! *Invariant:* a call is answered only if its capability was granted and works in this phase. What is learned from the machine
//! goes through the [`Observer`]; so does every refusal that the call's arguments bring about. What the node's own state
//! answers (the tool's store, what the call itself staged) is no observation: a replay has that state too. Grant and phase are
//! checked again here, though the audit and the bindings did, so that a binding that forgets answers nothing.
//! *Doesn't know:* which guest calls, how many calls it has left.
//! *Start at:* [`Handles`].

mod files;
mod http;
mod store;

use jaros_decision::{Code, Failure, Json};

use crate::files_read::FilesRead;
use crate::files_write::FilesWrite;
use crate::folder::PATH_BYTES_MAX;
use crate::host_facts::HostFacts;
use crate::http::Http;
use crate::{Capability, Observer};

/// What a component may reach; made once for a component by [`Grant::open`](crate::Grant::open), shared by its calls.
/// Calls block on the file system, and `http` on whoever sends for it; none waits for a pipe or a device.
#[derive(Clone, Debug, Default)]
pub struct Handles {
    pub(crate) files_read: Option<FilesRead>,
    pub(crate) files_write: Option<FilesWrite>,
    pub(crate) store: bool,
    pub(crate) host_facts: Option<HostFacts>,
    pub(crate) http: Option<Http>,
}

impl Handles {
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
