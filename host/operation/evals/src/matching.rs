//! The one way in which a value is compared with what was wanted.
//!
//! *Invariant:* a value either equals what is wanted or contains it; there are no patterns and no numbers that are nearly equal.
//! *Doesn't know:* what the values are about.
//! *Start at:* [`Want`].

use serde_json::Value;

/// What a value has to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Want {
    /// Exactly this.
    Exactly(Value),
    /// This, and maybe more.
    ///
    /// A text contains its pieces. An object contains one whose members it has, each member compared in the same way; a list contains one
    /// whose items it has, in that order, with others between. A text *inside* an object or a list has to be the same one:
    /// a piece of a path is not the path.
    Containing(Value),
}

impl Want {
    /// Whether the value is what is wanted.
    #[must_use]
    pub fn fits(&self, found: &Value) -> bool {
        match self {
            Self::Exactly(want) => want == found,
            Self::Containing(Value::String(want)) => {
                found.as_str().is_some_and(|found| found.contains(want.as_str()))
            }
            Self::Containing(want) => contains(want, found),
        }
    }

    /// What is wanted.
    #[must_use]
    pub fn value(&self) -> &Value {
        match self {
            Self::Exactly(want) | Self::Containing(want) => want,
        }
    }
}

fn contains(want: &Value, found: &Value) -> bool {
    match (want, found) {
        (Value::Object(want), Value::Object(found)) => {
            want.iter().all(|(name, want)| found.get(name).is_some_and(|found| contains(want, found)))
        }
        (Value::Array(want), Value::Array(found)) => {
            let mut left = found.iter();
            want.iter().all(|want| left.any(|found| contains(want, found)))
        }
        (want, found) => want == found,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_contains_what() {
        for (want, found, contains, equal) in [
            (json!("rain"), json!("the rain falls"), true, false),
            (json!("Rain"), json!("the rain falls"), false, false),
            (json!("1"), json!(1), false, false),
            (json!(1), json!(1), true, true),
            (json!(null), json!(null), true, true),
            (json!({}), json!({"a": 1}), true, false),
            (json!({"a": 1}), json!({"a": 1, "b": 2}), true, false),
            (json!({"a": {"x": 1}}), json!({"a": {"x": 1, "y": 2}}), true, false),
            (json!({"a": "."}), json!({"a": "./b"}), false, false),
            (json!({"a": null}), json!({}), false, false),
            (json!({"a": 1}), json!([{"a": 1}]), false, false),
            (json!([2, 3]), json!([1, 2, 3]), true, false),
            (json!([3, 2]), json!([1, 2, 3]), false, false),
            (json!([2, 2]), json!([1, 2, 3]), false, false),
            (json!([{"a": 1}]), json!([{"b": 1}, {"a": 1, "b": 2}]), true, false),
            (json!([]), json!([1]), true, false),
            (json!([1]), json!({"0": 1}), false, false),
        ] {
            assert_eq!(Want::Containing(want.clone()).fits(&found), contains, "{found} contains {want}");
            assert_eq!(Want::Exactly(want.clone()).fits(&found), equal, "{found} is {want}");
        }
    }
}
