//! What an agent or a tool needs, in one `use jaros_guest::prelude::*;`.
//!
//! *Invariant:* holds nothing of its own.
//! *Doesn't know:* the capabilities beyond the base worlds: `use jaros_guest::files;` and the like.
//! *Start at:* [`Agent`], [`Tool`].

pub use serde::{Deserialize, Serialize};
pub use serde_json::{Value, json};

pub use crate::{
    Agent, Answer, Chat, Error, Plan, Tool, Turn, export_agent, export_tool, job, log, model, steps,
};
