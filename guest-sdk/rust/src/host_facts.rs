//! Facts about the machine. Tools only; every answer is recorded.
//!
//! *Invariant:* a replay answers what was answered then.
//! *Doesn't know:* anything that changes while one call runs.
//! *Start at:* [`system`].

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::host::host_facts as wire;

/// The machine and its system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// `Linux`
    pub system: String,
    /// The kernel's release.
    pub release: String,
    /// `x86_64`
    pub machine: String,
    /// Processors that the node may use.
    pub cpu_count: u32,
}

/// A volume's room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// All of it.
    pub total_bytes: u64,
    /// What is taken.
    pub used_bytes: u64,
    /// What the node could still write.
    pub free_bytes: u64,
}

/// The machine and its system.
///
/// # Errors
/// `refused` without a grant.
pub fn system() -> Result<System, Error> {
    typed(&wire::system()?)
}

/// The room on the volume that a granted folder lies on.
///
/// # Errors
/// `not-found`, `refused` outside the grants.
pub fn disk(path: &str) -> Result<Disk, Error> {
    typed(&wire::disk(path)?)
}

fn typed<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::new("invalid", error.to_string()))
}
