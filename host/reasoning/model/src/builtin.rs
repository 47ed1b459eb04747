//! Providers that need nothing: they answer from the prompt itself.
//!
//! *Invariant:* the same request gets the same answer.
//! *Doesn't know:* files or networks.
//! *Start at:* [`Echo`].

use jaros_decision::{Completion, Json, Model, ModelFuture, Request};

/// `default`: answers with the last message's text.
pub struct Echo;

/// `uppercase`: answers with the last message's text in capitals.
pub struct Uppercase;

/// The text of the conversation's last message.
pub(crate) fn last_text(request: &Request) -> &str {
    request.messages.last().map_or("", |message| message.content.as_str())
}

/// A plain answer by the model of this name. Usage counts characters, since these models know no tokens.
pub(crate) fn plain(text: String, model: &str, request: &Request) -> Completion {
    let input: usize = request.messages.iter().map(|message| message.content.chars().count()).sum();
    let usage = format!(r#"{{"input":{input},"output":{}}}"#, text.chars().count());
    Completion {
        text,
        parts: Json::trusted("[]".into()),
        structured: Json::null(),
        model: model.into(),
        finish: "stop".into(),
        usage: Json::trusted(usage),
    }
}

impl Model for Echo {
    fn complete(&self, request: Request) -> ModelFuture<'_> {
        Box::pin(async move { Ok(plain(last_text(&request).to_owned(), "default", &request)) })
    }
}

impl Model for Uppercase {
    fn complete(&self, request: Request) -> ModelFuture<'_> {
        Box::pin(async move { Ok(plain(last_text(&request).to_uppercase(), "uppercase", &request)) })
    }
}
