//! Calls that leave the node, to the origins that the operator granted. Tools only.
//!
//! *Invariant:* the intent of each call is on disk before it is made; a replay never calls again.
//! *Doesn't know:* retries: a call that was in flight when the node died ends as `in-doubt`.
//! *Start at:* [`send`].

use crate::Error;
use crate::bindings::imports::jaros::plugin::http as wire;

pub use crate::bindings::imports::jaros::plugin::http::{Field, Request, Response};

/// Sends one request.
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
    send(&Request { method: "GET".to_owned(), url: url.to_owned(), headers: Vec::new(), body: Vec::new() })
}
