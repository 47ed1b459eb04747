//! `script`: answers from a file, for demonstrations, evals and tests.
//!
//! *Invariant:* the answer depends on the request alone, so that jobs may run in any order. Only with `in_order` answers are used
//! up: one without `when` is given once, so it depends on how many were given before.
//! *Doesn't know:* agents, jobs. Whoever wants an order for each job opens a script for each.
//! *Start at:* [`Script::parse`].

mod answer;

use std::sync::Mutex;
use std::time::Duration;

use jaros_decision::{Code, Completion, Failure, Model, ModelFuture, Request};
use serde::Deserialize;
use serde_json::Value;

pub use answer::{ScriptedAnswer, ScriptedCall};

/// The code of a script with `in_order` that has no answer left: unlike `unavailable`, nothing else has it.
pub const OUT_OF_ANSWERS: &str = "out-of-answers";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    answers: Vec<ScriptedAnswer>,
    #[serde(default)]
    in_order: bool,
}

/// A scripted model.
///
/// An answer with `when` is for every request whose last message holds that text, or the result of a call in it does. One without is for any request: every one,
/// or with `in_order` one only, each in its turn. The first that fits is given; in order, those with `when` come first.
pub struct Script {
    answers: Vec<ScriptedAnswer>,
    /// How many answers without `when` were given; `None` where they aren't used up.
    given: Option<Mutex<usize>>,
}

impl Script {
    /// Parses a script: `{"answers":["billing",{"when":"refund","text":"billing","delay_ms":10}],"in_order":true}`.
    ///
    /// # Errors
    /// What is wrong with the text, with its line and column.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let File { answers, in_order } = serde_json::from_str(text)?;
        Ok(if in_order { Self::in_order(answers) } else { Self::new(answers) })
    }

    /// A script whose answers depend on the request alone.
    #[must_use]
    pub fn new(answers: Vec<ScriptedAnswer>) -> Self {
        Self { answers, given: None }
    }

    /// A script whose answers without `when` are given once each, in their order.
    #[must_use]
    pub fn in_order(answers: Vec<ScriptedAnswer>) -> Self {
        Self { answers, given: Some(Mutex::new(0)) }
    }

    fn pick(&self, asked: &str) -> Result<&ScriptedAnswer, Failure> {
        let named = |answer: &&ScriptedAnswer| answer.when.as_ref().is_some_and(|when| asked.contains(when));
        let Some(given) = &self.given else {
            let fits = |answer: &&ScriptedAnswer| answer.when.is_none() || named(answer);
            let found = self.answers.iter().find(fits);
            return found
                .ok_or_else(|| Failure::new(Code::UNAVAILABLE, "the script has no answer for this request"));
        };
        if let Some(answer) = self.answers.iter().find(named) {
            return Ok(answer);
        }
        let mut given = given.lock().expect("nothing panics while it holds the count");
        let mut plain = self.answers.iter().filter(|answer| answer.when.is_none());
        let Some(answer) = plain.nth(*given) else {
            let text = format!("the script has no answer left: {given} were given, in their order");
            return Err(Failure::new(Code::from_text(OUT_OF_ANSWERS), text));
        };
        *given += 1;
        Ok(answer)
    }
}

impl Model for Script {
    fn complete(&self, request: Request) -> ModelFuture<'_> {
        // Its turn is that of the call, not that of whichever wait ends first.
        let picked = self.pick(&asked(&request));
        Box::pin(async move { answer(picked?, &request).await })
    }
}

/// What the last message says: its text, and what came of calls that it tells the results of.
fn asked(request: &Request) -> String {
    let Some(last) = request.messages.last() else { return String::new() };
    let mut text = last.content.clone();
    let parts: Vec<Value> = serde_json::from_str(last.parts.as_str()).unwrap_or_default();
    for result in parts.iter().filter_map(|part| part["content"].as_str()) {
        text.push('\n');
        text.push_str(result);
    }
    text
}

async fn answer(answer: &ScriptedAnswer, request: &Request) -> Result<Completion, Failure> {
    if answer.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(answer.delay_ms)).await;
    }
    answer.complete(request)
}
