//! A recorded run, once more: every decision is admitted and carried out again, and every effect compared.
//!
//! *Invariant:* no model, no agent's component, no socket and no folder of the operator's: what a component read then,
//! it reads from the record now. The first thing that differs is named.
//! *Doesn't know:* how a node runs jobs, or how a report is shown.
//! *Start at:* [`replay`]; [`cause`] leads from a failure back to where it began.

mod cause;
mod check;
mod files;
mod report;
mod timeline;
mod walk;

pub use cause::{Answered, Cause, CauseError, Link, cause};
pub use report::{Attribution, BrokenChain, Divergence, FileDifference, Report};
pub use timeline::engine_limits;
pub use walk::{Options, ReplayError, replay};
