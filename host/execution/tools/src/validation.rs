//! The tools' last word on a proposal, as the gate asks for it.
//!
//! *Invariant:* an error of the machine is never taken for the tool's answer: [`Validation::finish`] gives it back, and then
//! the gate's verdict doesn't count.
//! *Doesn't know:* what the gate checked before.
//! *Start at:* [`Validation`].

use std::cell::{Cell, RefCell};

use jaros_decision::{Code, Failure, Fuel, Json, Name};
use jaros_engine::{Attempt, EngineError};
use jaros_gate::Validate;

use crate::Tools;

/// For one proposal: give it to the gate, then ask [`Validation::finish`].
pub struct Validation<'a> {
    tools: &'a Tools,
    attempt: &'a Attempt<'a>,
    fuel: Cell<u64>,
    broken: RefCell<Option<EngineError>>,
}

impl<'a> Validation<'a> {
    /// Asks these tools.
    #[must_use]
    pub fn new(tools: &'a Tools, attempt: &'a Attempt<'a>) -> Self {
        Self { tools, attempt, fuel: Cell::new(0), broken: RefCell::new(None) }
    }

    /// The fuel that validating took.
    /// # Errors
    /// The machine failed while the gate asked: drop its verdict and try again.
    pub fn finish(self) -> Result<Fuel, EngineError> {
        match self.broken.into_inner() {
            Some(error) => Err(error),
            None => Ok(Fuel(self.fuel.get())),
        }
    }
}

impl Validate for Validation<'_> {
    /// A kind that is no tool is a built-in's, which its schema has validated already.
    fn validate(&self, kind: &Name, payload: &Json) -> Result<(), Failure> {
        let Some(tool) = self.tools.get(kind.as_str()) else { return Ok(()) };
        match tool.validate(self.attempt, payload) {
            Ok(called) => {
                self.fuel.set(self.fuel.get() + called.fuel.0);
                called.result
            }
            Err(error) => {
                self.broken.replace(Some(error));
                Err(Failure::new(Code::UNAVAILABLE, "the machine couldn't ask the tool"))
            }
        }
    }
}
