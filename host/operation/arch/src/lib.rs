//! The guardrails of the workspace: each is a function over data, so that a test can feed it a planted violation too.
//!
//! *Invariant:* every check answers a [`Report`] that says how much it looked at, so that a check of nothing cannot
//! pass for a check that held.
//! *Doesn't know:* any crate it guards: it reads manifests, the resolved graph and source texts, never their types.
//! *Start at:* [`planes::check`], then `tests/workspace.rs`, which runs every check on the real workspace.

pub mod commands;
pub mod container;
pub mod drivers;
pub mod graph;
pub mod headers;
pub mod hygiene;
pub mod licences;
pub mod links;
pub mod one_build;
pub mod owners;
pub mod planes;
pub mod reach;
pub mod sizes;
pub mod sockets;
pub mod source;
pub mod wit;
pub mod wit_page;

mod metadata;
mod report;

pub use report::Report;
