//! The running state digest: one number that a run and its replay share exactly as long as their effects are the same. Effects name
//! salted data, so two live runs differ even where they did the same.
//!
//! *Invariant:* it starts at SHA-256(`jaros state 1`), and each outcome makes it SHA-256(digest ‖ effect's text).
//! *Doesn't know:* what an effect does.
//! *Start at:* [`State`].

use jaros_decision::Digest;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The state digest at some place of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State(pub Digest);

impl State {
    /// Before the first outcome.
    #[must_use]
    pub fn start() -> Self {
        Self(Digest::of(b"jaros state 1"))
    }

    /// After an outcome whose effect has this canonical text.
    #[must_use]
    pub fn after(self, effect: &str) -> Self {
        Self(Digest::of_parts(&[&self.0.0, effect.as_bytes()]))
    }
}

/// An outcome's effect, exactly as it stands in the body, and the state digest that the entry claims.
pub(crate) fn effect(body: &str) -> Option<(&str, State)> {
    #[derive(Deserialize)]
    struct Outcome<'a> {
        #[serde(borrow)]
        effect: &'a RawValue,
        state: Digest,
    }
    let outcome: Outcome<'_> = serde_json::from_str(body).ok()?;
    Some((outcome.effect.get(), State(outcome.state)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_effect_moves_it() {
        let start = State::start();
        assert_eq!(start.0.to_hex(), "2ac57176a321691cfcd1707c0c0b1347ba9c5dc6f1bba4effd3c3b6f5f77ffb5");
        let effect_text = r#"{"ok":true}"#;
        assert_eq!(start.after(effect_text).0, Digest::of_parts(&[&start.0.0, effect_text.as_bytes()]));
        assert_ne!(start.after("{}").after("[]"), start.after("[]").after("{}"));
    }

    #[test]
    fn an_effect_is_taken_as_it_stands() {
        let body =
            format!(r#"{{"cost":{{}},"effect":{{"ok": true}},"id":"j/1/1","state":"{}"}}"#, Digest::ZERO);
        assert_eq!(effect(&body), Some((r#"{"ok": true}"#, State(Digest::ZERO))));
        assert_eq!(effect("{}"), None);
    }
}
