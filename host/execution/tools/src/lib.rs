//! Tools in service: what each may do, what the gate asks of them, and how they are called.
//!
//! *Invariant:* a [`Tool`] was audited, is granted all that it imports, compiles, and has described itself; its schema is
//! compiled. A [`Tools`] never changes: whoever holds one sees the same tools until the end of the turn.
//! *Doesn't know:* files, the ledger, built-in actions, who proposed a payload.
//! *Start at:* [`Tool::load`], [`Tools`].

mod snapshot;
mod tool;
mod validation;

pub use snapshot::Tools;
pub use tool::Tool;
pub use validation::Validation;
