//! One request and its answer on one connection.
//!
//! *Invariant:* the connection goes to one of the judged addresses; nothing is followed, kept, decompressed or asked of a
//! proxy; what comes back is bounded while it is read, and scrubbed before it is handed on.
//! *Doesn't know:* how the addresses were found, where the secrets come from.
//! *Start at:* [`Exchange::run`].

use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jaros_capability::http::{Allowed, Field, Response};
use jaros_decision::{Code, Failure};
use ureq::config::Config;
use ureq::http::header::CONTENT_ENCODING;
use ureq::http::request::Builder;
use ureq::http::{HeaderMap, Request, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{Connector as _, NextTimeout, RustlsConnector, TcpConnector};
use ureq::{Agent, Body};

use crate::secret::Fillings;
use crate::trouble;

/// What an answer never brings: a cookie would be a key to somebody's session on the record.
const LEFT_OUT: [&str; 2] = ["set-cookie", "set-cookie2"];

/// More addresses of one name aren't tried; the client has no room for more.
const TRIED_MAX: usize = 16;

/// All that one exchange needs.
pub(crate) struct Exchange<'a> {
    pub(crate) request: &'a Allowed,
    pub(crate) key: &'a str,
    pub(crate) fillings: &'a Fillings,
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) authorities: RootCerts,
    pub(crate) deadline: Instant,
}

/// Answers with the judged addresses, whatever is asked: there is no second lookup.
#[derive(Debug)]
struct Judged(Vec<SocketAddr>);

impl Resolver for Judged {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        for address in self.0.iter().take(TRIED_MAX) {
            addresses.push(*address);
        }
        Ok(addresses)
    }
}

impl Exchange<'_> {
    pub(crate) fn run(self) -> Result<Response, Failure> {
        let request = self.request;
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(trouble::timeout(request));
        }
        let connector = ().chain(TcpConnector::default()).chain(RustlsConnector::default());
        let agent = Agent::with_parts(self.config(left), connector, Judged(self.addresses.clone()));
        let head = self.head();
        let (method, body) = (request.method(), request.body());
        let wants_body = !body.is_empty() || matches!(method, "POST" | "PUT" | "PATCH");
        let answered = if wants_body {
            head.body(body).map_err(ureq::Error::from).and_then(|ready: Request<&[u8]>| agent.run(ready))
        } else {
            head.body(()).map_err(ureq::Error::from).and_then(|ready| agent.run(ready))
        };
        let (parts, body) = answered.map_err(|error| trouble::failure(request, &error))?.into_parts();
        self.refuse_compressed(&parts.headers)?;
        let headers = self.headers(&parts.headers)?;
        Ok(Response { status: parts.status.as_u16(), headers, body: self.body(body)? })
    }

    fn config(&self, left: Duration) -> Config {
        let bounds = self.request.bounds();
        let head_bytes = usize::try_from(bounds.head_bytes).unwrap_or(usize::MAX).min(16 << 20);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(self.authorities.clone())
            .unversioned_rustls_crypto_provider(provider)
            .build();
        Config::builder()
            .tls_config(tls)
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .accept_encoding("identity")
            .user_agent(concat!("jaros/", env!("CARGO_PKG_VERSION")))
            .max_idle_connections(0)
            .max_response_header_size(head_bytes)
            // A head that fills the buffer must be over the limit, or the client would wait for room.
            .input_buffer_size(head_bytes + (16 << 10))
            .timeout_global(Some(left))
            .timeout_connect(Some(Duration::from_millis(bounds.connect_ms).min(left)))
            .build()
    }

    fn head(&self) -> Builder {
        let mut head = Request::builder().method(self.request.method()).uri(self.request.url());
        for Field { name, value } in self.request.headers() {
            head = head.header(name, value);
        }
        for (name, value) in self.fillings.headers() {
            head = head.header(name, value);
        }
        head.header("Idempotency-Key", self.key)
    }

    /// What was packed can't be searched for secrets, and the guest could unpack it.
    fn refuse_compressed(&self, headers: &HeaderMap) -> Result<(), Failure> {
        let plain = |value: &[u8]| value.is_empty() || value.eq_ignore_ascii_case(b"identity");
        let packed = headers.get_all(CONTENT_ENCODING).iter().any(|value| !plain(value.as_bytes()));
        if packed && self.fillings.has_secrets() {
            let origin = self.request.origin();
            let text = format!("the answer of `{origin}` is compressed, so it can't be searched for secrets");
            return Err(Failure::new(Code::REFUSED, text));
        }
        Ok(())
    }

    fn headers(&self, headers: &HeaderMap) -> Result<Vec<Field>, Failure> {
        let max = self.request.bounds().headers;
        if headers.len() as u64 > u64::from(max) {
            return Err(trouble::too_many_headers(self.request));
        }
        let kept = headers
            .iter()
            .filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()) && !self.fillings.is_in(name.as_str()));
        let field = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| Field {
            name: name.as_str().to_owned(),
            value: text(self.fillings.scrub(value.as_bytes().to_vec())),
        };
        Ok(kept.map(field).collect())
    }

    fn body(&self, body: Body) -> Result<Vec<u8>, Failure> {
        let max = self.request.bounds().response_bytes;
        let mut bytes = Vec::new();
        let read = body.into_reader().take(max.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| trouble::failure(self.request, &ureq::Error::from(error)))?;
        if bytes.len() as u64 > max {
            let origin = self.request.origin();
            let text = format!("the answer of `{origin}` is larger than {max} bytes (http_response_bytes)");
            return Err(Failure::new(Code::LIMIT, text));
        }
        Ok(self.fillings.scrub(bytes))
    }
}

/// UTF-8, or where it isn't, what old servers mean: a byte a letter.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().map(|byte| char::from(*byte)).collect())
}
