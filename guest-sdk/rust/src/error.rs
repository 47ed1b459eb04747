//! The host's errors as an author meets them.
//!
//! *Invariant:* the code is kept in the text, so that whoever reads the record sees it.
//! *Doesn't know:* the codes themselves; they are an open set (`wit/1.0.0/jaros.wit`).
//! *Start at:* [`Error`].

use crate::Error;

/// Lets `?` turn a host's error into a component's own: `unavailable: the model has no key`.
impl From<Error> for String {
    fn from(error: Error) -> Self {
        format!("{}: {}", error.code, error.message)
    }
}
