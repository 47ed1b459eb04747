//! `model`: asks the model and keeps the exchange for the transcript.
//!
//! *Invariant:* every request that reaches the model is in the transcript with its answer, in order; one that doesn't
//! (not JSON, too many) is answered the same way on every run, and one that reached a limit is an observation.
//! *Doesn't know:* which model answers, or whether one does.
//! *Start at:* [`Host`].

use std::sync::Arc;

use jaros_capability::Capability;
use jaros_decision::{Code, Completion, Exchange, Failure, Json, JsonLimits, Message, Model, Request};
use wasmtime::Result;

use super::{State, error};
use crate::bindings::imports::jaros::plugin::model::{self as wit, Host};
use crate::bindings::imports::jaros::plugin::types::Error;

/// What a refused request leaves on the record of its last message.
const ASKED_CHARS: usize = 200;

impl Host for State {
    async fn complete(&mut self, request: wit::Request) -> Result<Result<wit::Response, Error>> {
        self.enter(Capability::Model, handed(&request))?;
        let asked = request.messages.last().map_or("", |message| &message.content);
        let asked: String = asked.chars().take(ASKED_CHARS).collect();
        let (model, request) = match self.admit(request) {
            Ok(admitted) => admitted,
            Err(failure) if failure.code == Code::LIMIT => {
                return Ok(Err(error(self.observer.refuse("model.complete", &[asked], failure))));
            }
            Err(failure) => return Ok(Err(error(failure))),
        };
        let answer = model.complete(request.clone()).await;
        self.exchanges.push(Exchange { request, answer: answer.clone() });
        Ok(answer.map(response).map_err(error))
    }
}

impl State {
    fn admit(&mut self, request: wit::Request) -> Result<(Arc<dyn Model>, Request), Failure> {
        let request = read(request, self.json_limits())?;
        let Some(reasoning) = &mut self.reasoning else {
            return Err(Failure::new(Code::REFUSED, "there is no model here"));
        };
        let Some(left) = reasoning.model_calls_left.checked_sub(1) else {
            let max = self.limits.model_calls;
            return Err(Failure::new(
                Code::LIMIT,
                format!("a turn asks the model at most {max} times (model_calls)"),
            ));
        };
        let Some(bytes_left) = reasoning.model_bytes_left.checked_sub(weight(&request)) else {
            let max = self.limits.model_bytes;
            return Err(Failure::new(
                Code::LIMIT,
                format!("a turn's requests to the model have at most {max} bytes together (model_bytes)"),
            ));
        };
        (reasoning.model_calls_left, reasoning.model_bytes_left) = (left, bytes_left);
        Ok((Arc::clone(&reasoning.model), request))
    }
}

/// Bytes of a request as the guest hands it over.
fn handed(request: &wit::Request) -> usize {
    let message = |message: &wit::Message| message.role.len() + message.content.len() + message.parts.len();
    let messages: usize = request.messages.iter().map(message).sum();
    request.model.len() + messages + request.tools.len() + request.params.len()
}

/// Bytes of a request as the model gets it, and the record.
fn weight(request: &Request) -> u64 {
    let message =
        |message: &Message| message.role.len() + message.content.len() + message.parts.as_str().len();
    let messages: usize = request.messages.iter().map(message).sum();
    (request.model.len() + messages + request.tools.as_str().len() + request.params.as_str().len()) as u64
}

/// The request with every JSON text in canonical form.
fn read(request: wit::Request, limits: JsonLimits) -> Result<Request, Failure> {
    let json = |name: &str, text: &str| {
        Json::parse(text, limits)
            .map_err(|error| Failure::new(error.code(), format!("{name}: {}", error.told("json_bytes"))))
    };
    let message = |message: wit::Message| {
        Ok(Message { role: message.role, content: message.content, parts: json("parts", &message.parts)? })
    };
    Ok(Request {
        model: request.model,
        messages: request.messages.into_iter().map(message).collect::<Result<_, Failure>>()?,
        tools: json("tools", &request.tools)?,
        params: json("params", &request.params)?,
    })
}

fn response(completion: Completion) -> wit::Response {
    wit::Response {
        text: completion.text,
        parts: completion.parts.as_str().to_owned(),
        structured: completion.structured.as_str().to_owned(),
        model: completion.model,
        finish: completion.finish,
        usage: completion.usage.as_str().to_owned(),
    }
}
