//! What went wrong, in words that hold no address, path or secret and don't change with a library.
//!
//! *Invariant:* a failure's text is made of the origin, the limits and fixed words; it goes by an error's kind, never by its
//! text.
//! *Doesn't know:* what was sent.
//! *Start at:* [`failure`].

use std::io::ErrorKind;

use jaros_capability::http::Allowed;
use jaros_decision::{Code, Failure};
use ureq::{Error, Timeout};

/// The failure that the guest and the record see.
pub(crate) fn failure(request: &Allowed, error: &Error) -> Failure {
    let origin = request.origin();
    if let Some(error) = tls(error) {
        return match error {
            rustls::Error::InvalidCertificate(_) => Failure::new(
                Code::REFUSED,
                format!(
                    "the certificate of `{origin}` isn't one that this machine trusts for that name and time"
                ),
            ),
            _ => unavailable(format!("there is no secure connection to `{origin}`")),
        };
    }
    match error {
        Error::Timeout(Timeout::Connect) => {
            let ms = request.bounds().connect_ms;
            let text = format!("there was no connection to `{origin}` within {ms} ms (http_connect_ms)");
            Failure::new(Code::TIMEOUT, text)
        }
        Error::Timeout(_) => timeout(request),
        Error::LargeResponseHeader(..) => {
            let max = request.bounds().head_bytes;
            let text =
                format!("the head of the answer of `{origin}` is larger than {max} bytes (http_head_bytes)");
            Failure::new(Code::LIMIT, text)
        }
        Error::Protocol(ureq_proto::Error::HttpParseTooManyHeaders) => too_many_headers(request),
        Error::Protocol(_) | Error::Http(_) => {
            unavailable(format!("`{origin}` answered with something that isn't HTTP"))
        }
        Error::Io(error) => match error.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock => timeout(request),
            ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe => unavailable(format!(
                "the connection to `{origin}` ended before the answer did; whether the request was carried out isn't known"
            )),
            _ => unavailable(format!("`{origin}` can't be reached")),
        },
        _ => unavailable(format!("`{origin}` can't be reached")),
    }
}

/// The deadline of the whole call passed.
pub(crate) fn timeout(request: &Allowed) -> Failure {
    let (origin, ms) = (request.origin(), request.bounds().timeout_ms);
    Failure::new(
        Code::TIMEOUT,
        format!("`{origin}` took longer than {ms} ms (http_ms, or timeout_ms of its grant)"),
    )
}

pub(crate) fn too_many_headers(request: &Allowed) -> Failure {
    let origin = request.origin();
    // The client's own bound may be the smaller one.
    let max = request.bounds().headers.min(HEADERS_MAX);
    Failure::new(Code::LIMIT, format!("the answer of `{origin}` has more than {max} headers (http_headers)"))
}

/// What the client reads at most.
const HEADERS_MAX: u32 = 128;

fn unavailable(text: String) -> Failure {
    Failure::new(Code::UNAVAILABLE, text)
}

/// What the encryption had against it, where that is it.
fn tls(error: &Error) -> Option<&rustls::Error> {
    match error {
        Error::Rustls(error) => Some(error),
        Error::Io(error) => error.get_ref()?.downcast_ref(),
        _ => None,
    }
}
