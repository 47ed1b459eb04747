//! Evals: cases that say what an agent or a tool is given, what its model answers, and what has to come of it.
//!
//! *Invariant:* a case runs in a data directory of its own that goes away. It reads no folder of the operator's, sends nothing out
//! of the node, and asks no model but its script; so it comes out the same wherever it runs. A case that checks nothing fails.
//! *Doesn't know:* terminals, arguments, where cases lie.
//! *Start at:* [`Case`] and [`evaluate`].

mod bundled;
mod case;
mod check;
mod evaluate;
mod expect;
mod grants;
mod junit;
mod matching;
mod members;
mod project;
mod report;
mod seen;
mod stage;
mod subject;

pub use bundled::BUNDLED;
pub use case::{Case, Work, cases};
pub use check::Check;
pub use evaluate::{Trouble, evaluate};
pub use expect::{Decided, Expect, Gate};
pub use junit::junit;
pub use matching::Want;
pub use project::ProjectError;
pub use report::{CaseReport, Report};
pub use seen::{Decision, Seen};
pub use subject::{Component, Subject};
