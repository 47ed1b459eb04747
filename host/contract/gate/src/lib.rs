//! The only way in: a proposal becomes [`Admitted`] or a [`Refusal`].
//!
//! *Invariant:* nobody but [`admit`] makes an [`Admitted`], and nothing that a guest wrote, schemas included, costs it more
//! work than the limits say.
//! *Doesn't know:* files, components, the ledger; what it needs of them it is given as a [`View`] and a [`Validate`].
//! *Start at:* [`admit`].

mod admit;
mod near;
mod schema;
mod view;

pub use admit::{Admitted, Refusal, admit};
pub use near::{near, quoted};
pub use schema::Schema;
pub use view::{Action, Actions, AgentMay, Kinds, Validate, View};
