//! Agents in service: what each may do, and how they are asked.
//!
//! *Invariant:* an [`Agent`] was audited, is granted all that it imports, compiles, and has described itself; its input's
//! schema is compiled. An [`Agents`] never changes: whoever holds one sees the same agents until the end of the turn.
//! *Doesn't know:* files, the ledger, which model answers, what becomes of a proposal.
//! *Start at:* [`Agent::load`], [`Agents`].

mod agent;
mod offers;
mod snapshot;

pub use agent::Agent;
pub use offers::offers;
pub use snapshot::Agents;
