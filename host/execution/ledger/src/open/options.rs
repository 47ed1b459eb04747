//! Where a ledger lies and who writes it.
//!
//! *Invariant:* every part that a test may want to hold still (clock, ids, disk) comes in from here.
//! *Doesn't know:* how any of it is used.
//! *Start at:* [`OpenOptions::new`].

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use jaros_content::Content;
use jaros_decision::{Epoch, Json, Millis, Name};

use crate::data::Salt;
use crate::disk::{Disk, Files};
use crate::writer::Identity;

/// When an entry is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Once it is on disk.
    Synced,
    /// Once it is written; a power cut may lose it. For measurements and throw-away runs.
    Written,
}

/// What [`Ledger::open`](crate::Ledger::open) needs to know. Change what you like after [`OpenOptions::new`].
#[derive(Clone)]
pub struct OpenOptions {
    /// The ledger's folder.
    pub dir: PathBuf,
    /// The folder of its keys.
    pub keys: PathBuf,
    /// This node's own work folder for the lease, on the same file system. A successor empties it first.
    pub work: PathBuf,
    /// Where large data are.
    pub content: Content,
    /// The lease's term; greater than that of every segment.
    pub epoch: Epoch,
    /// Who writes.
    pub node: Name,
    /// Whose ledger it is.
    pub tenant: Name,
    /// The version of the host.
    pub host: String,
    /// The number of the rules in force.
    pub rules: u32,
    /// What runs components.
    pub engine: Json,
    /// Bytes after which a new segment is begun.
    pub segment_bytes: u64,
    /// When an entry is acknowledged.
    pub durability: Durability,
    /// The id of a ledger that is begun; `None` makes one up.
    pub id: Option<String>,
    /// The time that `open` entries say.
    pub clock: Arc<dyn Fn() -> Millis + Send + Sync>,
    /// The file system.
    pub disk: Arc<dyn Disk>,
}

impl OpenOptions {
    /// The usual ones: `state/ledger`, `state/keys`, 64 MiB a segment, every entry synced.
    #[must_use]
    pub fn new(state: &Path, work: &Path, content: Content, epoch: Epoch, node: Name, tenant: Name) -> Self {
        Self {
            dir: state.join("ledger"),
            keys: state.join("keys"),
            work: work.to_owned(),
            content,
            epoch,
            node,
            tenant,
            host: concat!("jaros ", env!("CARGO_PKG_VERSION")).to_owned(),
            rules: 1,
            engine: Json::null(),
            segment_bytes: 64 << 20,
            durability: Durability::Synced,
            id: None,
            clock: Arc::new(wall_clock),
            disk: Arc::new(Files),
        }
    }
}

impl fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenOptions")
            .field("dir", &self.dir)
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}

impl From<(OpenOptions, String)> for Identity {
    fn from((options, ledger): (OpenOptions, String)) -> Self {
        let OpenOptions { dir, work, epoch, node, tenant, host, rules, engine, clock, disk, .. } = options;
        Self { dir, work, ledger, tenant, node, epoch, host, rules, engine, clock, disk }
    }
}

fn wall_clock() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// A random UUID (version 4).
pub(super) fn new_id() -> String {
    let Salt(mut bytes) = Salt::random();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_random_uuids() {
        let id = new_id();
        let groups: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert!(id[14..].starts_with('4') && "89ab".contains(&id[19..20]), "{id}");
        assert_ne!(id, new_id());
    }
}
