//! `http`: what leaves the node, judged before it does.
//!
//! *Invariant:* an [`Allowed`] is only made by the check of a request against the operator's rule for exactly its origin,
//! and it never holds a secret: only where each one comes from.
//! *Doesn't know:* sockets, names' addresses, the environment, the ledger: an [`Outside`] does.
//! *Start at:* [`Allowed`], [`Outside`]; the check is `check.rs`, the grant's shape `rule.rs`.

mod address;
mod check;
mod header;
mod origin;
mod parse;
mod rule;

use std::sync::Arc;

use jaros_decision::Failure;
use serde::{Deserialize, Serialize};

use crate::files_read::Bytes;

pub use self::address::special;
pub use self::origin::{Host, Origin};
pub use self::rule::{Filled, Rule, Source};

pub(crate) use self::check::Http;
pub(crate) use self::parse::read;

/// One header; names are told apart without regard to case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// `Content-Type`.
    pub name: String,
    /// As it stands on the wire; bytes that are no UTF-8 are read as ISO 8859-1.
    pub value: String,
}

/// What a guest wants to send, unjudged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`.
    pub method: String,
    /// Absolute.
    pub url: String,
    /// In the guest's order.
    pub headers: Vec<Field>,
    /// Empty for none.
    pub body: Vec<u8>,
}

/// What came back, as the guest and the record see it: no secret, no cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// `200`.
    pub status: u16,
    /// In the server's order.
    pub headers: Vec<Field>,
    /// As it came, at most the rule's `response_bytes`.
    #[serde(with = "encoded")]
    pub body: Vec<u8>,
}

/// A request that passed the check. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    method: String,
    url: String,
    headers: Vec<Field>,
    body: Vec<u8>,
    origin: Origin,
    rule: Arc<Rule>,
    bounds: Bounds,
}

/// What one call may use: the rule's own limits, at most the tenant's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// From the first look for the name's addresses to the last byte of the answer.
    pub timeout_ms: u64,
    /// Until there is a connection.
    pub connect_ms: u64,
    /// The answer's body.
    pub response_bytes: u64,
    /// The answer's headers, by count.
    pub headers: u32,
    /// The answer's head.
    pub head_bytes: u64,
}

impl Allowed {
    /// One of the rule's methods.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// In its one normal form, without a fragment; of [`Allowed::origin`].
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The guest's own headers; those that the rule puts in aren't among them.
    #[must_use]
    pub fn headers(&self) -> &[Field] {
        &self.headers
    }

    /// Empty for none.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// As it stands on the record: `[method, url, headers, body]`, the body as `{"base64":…}`. It holds no secret.
    #[must_use]
    pub fn told(&self) -> impl Serialize {
        (&self.method, &self.url, &self.headers, Bytes(self.body.clone()))
    }

    /// Whose rule it is under.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What the operator wrote for this origin: headers to put in, and from where.
    #[must_use]
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Whether it may be sent again, under the same key, when nobody knows whether it was carried out.
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        self.rule.idempotent
    }

    /// What it may use.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }
}

/// The machine failed around a call (the record can't be written, the node was fenced): the call has no outcome, and nothing
/// of it is recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub String);

/// What is outside of the node, as one call of a tool sees it: whoever implements it puts the intent on disk, then sends.
pub trait Outside: Send + Sync {
    /// Makes the call number `index` (from 1) of this decision. A [`Failure`] is an answer: the guest and the record see it,
    /// so its text is the host's own and holds no address, path or secret.
    /// # Errors
    /// The machine failed: no outcome.
    fn send(&self, index: u32, request: &Allowed) -> Result<Result<Response, Failure>, Broken>;
}

/// A body as it stands in an observation: `{"base64":"…"}`.
mod encoded {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use crate::files_read::Bytes;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        Bytes(bytes.to_vec()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        Bytes::deserialize(deserializer).map(|bytes| bytes.0)
    }
}
