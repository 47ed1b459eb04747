//! Origins and URLs: one text, one meaning.
//!
//! *Invariant:* a URL that is read has exactly one normal form (WHATWG), and its [`Origin`] is taken from that form, which
//! is also what is sent: judge and client can't disagree about where a text leads.
//! *Doesn't know:* what is granted, addresses of names.
//! *Start at:* [`parse`].

use std::fmt;
use std::net::IpAddr;

use url::Url;

/// Scheme, host and port, in normal form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// `https://api.example.com`, `http://127.0.0.1:8080`.
    text: String,
    host: Host,
    port: u16,
    secure: bool,
}

/// Who is at the other end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// A name in ASCII (IDNA), in lower case.
    Name(String),
    /// An address, however it was spelt.
    Address(IpAddr),
}

impl Origin {
    /// `https://api.example.com`; a default port isn't named.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Who is at the other end.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether it is `https`.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why a text is no URL that could be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UrlError {
    #[error("it isn't `http://…` or `https://…`")]
    Scheme,
    #[error("it has a space or a control character")]
    Character,
    #[error("it has a backslash")]
    Backslash,
    #[error("it names no host")]
    NoHost,
    #[error("it has user information before an `@`")]
    UserInfo,
    #[error("its host ends in a dot")]
    Dot,
    #[error("port 0 is none")]
    Port,
    #[error("it is no URL")]
    Invalid,
}

/// Reads an absolute URL. What browsers mend in silence (spaces, line breaks, backslashes, missing slashes) is refused: a
/// reader would see another URL than the one that is sent.
pub(crate) fn parse(text: &str) -> Result<(Url, Origin), UrlError> {
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(UrlError::Character);
    }
    if text.contains('\\') {
        return Err(UrlError::Backslash);
    }
    let (scheme, rest) = text.split_once("://").ok_or(UrlError::Scheme)?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Err(UrlError::Scheme);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(UrlError::UserInfo);
    }
    if authority.is_empty() || authority.starts_with(':') {
        return Err(UrlError::NoHost);
    }
    let url = Url::parse(text).map_err(|_| UrlError::Invalid)?;
    let origin = origin(&url)?;
    Ok((url, origin))
}

fn origin(url: &Url) -> Result<Origin, UrlError> {
    let host = match url.host().ok_or(UrlError::NoHost)? {
        url::Host::Domain(name) if name.ends_with('.') => return Err(UrlError::Dot),
        url::Host::Domain(name) => Host::Name(name.to_owned()),
        url::Host::Ipv4(address) => Host::Address(address.into()),
        url::Host::Ipv6(address) => Host::Address(address.into()),
    };
    let port = url.port_or_known_default().ok_or(UrlError::Scheme)?;
    if port == 0 {
        return Err(UrlError::Port);
    }
    let text = url.origin().ascii_serialization();
    Ok(Origin { text, host, port, secure: url.scheme() == "https" })
}

/// Reads an origin as a grant names it: in normal form and with nothing behind it, so that what the operator reads is what
/// counts, and one origin can't stand there twice.
pub(crate) fn granted(text: &str) -> Result<Origin, String> {
    let (url, origin) = parse(text).map_err(|error| error.to_string())?;
    // A host could have this letter; an operator who writes it means something that isn't there.
    if text.contains('*') {
        return Err("it has a `*`, and no origin is a pattern".to_owned());
    }
    if text == origin.text {
        return Ok(origin);
    }
    let beyond = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
    let why = if beyond { "an origin has no path" } else { "an origin stands in its normal form" };
    Err(format!("{why}: \"{origin}\""))
}
