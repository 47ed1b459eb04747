//! Who answers a call: the host that the component runs in, or on any other target the one of [`testing`](crate::testing).
//!
//! *Invariant:* both have the same functions with the same types, so nothing above this line knows which it is.
//! *Doesn't know:* what is asked.
//! *Start at:* `wit/1.0.0/jaros.wit`.

#[cfg(target_family = "wasm")]
pub(crate) use crate::bindings::imports::jaros::plugin::{
    actions, files_read, files_write, host_facts, http, job, log, model, store,
};
#[cfg(not(target_family = "wasm"))]
pub(crate) use crate::testing::wire::{
    actions, files_read, files_write, host_facts, http, job, log, model, store,
};
