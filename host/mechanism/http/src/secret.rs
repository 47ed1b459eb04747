//! Secrets: read at the moment of sending, put into headers, taken out of answers.
//!
//! *Invariant:* a secret's bytes are in this module's values alone, none of which shows them; whatever a server repeats of
//! them is replaced before anyone else sees it.
//! *Doesn't know:* what a secret is for.
//! *Start at:* [`Fillings::of`], [`Fillings::scrub`].

use std::fmt;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use jaros_capability::http::{Allowed, Filled, Source};
use jaros_decision::{Code, Failure};
use ureq::http::HeaderValue;

use crate::surroundings::Surroundings;

/// No token is larger; a file that is was named by mistake.
const SECRET_BYTES_MAX: u64 = 8 << 10;

/// What is shorter would be found everywhere, and looking for it would tell what it is.
const SCRUBBED_BYTES_MIN: usize = 8;

/// What stands where a secret stood.
const SCRUBBED: &[u8] = b"[secret]";

/// The headers that the host puts into one request, and the secrets among them.
pub(crate) struct Fillings {
    headers: Vec<(String, HeaderValue)>,
    /// The longest first, so that one that begins like another is replaced whole.
    secrets: Vec<Secret>,
}

struct Secret(Vec<u8>);

impl fmt::Debug for Fillings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Fillings").field("headers", &names).finish_non_exhaustive()
    }
}

impl Fillings {
    /// Reads what the rule of this request puts in.
    /// # Errors
    /// `unavailable`, naming the header and the variable, never a value or a path.
    pub(crate) fn of(request: &Allowed, surroundings: &dyn Surroundings) -> Result<Self, Failure> {
        let mut fillings = Self { headers: Vec::new(), secrets: Vec::new() };
        for filled in request.rule().headers.values() {
            let value = value(filled, surroundings).map_err(|why| {
                let text =
                    format!("the header `{}` of `{}` can't be filled: {why}", filled.name, request.origin());
                Failure::new(Code::UNAVAILABLE, text)
            })?;
            fillings.put(filled, value);
        }
        fillings.secrets.sort_by_key(|secret| std::cmp::Reverse(secret.0.len()));
        Ok(fillings)
    }

    fn put(&mut self, filled: &Filled, value: String) {
        let whole = format!("{}{value}", filled.before);
        let mut header = HeaderValue::try_from(whole).expect("plain ASCII is a header's value");
        if filled.source.is_secret() {
            header.set_sensitive(true);
            self.secrets.push(Secret(value.into_bytes()));
        }
        self.headers.push((filled.name.clone(), header));
    }

    /// What to put in.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &HeaderValue)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there is anything that an answer must not repeat.
    pub(crate) fn has_secrets(&self) -> bool {
        self.scrubbed().next().is_some()
    }

    /// Replaces every secret in a part of an answer.
    pub(crate) fn scrub(&self, bytes: Vec<u8>) -> Vec<u8> {
        self.scrubbed().fold(bytes, |bytes, secret| replace(bytes, &secret.0))
    }

    /// Whether a header's name, which a server may have made of anything, holds a secret. Names have no case.
    pub(crate) fn is_in(&self, name: &str) -> bool {
        self.scrubbed().any(|secret| {
            let secret = secret.0.to_ascii_lowercase();
            name.to_ascii_lowercase().as_bytes().windows(secret.len()).any(|part| part == secret)
        })
    }

    fn scrubbed(&self) -> impl Iterator<Item = &Secret> {
        self.secrets.iter().filter(|secret| secret.0.len() >= SCRUBBED_BYTES_MIN)
    }
}

fn replace(bytes: Vec<u8>, secret: &[u8]) -> Vec<u8> {
    if !bytes.windows(secret.len()).any(|part| part == secret) {
        return bytes;
    }
    let (mut clean, mut rest) = (Vec::with_capacity(bytes.len()), bytes.as_slice());
    while let Some((&first, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(secret) {
            clean.extend_from_slice(SCRUBBED);
            rest = after;
        } else {
            clean.push(first);
            rest = after;
        }
    }
    clean
}

fn value(filled: &Filled, surroundings: &dyn Surroundings) -> Result<String, String> {
    match &filled.source {
        Source::Text(text) => Ok(text.clone()),
        Source::Variable(name) => {
            let value =
                surroundings.variable(name).ok_or_else(|| format!("the variable `{name}` isn't set"))?;
            plain(value.to_str()).map_err(|why| format!("the variable `{name}` {why}"))
        }
        Source::File(path) => from_file(path).map_err(|why| format!("its file {why}")),
    }
}

fn from_file(path: &Path) -> Result<String, &'static str> {
    let unread = |_| "can't be read";
    // A pipe would hold the call for good.
    if !fs::metadata(path).map_err(unread)?.is_file() {
        return Err("is no regular file");
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unread)?;
    file.take(SECRET_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unread)?;
    plain(std::str::from_utf8(&bytes).ok().map(str::trim))
}

/// The text, if it can stand in a header.
fn plain(text: Option<&str>) -> Result<String, &'static str> {
    match text {
        Some("") => Err("is empty"),
        Some(text) if text.len() as u64 > SECRET_BYTES_MAX => Err("is longer than 8192 bytes"),
        Some(text) if text.bytes().all(|b| (b' '..=b'~').contains(&b)) => Ok(text.to_owned()),
        _ => Err("isn't plain ASCII on one line"),
    }
}

/// For a test that looks for what must not be seen.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fillings(secrets: &[&str]) -> Fillings {
        let mut fillings = Fillings { headers: Vec::new(), secrets: Vec::new() };
        for secret in secrets {
            let source = Source::Variable("TOKEN".to_owned());
            let filled = Filled { name: "Authorization".to_owned(), before: "Bearer ".to_owned(), source };
            fillings.put(&filled, (*secret).to_owned());
        }
        fillings.secrets.sort_by_key(|secret| std::cmp::Reverse(secret.0.len()));
        fillings
    }

    #[test]
    fn secrets_are_replaced_wherever_they_stand() {
        let table: [(&[&str], &str, &str); 7] = [
            (
                &["s3cr3t-canary"],
                "a s3cr3t-canary b s3cr3t-canarys3cr3t-canary",
                "a [secret] b [secret][secret]",
            ),
            (&["s3cr3t-canary"], "s3cr3t-canar", "s3cr3t-canar"),
            (&["aaaaaaaa"], "aaaaaaaaaaaa", "[secret]aaaa"),
            (&["12345678", "12345678-and-more"], "12345678-and-more 12345678", "[secret] [secret]"),
            (&["short"], "a short one", "a short one"),
            (&[], "anything", "anything"),
            (&["s3cr3t-canary"], "", ""),
        ];
        for (secrets, text, expected) in table {
            let scrubbed = fillings(secrets).scrub(text.as_bytes().to_vec());
            assert_eq!(String::from_utf8(scrubbed).unwrap(), expected, "{text}");
        }
        assert!(fillings(&["s3cr3t-CANARY"]).is_in("x-S3CR3T-canary-y"));
        assert!(!fillings(&["s3cr3t-CANARY"]).is_in("x-canary"));
    }

    #[test]
    fn nothing_shows_a_secret() {
        let fillings = fillings(&["s3cr3t-canary"]);
        let shown = format!("{fillings:?} {:?} {:?}", fillings.secrets, fillings.headers);
        assert!(!shown.contains("s3cr3t"), "{shown}");
        assert!(shown.contains("Authorization"), "{shown}");
    }
}
