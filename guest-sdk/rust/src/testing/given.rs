//! One turn as a test gives it to an agent.
//!
//! *Invariant:* it crosses as JSON text, as the host's turns do.
//! *Doesn't know:* the agent.
//! *Start at:* [`turn`].

use serde::Serialize;
use serde_json::{Value, json};

use crate::bindings::agent::exports::jaros::plugin::reasoning as wire;
use crate::{Error, text};

/// The first turn of a job with this input; what is chained to it makes it a later one.
///
/// ```
/// # use jaros_guest::prelude::*;
/// use jaros_guest::testing::turn;
///
/// let second = turn(json!({ "name": "Ada" })).step("tell", ()).answer("greet", json!({ "greeting": "Hello!" }));
/// ```
#[must_use]
pub fn turn(input: impl Serialize) -> Given {
    Given { input: text::of(&input), memo: "null".to_owned(), answers: Vec::new(), number: 1 }
}

/// A turn that a test gives; made by [`turn`].
#[derive(Clone, Debug)]
pub struct Given {
    input: String,
    memo: String,
    answers: Vec<(String, Result<String, Error>)>,
    number: u32,
}

impl Given {
    /// Which turn it is.
    #[must_use]
    pub fn number(mut self, number: u32) -> Self {
        self.number = number;
        self
    }

    /// What the plan before had as its memo.
    #[must_use]
    pub fn memo(mut self, memo: impl Serialize) -> Self {
        self.memo = text::of(&memo);
        self.number = self.number.max(2);
        self
    }

    /// The step that the plan before went on to, with its data.
    #[must_use]
    pub fn step(self, step: &str, data: impl Serialize) -> Self {
        self.memo(json!({ "step": step, "data": text::value(&data) }))
    }

    /// A decision of the turn before that was carried out.
    #[must_use]
    pub fn answer(mut self, kind: &str, result: impl Serialize) -> Self {
        self.answers.push((kind.to_owned(), Ok(text::of(&result))));
        self
    }

    /// A decision of the turn before that was refused or failed.
    #[must_use]
    pub fn failed(mut self, kind: &str, code: &str, message: &str) -> Self {
        self.answers.push((kind.to_owned(), Err(Error::new(code, message))));
        self
    }

    pub(super) fn into_wire(self, job: &str) -> wire::Turn {
        let before = self.number.saturating_sub(1);
        let answers = self.answers.into_iter().zip(1..).map(|((kind, outcome), n)| {
            let id = format!("{job}/{before}/{n}");
            wire::Answer { id, kind, outcome }
        });
        wire::Turn { input: self.input, memo: self.memo, answers: answers.collect(), number: self.number }
    }
}

impl From<Value> for Given {
    fn from(input: Value) -> Self {
        turn(input)
    }
}
