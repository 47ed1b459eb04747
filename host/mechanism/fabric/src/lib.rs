//! The shared folder: what a tenant's data lie in, and the steps by which nodes share them.
//!
//! *Invariant:* a job is one token that is only ever renamed, a lease is one file that is only ever renamed, and every
//! step that others can see goes out of the holder's own work folder, which a successor empties and removes first.
//! *Doesn't know:* what a job says, what a ledger holds, when a step is durable: whoever holds the lease orders that.
//! *Start at:* [`Fabric`] and [`Hold`]; [`Layout`] for the paths.

mod alive;
mod artifact;
mod atomic;
mod control;
#[cfg(test)]
mod crash;
mod error;
mod failed;
mod folder;
mod hold;
mod id;
mod inbox;
mod job;
mod layout;
mod name;
mod port;
mod root;
mod takeover;
mod tidy;

pub use alive::LiveNode;
pub use artifact::{ArtifactPath, ArtifactPathError};
pub use atomic::write_atomic;
pub use control::{Control, ControlError, Pending};
pub use error::{FabricError, IoFailure, SubmitError, TakeOverError};
pub use failed::Rejected;
pub use folder::Folder;
pub use hold::FolderHold;
pub use id::new_job_id;
pub use job::Unfit;
pub use layout::Layout;
pub use port::{Claim, Claimed, Ending, Fabric, Hold, Published, Staged, Token};
