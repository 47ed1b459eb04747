//! Calls that leave the node, to the origins that the operator granted. Tools only.
//!
//! *Invariant:* the intent of each call is on disk before it is made; a replay never calls again.
//! *Doesn't know:* retries: a call that was in flight when the node died ends as `in-doubt`.
//! *Start at:* [`get`], [`post`], or [`Request`] for more.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;
use crate::host::http as wire;
use crate::text;

pub use crate::bindings::imports::jaros::plugin::http::{Field, Request, Response};

/// Sends one request. Every status is an answer.
///
/// # Errors
/// `refused` for an origin that isn't granted, `timeout`, `unavailable`, `in-doubt`.
pub fn send(request: &Request) -> Result<Response, Error> {
    wire::send(request)
}

/// Gets a URL.
///
/// # Errors
/// As [`send`].
pub fn get(url: &str) -> Result<Response, Error> {
    send(&Request::new("GET", url))
}

/// Posts bytes or text to a URL; [`Request::json`] is for JSON.
///
/// # Errors
/// As [`send`].
pub fn post(url: &str, body: impl AsRef<[u8]>) -> Result<Response, Error> {
    send(&Request::new("POST", url).body(body))
}

/// ```
/// # use jaros_guest::http::Request;
/// let request = Request::new("PUT", "https://api.example.com/a").header("accept", "application/json").json(&[1, 2]);
/// assert_eq!(request.body, b"[1,2]");
/// ```
impl Request {
    /// A request without headers and body.
    #[must_use]
    pub fn new(method: &str, url: &str) -> Self {
        Self { method: method.to_owned(), url: url.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push(Field { name: name.to_owned(), value: value.to_owned() });
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_owned();
        self
    }

    /// Sets the body to JSON, and says so in a header.
    #[must_use]
    pub fn json(self, body: &impl Serialize) -> Self {
        self.header("content-type", "application/json").body(text::of(body))
    }
}

impl Response {
    /// Whether the status is one of 200 to 299.
    #[must_use]
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header of this name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |field: &&Field| field.name.eq_ignore_ascii_case(name);
        self.headers.iter().find(named).map(|field| field.value.as_str())
    }

    /// The body as text; what isn't UTF-8 becomes `�`.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body, which is JSON, as its own type.
    ///
    /// # Errors
    /// `invalid` where it doesn't fit.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Error::new("invalid", format!("the answer's body: {error}")))
    }
}
