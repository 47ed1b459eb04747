//! `script`: answers from a file, for demonstrations and tests.
//!
//! *Invariant:* the answer depends on the request alone, not on the order of calls, so that jobs may run in any order.
//! *Doesn't know:* agents.
//! *Start at:* [`Script::parse`].

use std::time::Duration;

use jaros_decision::{Code, Failure, Json, Model, ModelFuture, Request};
use serde::{Deserialize, Serialize};

use crate::builtin::{last_text, plain};

/// One answer of a script.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptedAnswer {
    /// Text that must stand in the last message; absent: any request.
    #[serde(default)]
    pub when: Option<String>,
    /// The answer's text.
    #[serde(default)]
    pub text: String,
    /// The answer as JSON, for requests that ask for a schema.
    #[serde(default)]
    pub structured: Option<Json>,
    /// An error instead of an answer.
    #[serde(default)]
    pub error: Option<Failure>,
    /// How long the answer takes, in milliseconds.
    #[serde(default)]
    pub delay_ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    answers: Vec<ScriptedAnswer>,
}

/// A scripted model: the first answer whose `when` fits is given.
pub struct Script {
    answers: Vec<ScriptedAnswer>,
}

impl Script {
    /// Parses a script: `{"answers":[{"when":"refund","text":"billing","delay_ms":10}]}`.
    ///
    /// # Errors
    /// What is wrong with the text, with its line and column.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str::<File>(text).map(|file| Self { answers: file.answers })
    }

    /// A script of these answers.
    #[must_use]
    pub fn new(answers: Vec<ScriptedAnswer>) -> Self {
        Self { answers }
    }
}

impl Model for Script {
    fn complete(&self, request: Request) -> ModelFuture<'_> {
        Box::pin(async move {
            let asked = last_text(&request);
            let fits =
                |answer: &&ScriptedAnswer| answer.when.as_ref().is_none_or(|when| asked.contains(when));
            let Some(answer) = self.answers.iter().find(fits) else {
                return Err(Failure::new(Code::UNAVAILABLE, "the script has no answer for this request"));
            };
            if answer.delay_ms > 0 {
                tokio::time::sleep(Duration::from_millis(answer.delay_ms)).await;
            }
            if let Some(failure) = &answer.error {
                return Err(failure.clone());
            }
            let mut completion = plain(answer.text.clone(), "script", &request);
            completion.structured = answer.structured.clone().unwrap_or_else(Json::null);
            Ok(completion)
        })
    }
}
