//! What a call is given and what it gives back.
//!
//! *Invariant:* all that a component can learn is in the [`Call`] and the arguments; all that it did is in the [`Called`].
//! *Doesn't know:* wasmtime.
//! *Start at:* [`Call`].

use std::sync::Arc;

use jaros_capability::http::Outside;
use jaros_capability::{Change, Divergence, Handles, Store, World};
use jaros_decision::{Failure, Fuel, JobId, Json, Limits, Millis, Observation};

use crate::log::LogSink;

/// The circumstances of one call.
pub struct Call<'a> {
    /// What `job.id` says.
    pub job: &'a JobId,
    /// What `job.accepted-at-ms` says.
    pub accepted_at: Millis,
    /// Where `job.random` begins.
    pub seed: [u8; 32],
    /// What the component was granted.
    pub handles: &'a Arc<Handles>,
    /// Whether capabilities ask the machine or answer from the record.
    pub world: World,
    /// The tool's entries as they stand on the record; nothing where it has no store.
    pub store: Store,
    /// Who sends what leaves the node; without it nothing does.
    pub outside: Option<Arc<dyn Outside>>,
    /// What it may use; nothing over the limits that the engine was made with.
    pub limits: &'a Limits,
    /// Where its diagnostics go.
    pub log: Arc<dyn LogSink>,
}

impl Call<'_> {
    /// The same over these entries.
    #[must_use]
    pub fn over(self, store: Store) -> Self {
        Self { store, ..self }
    }
}

/// What the calls of one attempt at something have in common.
#[derive(Clone)]
pub struct Attempt<'a> {
    /// What `job.id` says.
    pub job: &'a JobId,
    /// What `job.accepted-at-ms` says.
    pub accepted_at: Millis,
    /// Where `job.random` begins.
    pub seed: [u8; 32],
    /// What a call may use.
    pub limits: &'a Limits,
    /// Where diagnostics go.
    pub log: Arc<dyn LogSink>,
    /// Who sends what leaves the node; without it (a dry run, a replay, an agent's turn) nothing does.
    pub outside: Option<Arc<dyn Outside>>,
}

impl<'a> Attempt<'a> {
    /// A call of a component with these handles.
    #[must_use]
    pub fn call(&self, handles: &'a Arc<Handles>, world: World) -> Call<'a> {
        let Self { job, accepted_at, seed, limits, ref log, ref outside } = *self;
        let (store, outside, log) = (Store::default(), outside.clone(), Arc::clone(log));
        Call { job, accepted_at, seed, handles, world, store, outside, limits, log }
    }
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called<T> {
    /// What it returned, or why it didn't.
    pub result: Result<T, Failure>,
    /// What it used after its start. Exact where it returned, only close where it trapped.
    pub fuel: Fuel,
    /// What it learned, in order.
    pub observed: Vec<Observation>,
    /// What it wants to become visible; nothing where it returned no result.
    pub staged: Vec<Change>,
    /// How it left its record, when it ran in a recorded world.
    pub divergence: Option<Divergence>,
}

/// An action as `actions.list` shows it to an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What a proposal says.
    pub kind: String,
    /// What it does.
    pub description: String,
    /// What its payload must be.
    pub schema: Json,
}
