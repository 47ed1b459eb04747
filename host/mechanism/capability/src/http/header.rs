//! Methods and headers: what may stand on the wire, and what only the host may say.
//!
//! *Invariant:* no guest's header can end a line, frame the message, or stand in for one that the host puts in.
//! *Doesn't know:* which header means what to a server.
//! *Start at:* [`is_hosts_own`].

/// Headers that belong to the connection, frame the message, or are the host's own.
const HOSTS_OWN: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "idempotency-key",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// Methods that no grant can give: one makes a tunnel to anywhere, the other has the server tell what it was sent, secrets
/// included.
pub(super) const NEVER: &[&str] = &["CONNECT", "TRACE"];

/// Whether it is a token (RFC 9110): what a method or a header's name may be.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// Whether it can be a header's value: ASCII without control characters, so that no server can take a part of it for a
/// line's end.
pub(super) fn is_value(text: &str) -> bool {
    text.bytes().all(|b| b == b'\t' || (b' '..=b'~').contains(&b))
}

/// Whether only the host may say it.
pub(super) fn is_hosts_own(lower: &str) -> bool {
    HOSTS_OWN.contains(&lower) || lower.starts_with("proxy-")
}
