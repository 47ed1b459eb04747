//! The interchangeable model. Agents only; every call is recorded.
//!
//! *Invariant:* a call says all that its answer depends on.
//! *Doesn't know:* providers, keys, or whether the answer comes from a model or from the record.
//! *Start at:* [`ask`], or [`Request`] for more than one question. [`Chat`](crate::Chat) lets a model call tools.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::Error;
use crate::host::model as wire;
use crate::text;

/// Asks the default model one question and returns its text.
///
/// # Errors
/// What the provider or the host said instead; it is recorded as the answer.
pub fn ask(prompt: &str) -> Result<String, Error> {
    Request::new().user(prompt).send().map(|response| response.text)
}

/// A conversation to complete, built by chaining.
#[derive(Clone, Debug, Default)]
pub struct Request {
    model: String,
    messages: Vec<wire::Message>,
    tools: Vec<Value>,
    params: Map<String, Value>,
}

/// What the model answered.
#[derive(Clone, Debug)]
pub struct Response {
    /// The answer as text.
    pub text: String,
    /// The parts that aren't plain text, such as calls: `[{"type":"call","id":…,"name":…,"arguments":{…}}]`.
    pub parts: Value,
    /// The answer as JSON where a schema asked for it; else `null`.
    pub structured: Value,
    /// The model that answered, as the provider names it.
    pub model: String,
    /// `stop`, `length`, `call` or the provider's own word.
    pub finish: String,
    /// Tokens as the provider counts them.
    pub usage: Value,
}

/// Something that the model wants to have done.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Call {
    /// As the provider names it; its result refers to it.
    pub id: String,
    /// Which of the request's tools.
    pub name: String,
    /// What it is called with.
    #[serde(default)]
    pub arguments: Value,
}

impl Response {
    /// What the model wants to have done, in order; empty where it only answered.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        let parts = self.parts.as_array().map_or(&[] as &[Value], Vec::as_slice);
        parts
            .iter()
            .filter(|part| part["type"] == "call")
            .filter_map(|part| Call::deserialize(part).ok())
            .collect()
    }
}

impl Request {
    /// An empty conversation with the default model.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks a model of the operator's settings by its alias.
    #[must_use]
    pub fn model(mut self, alias: &str) -> Self {
        alias.clone_into(&mut self.model);
        self
    }

    /// Adds what the model should keep to.
    #[must_use]
    pub fn system(self, content: &str) -> Self {
        self.message("system", content, json!([]))
    }

    /// Adds what a person says.
    #[must_use]
    pub fn user(self, content: &str) -> Self {
        self.message("user", content, json!([]))
    }

    /// Adds what the model said before.
    #[must_use]
    pub fn assistant(self, content: &str) -> Self {
        self.message("assistant", content, json!([]))
    }

    /// Adds any message, with parts that aren't plain text.
    #[must_use]
    pub fn message(mut self, role: &str, content: &str, parts: Value) -> Self {
        let (role, content, parts) = (role.to_owned(), content.to_owned(), text::of(&parts));
        self.messages.push(wire::Message { role, content, parts });
        self
    }

    /// Adds something the model may call.
    #[must_use]
    pub fn tool(mut self, name: &str, description: &str, schema: Value) -> Self {
        self.tools.push(json!({ "name": name, "description": description, "schema": schema }));
        self
    }

    /// Asks for JSON of this schema, which [`Response::structured`] then holds.
    #[must_use]
    pub fn schema(self, schema: Value) -> Self {
        self.param("schema", schema)
    }

    /// Sets a provider-neutral setting: `temperature`, `max_tokens`.
    #[must_use]
    pub fn param(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// Asks.
    ///
    /// # Errors
    /// What the provider or the host said instead; it is recorded as the answer.
    pub fn send(self) -> Result<Response, Error> {
        let answer = wire::complete(&wire::Request {
            model: self.model,
            messages: self.messages,
            tools: text::of(&self.tools),
            params: text::of(&self.params),
        })?;
        let read = |text: &str| serde_json::from_str(text).expect("the host's answers are JSON");
        Ok(Response {
            parts: read(&answer.parts),
            structured: read(&answer.structured),
            usage: read(&answer.usage),
            text: answer.text,
            model: answer.model,
            finish: answer.finish,
        })
    }
}
