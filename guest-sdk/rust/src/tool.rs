//! What a tool implements, and the way from the contract's texts to it.
//!
//! *Invariant:* `execute` sees only payloads that fit the type; `validate` refuses the others with a sentence that says where.
//! *Doesn't know:* what the tool does.
//! *Start at:* [`Tool`].

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::bindings::imports::jaros::plugin::types::Profile;
use crate::{panic, text};

/// A tool: carries a payload out and returns its result.
///
/// A fresh instance serves each call, so nothing is kept from one to the next.
pub trait Tool {
    /// A sentence for people and models.
    const DESCRIPTION: &'static str;

    /// What a decision of this kind carries. `serde_json::Value` takes anything.
    type Payload: DeserializeOwned;

    /// JSON Schema (2020-12) of the payload, checked by the host before anything else; the default accepts anything.
    fn schema() -> Value {
        json!({})
    }

    /// Whether [`execute`](Self::execute) could carry this payload out, beyond what schema and type say. Only
    /// [`job`](crate::job) and [`log`](crate::log) work here.
    ///
    /// # Errors
    /// Why not; the decision is refused with it.
    fn validate(payload: &Self::Payload) -> Result<(), String> {
        let _ = payload;
        Ok(())
    }

    /// Carries the payload out.
    ///
    /// # Errors
    /// An outcome too: it is recorded, and what the call had staged is dropped.
    fn execute(payload: Self::Payload) -> Result<impl Serialize, String>;
}

/// Makes this crate's component out of a [`Tool`].
#[macro_export]
macro_rules! export_tool {
    ($tool:ty) => {
        const _: () = {
            use $crate::bindings::tool::exports::jaros::plugin::action;

            struct Component;

            impl action::Guest for Component {
                fn describe() -> action::Profile {
                    $crate::exported::describe_tool::<$tool>(env!("CARGO_PKG_VERSION"))
                }

                fn validate(payload: String) -> Result<(), String> {
                    $crate::exported::validate::<$tool>(&payload)
                }

                fn execute(payload: String) -> Result<String, String> {
                    $crate::exported::execute::<$tool>(&payload)
                }
            }

    $crate::bindings::tool::__export_tool_component!(Component with_types_in $crate::bindings::tool);
        };
    };
}

/// A tool's profile as it crosses.
#[must_use]
pub fn describe<T: Tool>(version: &str) -> Profile {
    panic::report();
    Profile {
        description: T::DESCRIPTION.to_owned(),
        schema: text::of(&T::schema()),
        meta: text::of(&json!({ "version": version })),
    }
}

/// A tool's `validate` as it crosses.
///
/// # Errors
/// The payload's or the tool's own.
pub fn validate<T: Tool>(payload: &str) -> Result<(), String> {
    panic::report();
    T::validate(&typed::<T>(payload)?)
}

/// A tool's `execute` as it crosses.
///
/// # Errors
/// The payload's or the tool's own.
pub fn execute<T: Tool>(payload: &str) -> Result<String, String> {
    panic::report();
    let result = T::execute(typed::<T>(payload)?)?;
    serde_json::to_string(&result).map_err(|error| format!("the result can't be written as JSON: {error}"))
}

fn typed<T: Tool>(payload: &str) -> Result<T::Payload, String> {
    serde_json::from_str(payload).map_err(|error| format!("payload: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{execute, validate};
    use crate::prelude::*;

    #[derive(Deserialize)]
    struct Half {
        of: u32,
    }

    struct Halve;

    impl Tool for Halve {
        const DESCRIPTION: &'static str = "Halves an even number.";
        type Payload = Half;

        fn validate(payload: &Half) -> Result<(), String> {
            if payload.of % 2 == 0 { Ok(()) } else { Err(format!("{} is odd", payload.of)) }
        }

        fn execute(payload: Half) -> Result<impl Serialize, String> {
            Ok(json!({ "half": payload.of / 2 }))
        }
    }

    #[test]
    fn payloads_are_typed_and_results_are_json() {
        assert_eq!(execute::<Halve>(r#"{"of":6}"#), Ok(r#"{"half":3}"#.to_owned()));
        assert_eq!(validate::<Halve>(r#"{"of":6}"#), Ok(()));
    }

    #[test]
    fn a_payload_that_does_not_fit_is_refused_in_words() {
        assert_eq!(validate::<Halve>(r#"{"of":7}"#), Err("7 is odd".to_owned()));
        assert_eq!(
            validate::<Halve>(r#"{"from":6}"#),
            Err("payload: missing field `of` at line 1 column 10".to_owned())
        );
        assert!(execute::<Halve>("{").is_err());
    }
}
