//! Why something was not done, as a value.
//!
//! *Invariant:* a code is one of a stable, open set; nothing branches on a message's text.
//! *Doesn't know:* how a failure is shown or which exit code it becomes.
//! *Start at:* [`Failure`].

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

/// A stable word for why something was not done. Open: treat one you don't know as [`Code::FAILED`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(Cow<'static, str>);

impl Code {
    /// The operator's rules, or the component's own `validate`, say no.
    pub const REFUSED: Self = Self(Cow::Borrowed("refused"));
    /// A component's new version asks for more than the one before, and waits for an operator.
    pub const HELD: Self = Self(Cow::Borrowed("held"));
    /// There is no such kind, agent, file or key.
    pub const NOT_FOUND: Self = Self(Cow::Borrowed("not-found"));
    /// It isn't well formed, or doesn't fit its schema.
    pub const INVALID: Self = Self(Cow::Borrowed("invalid"));
    /// A named limit was reached.
    pub const LIMIT: Self = Self(Cow::Borrowed("limit"));
    /// The host's wall-clock deadline passed; a recorded decision of the host, never recomputed.
    pub const TIMEOUT: Self = Self(Cow::Borrowed("timeout"));
    /// The node ended between a call that leaves it and the call's answer.
    pub const IN_DOUBT: Self = Self(Cow::Borrowed("in-doubt"));
    /// What would have answered isn't there just now.
    pub const UNAVAILABLE: Self = Self(Cow::Borrowed("unavailable"));
    /// The component trapped: it broke a rule of its own language or of WebAssembly.
    pub const TRAP: Self = Self(Cow::Borrowed("trap"));
    /// An operator ended it.
    pub const CANCELLED: Self = Self(Cow::Borrowed("cancelled"));
    /// It was tried and didn't succeed, in its author's own words.
    pub const FAILED: Self = Self(Cow::Borrowed("failed"));

    /// A code from outside. Anything that is not 1 to 64 of `a-z 0-9 -` becomes [`Code::FAILED`], so that no guest's
    /// text reaches the record as a code.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let plain = !text.is_empty()
            && text.len() <= 64
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if plain { Self(Cow::Owned(String::from(text))) } else { Self::FAILED }
    }

    /// The word itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why something was not done: a stable code, and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What programs go by.
    pub code: Code,
    /// What people read; may hold a guest's own words, so it never stands in an entry's body.
    pub message: String,
}

impl Failure {
    /// A failure of this code with this sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}
