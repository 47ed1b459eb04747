//! Jaros agents and tools in Rust, about ten lines each.
//!
//! An agent implements [`Agent`] and says `export_agent!(Mine);`, a tool implements [`Tool`] and says `export_tool!(Mine);`.
//! Everything else here is what such code may call: [`model`], [`job`], [`log`], and the capabilities that an operator can
//! grant ([`files`], [`store`], [`host_facts`], [`http`]). What isn't called isn't imported, so a component asks for no more than
//! it uses.
//!
//! *Invariant:* payloads and results cross as JSON text and are typed on this side through serde; a panic's message reaches
//! the log before the component traps.
//! *Doesn't know:* the host. On another target than wasm a test stands in for it: [`testing`].
//! *Start at:* [`Agent`], [`Tool`], [`Plan`].
//!
//! ```
//! use jaros_guest::prelude::*;
//!
//! #[derive(Deserialize)]
//! struct Input { name: String }
//!
//! struct Greeter;
//!
//! impl Agent for Greeter {
//!     const DESCRIPTION: &'static str = "Greets whoever is named.";
//!     type Input = Input;
//!
//!     fn decide(turn: Turn<Input>) -> Result<Plan, String> {
//!         Ok(Plan::propose("greet", json!({ "name": turn.input.name })))
//!     }
//! }
//!
//! export_agent!(Greeter);
//! ```

mod agent;
#[cfg(any(target_family = "wasm", test))]
mod arena;
mod chat;
mod error;
mod host;
mod panic;
mod plan;
mod text;
mod tool;
mod turn;

pub mod actions;
#[doc(hidden)]
pub mod bindings;
pub mod files;
pub mod host_facts;
pub mod http;
pub mod job;
pub mod log;
pub mod model;
pub mod prelude;
pub mod store;
#[cfg(not(target_family = "wasm"))]
pub mod testing;

pub use agent::Agent;
pub use bindings::imports::jaros::plugin::types::Error;
pub use chat::Chat;
pub use plan::Plan;
pub use tool::Tool;
pub use turn::{Answer, Turn};

/// What the export macros call; not for authors.
#[doc(hidden)]
pub mod exported {
    pub use crate::agent::{decide, describe as describe_agent};
    pub use crate::tool::{describe as describe_tool, execute, validate};
    pub use crate::turn::no_step;
}
