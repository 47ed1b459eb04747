//! One answer of a script, as people write it and as an agent gets it.
//!
//! *Invariant:* what it becomes has the shape of a provider's answer: calls are parts and end it with `call`, what is structured is
//! also its text.
//! *Doesn't know:* which request it is for.
//! *Start at:* [`ScriptedAnswer`].

use std::fmt;

use jaros_decision::{Completion, Failure, Json, Request};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use crate::builtin::plain;

/// One answer of a script. In JSON a text stands for `{"text":…}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ScriptedAnswer {
    /// Text that must stand in the last message; absent: any request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The answer's text; without one, that of `structured`, or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The answer as JSON, for requests that ask for a schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub structured: Option<Json>,
    /// What the model would have the agent do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<ScriptedCall>,
    /// An error instead of an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
    /// How long the answer takes, in milliseconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub delay_ms: u64,
}

/// A call of a tool in an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptedCall {
    /// Absent: `call-N`, where N counts the calls of the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Which.
    pub name: String,
    /// With what; absent: `{}`.
    #[serde(default = "no_arguments")]
    pub arguments: Json,
}

fn no_arguments() -> Json {
    Json::trusted("{}".into())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl ScriptedAnswer {
    /// The answer that an agent gets.
    pub(super) fn complete(&self, request: &Request) -> Result<Completion, Failure> {
        if let Some(failure) = &self.error {
            return Err(failure.clone());
        }
        let text =
            self.text.clone().or_else(|| self.structured.as_ref().map(|json| json.as_str().to_owned()));
        let mut completion = plain(text.unwrap_or_default(), "script", request);
        completion.structured = self.structured.clone().unwrap_or_else(Json::null);
        if !self.calls.is_empty() {
            completion.parts = self.parts(calls_so_far(request));
            completion.finish = "call".into();
        }
        Ok(completion)
    }

    fn parts(&self, before: usize) -> Json {
        let part = |(place, call): (usize, &ScriptedCall)| {
            let id = call.id.clone().unwrap_or_else(|| format!("call-{}", before + place + 1));
            json!({ "type": "call", "id": id, "name": call.name, "arguments": call.arguments.to_value() })
        };
        let parts = Value::Array(self.calls.iter().enumerate().map(part).collect());
        Json::from_value(&parts).expect("its numbers and texts were JSON")
    }
}

/// The calls that stand in the conversation already, so that each has an id of its own.
fn calls_so_far(request: &Request) -> usize {
    let calls = |parts: Value| match parts {
        Value::Array(parts) => parts.iter().filter(|part| part["type"] == "call").count(),
        _ => 0,
    };
    request.messages.iter().map(|message| calls(message.parts.to_value())).sum()
}

impl<'de> Deserialize<'de> for ScriptedAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either)
    }
}

/// The long form, so that the other can be told from it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Members {
    when: Option<String>,
    text: Option<String>,
    structured: Option<Json>,
    calls: Vec<ScriptedCall>,
    error: Option<Failure>,
    delay_ms: u64,
}

/// A text, or an object.
struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = ScriptedAnswer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or an object with text, structured, calls or error")
    }

    fn visit_str<E>(self, text: &str) -> Result<ScriptedAnswer, E> {
        Ok(ScriptedAnswer { text: Some(text.to_owned()), ..ScriptedAnswer::default() })
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<ScriptedAnswer, M::Error> {
        let Members { when, text, structured, calls, error, delay_ms } =
            Members::deserialize(MapAccessDeserializer::new(map))?;
        Ok(ScriptedAnswer { when, text, structured, calls, error, delay_ms })
    }
}
