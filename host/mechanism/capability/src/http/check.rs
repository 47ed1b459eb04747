//! The check of a request against the grant, and the live handle.
//!
//! *Invariant:* every refusal follows from the request, the grant and the limits alone, so that a replay comes to the same.
//! *Doesn't know:* phases, the record; [`Handles`](crate::Handles) does.
//! *Start at:* [`Http::check`].

use std::collections::BTreeMap;
use std::sync::Arc;

use jaros_decision::{Code, Failure, Limits};

use super::header::{is_hosts_own, is_token, is_value};
use super::origin::{self, UrlError};
use super::{Allowed, Bounds, Field, Origin, Request, Rule};
use crate::words::{listed, shown};

/// The live handle: the rules, by origin.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    rules: Arc<BTreeMap<Origin, Arc<Rule>>>,
}

impl Http {
    pub(crate) fn new(rules: &BTreeMap<Origin, Arc<Rule>>) -> Self {
        Self { rules: Arc::new(rules.clone()) }
    }

    /// Whether the request is too large to be written down whole.
    pub(crate) fn oversized(request: &Request, limits: &Limits) -> Option<Failure> {
        let Request { method, url, headers, body } = request;
        let head = headers.iter().map(|field| field.name.len() + field.value.len()).sum::<usize>();
        let bounds = [
            (method.len() + url.len(), limits.http_url_bytes, "bytes of method and URL", "http_url_bytes"),
            (headers.len(), limits.http_headers.into(), "headers", "http_headers"),
            (head, limits.http_head_bytes, "bytes of headers", "http_head_bytes"),
            (body.len(), limits.http_request_bytes, "bytes of body", "http_request_bytes"),
        ];
        let over = bounds.into_iter().find(|(has, max, ..)| *has as u64 > *max);
        over.map(|(has, max, what, limit)| {
            Failure::new(Code::LIMIT, format!("the request has {has} {what}, over {max} ({limit})"))
        })
    }

    /// Whether the request may leave the node.
    pub(crate) fn check(&self, request: &Request, limits: &Limits) -> Result<Allowed, Failure> {
        if !is_token(&request.method) {
            return Err(invalid(format!("{} is no method", shown(&request.method))));
        }
        let (mut url, origin) = origin::parse(&request.url).map_err(|error| bad_url(&request.url, error))?;
        // A fragment is the reader's own; it is never sent.
        url.set_fragment(None);
        let Some(rule) = self.rules.get(&origin) else {
            let granted = listed(self.rules.keys().map(Origin::as_str));
            return Err(refused(format!("the origin `{origin}` isn't granted; granted: {granted}")));
        };
        if !rule.methods.contains(&request.method) {
            let granted = listed(rule.methods.iter().map(String::as_str));
            let method = shown(&request.method);
            return Err(refused(format!(
                "the method {method} isn't granted for `{origin}`; granted: {granted}"
            )));
        }
        for field in &request.headers {
            check_header(field, rule, &origin)?;
        }
        check_body(request, rule, &origin)?;
        Ok(Allowed {
            method: request.method.clone(),
            url: url.into(),
            headers: request.headers.clone(),
            body: request.body.clone(),
            rule: Arc::clone(rule),
            origin,
            bounds: bounds(rule, limits),
        })
    }
}

fn check_header(field: &Field, rule: &Rule, origin: &Origin) -> Result<(), Failure> {
    let name = shown(&field.name);
    if !is_token(&field.name) {
        return Err(invalid(format!("{name} is no header's name")));
    }
    if !is_value(&field.value) {
        return Err(invalid(format!("the value of the header {name} isn't plain ASCII")));
    }
    let lower = field.name.to_ascii_lowercase();
    if is_hosts_own(&lower) {
        return Err(refused(format!("the header {name} is for the host to say")));
    }
    if rule.headers.contains_key(&lower) {
        return Err(refused(format!("the header {name} is put in by the host for `{origin}`")));
    }
    Ok(())
}

fn check_body(request: &Request, rule: &Rule, origin: &Origin) -> Result<(), Failure> {
    let bytes = request.body.len();
    // A server that doesn't expect a body would take it for the next request.
    if bytes > 0 && matches!(request.method.as_str(), "GET" | "HEAD") {
        return Err(invalid(format!("a {} has no body", request.method)));
    }
    match rule.request_bytes {
        Some(max) if bytes as u64 > max => Err(Failure::new(
            Code::LIMIT,
            format!("the body has {bytes} bytes, over {max} (request_bytes of `{origin}`)"),
        )),
        _ => Ok(()),
    }
}

fn bounds(rule: &Rule, limits: &Limits) -> Bounds {
    let least = |own: Option<u64>, max: u64| own.map_or(max, |own| own.min(max));
    let timeout_ms = least(rule.timeout_ms, limits.http_ms);
    Bounds {
        timeout_ms,
        connect_ms: limits.http_connect_ms.min(timeout_ms),
        response_bytes: least(rule.response_bytes, limits.http_response_bytes),
        headers: limits.http_headers,
        head_bytes: limits.http_head_bytes,
    }
}

fn bad_url(text: &str, error: UrlError) -> Failure {
    let code = match error {
        UrlError::Scheme | UrlError::UserInfo => Code::REFUSED,
        _ => Code::INVALID,
    };
    Failure::new(code, format!("the URL {} can't be used: {error}", shown(text)))
}

fn invalid(message: String) -> Failure {
    Failure::new(Code::INVALID, message)
}

fn refused(message: String) -> Failure {
    Failure::new(Code::REFUSED, message)
}
