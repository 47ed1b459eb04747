//! The daemon: it opens a tenant's folder, watches it, and takes every job from the inbox to its result.
//!
//! *Invariant:* one process a folder holds the executor's lease; everything that belongs to a tenant hangs off one
//! [`Tenant`]; nothing a job or a component does ends the node.
//! *Doesn't know:* terminals, arguments.
//! *Start at:* [`Node`].

mod agree;
mod claims;
mod clock;
mod config;
mod crew;
mod driver;
mod inspect;
mod intake;
mod jobs;
mod keeper;
mod library;
mod logbook;
mod node;
mod operate;
mod outbound;
mod publish;
mod recover;
mod status;
mod survey;
mod tenant;

pub use inspect::{Inspection, Preview, inspect, preview};
pub use library::{Growth, History, Served, Slot, Versions, asks_for};
pub use logbook::{LogLine, printable};
pub use node::{Node, NodeError, Options};
pub use operate::{Reply, Request, ask};
pub use status::{ComponentStatus, JobsStatus, LedgerStatus, NodeState, Refused, SettingsStatus, Status};
pub use survey::Survey;
pub use tenant::{Stop, Tenant};
