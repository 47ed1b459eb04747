//! JSON texts as they cross.
//!
//! *Invariant:* everything is written through one writer: `Value`'s own `Display` would bring a second one into each component.
//! *Doesn't know:* canonical form; the host brings texts into it.
//! *Start at:* [`of`].

use serde::Serialize;
use serde_json::Value;

/// The data as JSON text.
///
/// # Panics
/// When a map's keys aren't text.
pub(crate) fn of(data: &impl Serialize) -> String {
    serde_json::to_string(data).expect("what crosses has only text as keys")
}

/// The data as a JSON value.
///
/// # Panics
/// When a map's keys aren't text.
pub(crate) fn value(data: &impl Serialize) -> Value {
    serde_json::to_value(data).expect("what crosses has only text as keys")
}
