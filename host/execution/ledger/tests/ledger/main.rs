//! What the ledger promises, told by its behaviour on real files.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, and says where")]

mod append;
mod common;
mod crash;
mod damage;
mod erase;
mod follow;
mod golden;
mod recovery;
