//! Tests without a node: a host that a test makes, with what the test grants it.
//!
//! *Invariant:* what isn't given is refused in the node's own words, and what a call that fails had written is gone. Two runs
//! of a test see the same, random bytes included.
//! *Doesn't know:* schemas, rules, limits of size and fuel: `jaros eval` holds a component against those.
//! *Start at:* [`Host`].
//!
//! ```
//! # use jaros_guest::prelude::*;
//! # struct Greeter;
//! # impl Agent for Greeter {
//! #     const DESCRIPTION: &'static str = "Greets.";
//! #     type Input = Value;
//! #     fn decide(turn: Turn<Value>) -> Result<Plan, String> {
//! #         steps!(turn, start, tell)
//! #     }
//! # }
//! # fn start(turn: Turn<Value>) -> Result<Plan, String> {
//! #     Ok(Plan::propose("greet", turn.input).go_on("tell", ()))
//! # }
//! # fn tell(turn: Turn<Value>) -> Result<Plan, String> {
//! #     Ok(Plan::finish(turn.answers[0].result::<Value>()?))
//! # }
//! use jaros_guest::testing::Host;
//!
//! let host = Host::new().tool("greet", json!({ "greeting": "Hello, Ada!" }));
//! let run = host.run::<Greeter>(json!({ "name": "Ada" }));
//! assert_eq!(run.result(), Ok(&json!({ "greeting": "Hello, Ada!" })));
//! assert_eq!(run.decisions[0].payload, json!({ "name": "Ada" }));
//! ```

mod answering;
mod folders;
mod given;
mod host;
mod run;
mod script;
#[cfg(test)]
mod tests;
pub(crate) mod wire;
mod world;

pub use answering::Answering;
pub use given::{Given, turn};
pub use host::Host;
pub use run::{Decision, Run};
