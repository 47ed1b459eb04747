//! The interchangeable model: its request, its answer, and the transcript that stays on the record.
//!
//! *Invariant:* a transcript holds every call of a turn in order, so that the turn can be run again without a model.
//! *Doesn't know:* any provider, network or key.
//! *Start at:* [`Model`].

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::future::Future;
use core::pin::Pin;

use serde::{Deserialize, Serialize};

use crate::{Failure, Json};

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// `system`, `user`, `assistant` or `tool`.
    pub role: String,
    /// Plain text.
    pub content: String,
    /// `[]`, or the parts that are not plain text; see `jaros.wit`.
    pub parts: Json,
}

/// What an agent asks the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// An alias from the operator's model settings; empty means the default.
    pub model: String,
    /// The conversation so far.
    pub messages: Vec<Message>,
    /// What the model may call; `[]` for none.
    pub tools: Json,
    /// Provider-neutral settings.
    pub params: Json,
}

/// What the model answered (`response` in WIT).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// The answer as text.
    pub text: String,
    /// As in [`Message`].
    pub parts: Json,
    /// The answer as JSON where `params.schema` asked for it; else `null`.
    pub structured: Json,
    /// The model that answered, as the provider names it.
    pub model: String,
    /// `stop`, `length`, `call` or the provider's own word.
    pub finish: String,
    /// Tokens as the provider counts them.
    pub usage: Json,
}

/// One model call with its answer, as it stands on the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// What was asked.
    pub request: Request,
    /// What came back.
    pub answer: Result<Completion, Failure>,
}

/// All model calls of one turn, in order.
pub type Transcript = Vec<Exchange>;

/// An answer under way.
pub type ModelFuture<'a> = Pin<Box<dyn Future<Output = Result<Completion, Failure>> + Send + 'a>>;

/// Something that completes conversations. Waiting for it holds no thread.
pub trait Model: Send + Sync {
    /// Answers one request. An error is an answer too: the agent sees it, and it is recorded.
    fn complete(&self, request: Request) -> ModelFuture<'_>;
}
