//! What an agent implements, and the way from the contract's texts to it.
//!
//! *Invariant:* an input that doesn't fit its type fails the turn with a sentence that says where.
//! *Doesn't know:* what the agent decides.
//! *Start at:* [`Agent`].

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::bindings::agent::exports::jaros::plugin::reasoning as wire;
use crate::bindings::imports::jaros::plugin::types::Profile;
use crate::{Plan, Turn, panic, text, turn};

/// An agent: from a job's input and the answers so far to the next plan.
///
/// A fresh instance serves each turn, so nothing is kept but what the plan's memo holds. An agent of several turns is told best
/// in steps: [`steps!`](crate::steps).
pub trait Agent {
    /// A sentence for people and models.
    const DESCRIPTION: &'static str;

    /// The job's input. `serde_json::Value` takes anything.
    type Input: DeserializeOwned;

    /// JSON Schema (2020-12) of the input; the default accepts anything.
    fn schema() -> Value {
        json!({})
    }

    /// Proposes what should happen next. An error fails the job with that reason.
    fn decide(turn: Turn<Self::Input>) -> Result<Plan, String>;
}

/// Makes this crate's component out of an [`Agent`].
#[macro_export]
macro_rules! export_agent {
    ($agent:ty) => {
        const _: () = {
            use $crate::bindings::agent::exports::jaros::plugin::reasoning;

            struct Component;

            impl reasoning::Guest for Component {
                fn describe() -> reasoning::Profile {
                    $crate::exported::describe_agent::<$agent>(env!("CARGO_PKG_VERSION"))
                }

                fn decide(turn: reasoning::Turn) -> Result<reasoning::Plan, String> {
                    $crate::exported::decide::<$agent>(turn)
                }
            }

            $crate::bindings::agent::__export_agent_component!(Component with_types_in $crate::bindings::agent);
        };
    };
}

/// An agent's profile as it crosses.
#[must_use]
pub fn describe<A: Agent>(version: &str) -> Profile {
    panic::report();
    Profile {
        description: A::DESCRIPTION.to_owned(),
        schema: text::of(&A::schema()),
        meta: text::of(&json!({ "version": version })),
    }
}

/// One turn as it crosses.
///
/// # Errors
/// The input's or the agent's own.
pub fn decide<A: Agent>(turn: wire::Turn) -> Result<wire::Plan, String> {
    panic::report();
    A::decide(turn::typed(turn)?).map(Plan::into_wire)
}
