//! Model providers, chosen by the operator.
//!
//! *Invariant:* the only crate that may talk to a model; nothing that replays can reach it.
//! *Doesn't know:* agents, jobs, the ledger: what it answers is recorded by whoever called.
//! *Start at:* [`Settings::open`].

mod builtin;
mod script;
mod settings;

pub use builtin::{Echo, Uppercase};
pub use script::{OUT_OF_ANSWERS, Script, ScriptedAnswer, ScriptedCall};
pub use settings::{Settings, SettingsError};
