//! What a test says in place of a tool or of another agent.
//!
//! *Invariant:* an answer depends on the payload alone, unless the test's own function keeps something.
//! *Doesn't know:* whether the real one would take the payload.
//! *Start at:* [`Answering`].

use serde_json::Value;

use crate::Error;

/// An answer: a JSON value, an [`Error`], or a function from the payload (of an agent: the input) to `Result<Value, Error>`.
pub trait Answering {
    /// What becomes of this payload.
    ///
    /// # Errors
    /// The decision failed, or was refused.
    fn answer(&self, payload: &Value) -> Result<Value, Error>;
}

impl Answering for Value {
    fn answer(&self, _: &Value) -> Result<Value, Error> {
        Ok(self.clone())
    }
}

impl Answering for Error {
    fn answer(&self, _: &Value) -> Result<Value, Error> {
        Err(self.clone())
    }
}

impl<F: Fn(&Value) -> Result<Value, Error>> Answering for F {
    fn answer(&self, payload: &Value) -> Result<Value, Error> {
        self(payload)
    }
}
