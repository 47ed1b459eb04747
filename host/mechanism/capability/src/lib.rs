//! Grants and limits as operators write them, and the live handles that are made from grants.
//!
//! *Invariant:* a component reaches what its imports ask for *and* the operator granted, never more; whatever it learns
//! from the machine is an [`Observation`](jaros_decision::Observation), so that a replay answers without the machine.
//! *Doesn't know:* WebAssembly, the ledger, how a component is loaded or called, sockets.
//! *Start at:* [`Grants::parse`], then [`Grant::open`] and [`Handles`].

mod capability;
mod document;
pub mod edit;
mod files_read;
mod files_write;
mod folder;
mod grant;
mod grants;
mod handles;
mod host_facts;
pub mod http;
mod kept;
mod limit_set;
mod observer;
mod phase;
pub mod reach;
mod settings;
mod stage;
mod store;
mod wasi;
mod words;
mod writable;

pub use capability::{Capability, ImportError, Role, interface_of};
pub use document::{Problem, SettingsError};
pub use files_read::{Bytes, FileKind, FolderEntry};
pub use grant::{Grant, Missing, NextStep};
pub use grants::{Grants, Via};
pub use handles::Handles;
pub use kept::OWN_FOLDERS;
pub use limit_set::{Ceiling, Ceilings, LimitSet, Origin, Section};
pub use observer::{Divergence, Observer, World};
pub use phase::Phase;
pub use stage::{Change, Stage};
pub use store::Store;
pub use writable::{Spot, Writable};
