//! Wasm components, deterministic: audit, compile, call.
//!
//! *Invariant:* a call ends in a value: a result or a [`Failure`](jaros_decision::Failure) that would be the same on every
//! run, or, where the machine failed and nothing may be recorded, an [`EngineError`]. No guest, however hostile, ends
//! the process, and none keeps anything from one call to the next.
//! *Doesn't know:* names of components, grants, the ledger, which model answers.
//! *Start at:* [`Engine`], then [`ToolComponent`] and [`AgentComponent`].

mod agent;
mod allocator;
mod audit;
mod bindings;
mod cache;
mod call;
mod compile;
mod engine;
mod flights;
mod host;
mod identity;
mod limiter;
mod load;
mod log;
mod outline;
mod permits;
mod random;
mod read;
mod settings;
mod stop;
mod store;
mod tool;
mod validity;

pub use agent::{AgentComponent, Decided};
pub use audit::{Audit, audit, glance};
pub use call::{Attempt, Call, Called, Offer};
pub use compile::{Compiler, compile_in_child};
pub use engine::{Engine, LoadError, SetupError};
pub use identity::made_with;
pub use load::{Access, Load};
pub use log::{Level, LogSink, NoLog};
pub use settings::Settings;
pub use stop::EngineError;
pub use tool::ToolComponent;
