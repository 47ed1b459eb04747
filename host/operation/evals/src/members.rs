//! Taking an object of a case apart: each member once, and whatever is left over is a slip.
//!
//! *Invariant:* a member that isn't known is an error that names the nearest one that is, never passed over.
//! *Doesn't know:* what members mean.
//! *Start at:* [`Members`].

use serde_json::{Map, Value};

/// An object while it is read.
pub(crate) struct Members {
    map: Map<String, Value>,
    /// What the object is, for sentences: `expect`.
    what: String,
    known: &'static [&'static str],
}

impl Members {
    /// Refuses anything but an object of these members.
    pub(crate) fn of(value: Value, what: &str, known: &'static [&'static str]) -> Result<Self, String> {
        let Value::Object(map) = value else {
            return Err(format!("{what} has to be an object, not {}", shown(&value)));
        };
        if let Some(name) = map.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(format!("{what} has no member `{name}`; {}", hint(name, known)));
        }
        Ok(Self { map, what: what.to_owned(), known })
    }

    /// The member, whatever it is.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        debug_assert!(self.known.contains(&name), "`{name}` isn't among the known members");
        self.map.remove(name)
    }

    /// The member as a text.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, String> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong(name, "a text", &other)),
        }
    }

    /// The member as a whole number that isn't negative.
    pub(crate) fn count(&mut self, name: &str) -> Result<Option<u64>, String> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => match value.as_u64() {
                Some(number) => Ok(Some(number)),
                None => Err(self.wrong(name, "a whole number", &value)),
            },
        }
    }

    /// The member as `true` or `false`; missing it is `false`.
    pub(crate) fn flag(&mut self, name: &str) -> Result<bool, String> {
        match self.take(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(other) => Err(self.wrong(name, "true or false", &other)),
        }
    }

    /// The member as a list.
    pub(crate) fn list(&mut self, name: &str) -> Result<Option<Vec<Value>>, String> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Array(list)) => Ok(Some(list)),
            Some(other) => Err(self.wrong(name, "a list", &other)),
        }
    }

    /// The member as one of these words.
    pub(crate) fn word(
        &mut self,
        name: &str,
        words: &[&'static str],
    ) -> Result<Option<&'static str>, String> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match words.iter().find(|word| **word == text) {
            Some(word) => Ok(Some(word)),
            None => Err(format!("`{name}` of {} can't be {text:?}; {}", self.what, hint(&text, words))),
        }
    }

    fn wrong(&self, name: &str, wanted: &str, found: &Value) -> String {
        format!("`{name}` of {} has to be {wanted}, not {}", self.what, shown(found))
    }
}

/// A value for a sentence: short, on one line.
pub(crate) fn shown(value: &Value) -> String {
    let text = value.to_string();
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// `did you mean expect?`, or what there is.
pub(crate) fn hint(word: &str, known: &[&str]) -> String {
    let slips_max = 1 + word.len() / 3;
    let slips = |name: &&&str| strsim::osa_distance(&word.to_lowercase(), &name.to_lowercase());
    let near = (word.len() <= 128).then(|| known.iter().min_by_key(slips)).flatten();
    match near.filter(|name| slips(name) <= slips_max) {
        Some(name) => format!("did you mean {name}?"),
        None if known.is_empty() => "there are none".to_owned(),
        None => format!("there are {}", known.join(", ")),
    }
}
