//! The model's answers, as a test writes them.
//!
//! *Invariant:* they are given in their order, and one too few is an error that says so.
//! *Doesn't know:* what was asked.
//! *Start at:* [`Script`].

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::Error;
use crate::bindings::imports::jaros::plugin::model::Response;
use crate::text;

/// What is left to answer.
#[derive(Default)]
pub(super) struct Script {
    left: VecDeque<Value>,
    given: usize,
}

impl Script {
    /// # Panics
    /// For an answer of no known shape, so that a slip of the test shows in the test.
    pub(super) fn add(&mut self, answer: Value) {
        let known = ["text", "structured", "calls", "error"];
        let shaped = match &answer {
            Value::String(_) => true,
            Value::Object(members) => {
                !members.is_empty() && members.keys().all(|member| known.contains(&member.as_str()))
            }
            _ => false,
        };
        assert!(
            shaped,
            "a model's answer is a text, or an object with `text`, `structured`, `calls` or `error`: {answer}"
        );
        self.left.push_back(answer);
    }

    pub(super) fn answer(&mut self) -> Result<Response, Error> {
        let Some(answer) = self.left.pop_front() else {
            let text = format!("the test gave the model {} answers, and this is one call more", self.given);
            return Err(Error::new("unavailable", text));
        };
        self.given += 1;
        if let Some(error) = answer.get("error") {
            let part = |name: &str| error[name].as_str().unwrap_or_default();
            return Err(Error::new(part("code"), part("message")));
        }
        let calls = answer["calls"].as_array().map_or(&[] as &[Value], Vec::as_slice);
        let parts: Vec<Value> =
            calls.iter().enumerate().map(|(place, call)| self.part(place, call)).collect();
        let said = answer.as_str().or_else(|| answer["text"].as_str()).unwrap_or_default();
        Ok(Response {
            text: said.to_owned(),
            finish: if parts.is_empty() { "stop" } else { "call" }.to_owned(),
            parts: text::of(&parts),
            structured: text::of(&answer["structured"]),
            model: "script".to_owned(),
            usage: text::of(&json!({ "input": 0, "output": 0 })),
        })
    }

    /// A call gets an id of its own where the test gives it none.
    fn part(&self, place: usize, call: &Value) -> Value {
        let id =
            call["id"].as_str().map_or_else(|| format!("call-{}-{}", self.given, place + 1), str::to_owned);
        let arguments = call.get("arguments").cloned().unwrap_or_else(|| json!({}));
        json!({ "type": "call", "id": id, "name": call["name"], "arguments": arguments })
    }
}
