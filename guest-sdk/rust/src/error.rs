//! The host's errors as an author meets them.
//!
//! *Invariant:* the code is kept in the text, so that whoever reads the record sees it.
//! *Doesn't know:* the codes themselves; they are an open set (`wit/1.0.0/jaros.wit`).
//! *Start at:* [`Error`].

use crate::Error;

impl Error {
    /// An error of one's own, such as a test gives for an answer.
    #[must_use]
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}

/// Lets `?` turn a host's error into a component's own: `unavailable: the model has no key`.
impl From<Error> for String {
    fn from(error: Error) -> Self {
        format!("{}: {}", error.code, error.message)
    }
}

impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        (&self.code, &self.message) == (&other.code, &other.message)
    }
}

impl Eq for Error {}
