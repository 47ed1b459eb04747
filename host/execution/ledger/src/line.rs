//! The bytes of a line: an entry, a datum, or the blank that is left of an erased datum.
//!
//! ```text
//! {"data":VALUE,"salt":"<32 hex>"}
//! {"seq":41,"synced":39,"kind":"outcome","body":{…},"prev":"<64 hex>","hash":"<64 hex>"}
//! ```
//!
//! *Invariant:* members, their order and their widths are fixed, so both ends of a line are found without parsing
//! what is between them, and the hash covers the line's own bytes: nothing is serialised again to check it.
//! *Doesn't know:* which line belongs before or after which.
//! *Start at:* [`parse`], [`push_entry`].

use jaros_decision::{Digest, Seq};

use crate::data::Salt;

/// Bytes that the hash does not cover: `,"hash":"`, 64 digits, `"}`.
const HASH_TAIL: usize = 75;
/// Bytes of `,"prev":"`, 64 digits, `"`.
const PREV_TAIL: usize = 74;
/// Bytes of `,"salt":"`, 32 digits, `"}`.
pub(crate) const SALT_TAIL: usize = 43;
const DATA: &[u8] = b"{\"data\":";
const SEQ: &[u8] = b"{\"seq\":";
/// The largest integer that every JSON reader keeps exactly.
const INTEGER_MAX: u64 = (1 << 53) - 1;

/// What one line is. Texts are bytes here; whoever reads a block checks once that all of it is UTF-8.
pub(crate) enum Line<'a> {
    Entry(EntryLine<'a>),
    Datum { salt: Salt, text: &'a [u8] },
    Blank,
}

/// An entry's parts, not yet checked against anything.
pub(crate) struct EntryLine<'a> {
    pub(crate) seq: Seq,
    pub(crate) synced: Seq,
    pub(crate) kind: &'a str,
    pub(crate) body: &'a [u8],
    /// Bytes before the body.
    pub(crate) body_at: usize,
    prev: &'a [u8],
    hash: &'a [u8],
    hashed: &'a [u8],
}

impl EntryLine<'_> {
    /// The hash of the line's bytes, where it is the one that the line claims.
    pub(crate) fn hash(&self) -> Option<Digest> {
        let digest = Digest::of(self.hashed);
        (hex(&digest) == self.hash).then_some(digest)
    }

    /// The hash of the entry before, as claimed.
    pub(crate) fn prev(&self) -> Option<Digest> {
        str::from_utf8(self.prev).ok()?.parse().ok()
    }

    /// Whether `prev` is this, without reading hex digits.
    pub(crate) fn follows(&self, prev: &Digest) -> bool {
        hex(prev) == self.prev
    }
}

/// Takes a line apart, without its newline. `None`: it is no line of a ledger.
pub(crate) fn parse(line: &[u8]) -> Option<Line<'_>> {
    if line.starts_with(SEQ) {
        return entry(line).map(Line::Entry);
    }
    if line.starts_with(DATA) {
        return datum(line);
    }
    (!line.is_empty() && line.iter().all(|byte| *byte == b' ')).then_some(Line::Blank)
}

fn entry(line: &[u8]) -> Option<EntryLine<'_>> {
    let (hashed, tail) = line.split_at_checked(line.len().checked_sub(HASH_TAIL)?)?;
    let hash = tail.strip_prefix(b",\"hash\":\"")?.strip_suffix(b"\"}")?;
    let (front, tail) = hashed.split_at_checked(hashed.len().checked_sub(PREV_TAIL)?)?;
    let prev = tail.strip_prefix(b",\"prev\":\"")?.strip_suffix(b"\"")?;
    let (seq, rest) = integer(front.strip_prefix(SEQ)?)?;
    let (synced, rest) = integer(rest.strip_prefix(b",\"synced\":")?)?;
    let rest = rest.strip_prefix(b",\"kind\":\"")?;
    let (kind, rest) = rest.split_at(rest.iter().position(|byte| *byte == b'"')?);
    let body = rest.strip_prefix(b"\",\"body\":")?;
    if !is_kind(kind) || !body.starts_with(b"{") || !body.ends_with(b"}") {
        return None;
    }
    let kind = str::from_utf8(kind).ok()?;
    let body_at = front.len() - body.len();
    Some(EntryLine { seq: Seq(seq), synced: Seq(synced), kind, body, body_at, prev, hash, hashed })
}

fn datum(line: &[u8]) -> Option<Line<'_>> {
    let (front, tail) = line.split_at_checked(line.len().checked_sub(SALT_TAIL)?)?;
    let digits = tail.strip_prefix(b",\"salt\":\"")?.strip_suffix(b"\"}")?;
    let text = front.strip_prefix(DATA).filter(|text| !text.is_empty())?;
    Some(Line::Datum { salt: Salt::from_hex(digits)?, text })
}

/// Decimal digits without a leading zero, and what follows them.
fn integer(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits > 16 || (digits > 1 && bytes[0] == b'0') {
        return None;
    }
    let (number, rest) = bytes.split_at(digits);
    let number = number.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
    (number <= INTEGER_MAX).then_some((number, rest))
}

fn is_kind(kind: &[u8]) -> bool {
    (1..=32).contains(&kind.len()) && kind.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-')
}

/// Appends an entry's line, newline included, and returns its hash. `body` may lie in several pieces.
pub(crate) fn push_entry(
    out: &mut Vec<u8>,
    (seq, synced): (Seq, Seq),
    kind: &str,
    body: &[&[u8]],
    prev: &Digest,
) -> Digest {
    let start = out.len();
    out.extend_from_slice(SEQ);
    push_integer(out, seq.0);
    out.extend_from_slice(b",\"synced\":");
    push_integer(out, synced.0);
    out.extend_from_slice(b",\"kind\":\"");
    out.extend_from_slice(kind.as_bytes());
    out.extend_from_slice(b"\",\"body\":");
    body.iter().for_each(|part| out.extend_from_slice(part));
    out.extend_from_slice(b",\"prev\":\"");
    out.extend_from_slice(&hex(prev));
    out.push(b'"');
    let hash = Digest::of(&out[start..]);
    out.extend_from_slice(b",\"hash\":\"");
    out.extend_from_slice(&hex(&hash));
    out.extend_from_slice(b"\"}\n");
    hash
}

/// Appends a datum's line, newline included.
pub(crate) fn push_datum(out: &mut Vec<u8>, salt: &Salt, text: &str) {
    out.extend_from_slice(DATA);
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(b",\"salt\":\"");
    out.extend_from_slice(&salt.to_hex());
    out.extend_from_slice(b"\"}\n");
}

fn push_integer(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(number % 10).expect("a digit");
        number /= 10;
        if number == 0 {
            break out.extend_from_slice(&digits[at..]);
        }
    }
}

/// The 64 hex digits, without the detour through a `String`.
pub(crate) fn hex(digest: &Digest) -> [u8; 64] {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut out = [0; 64];
    for (pair, byte) in out.as_chunks_mut::<2>().0.iter_mut().zip(digest.0) {
        *pair = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
    }
    out
}

/// The references that a body names, in order, as their 64 hex digits. A quote before `@` that is itself escaped begins
/// no string.
pub(crate) fn refs(body: &str) -> impl Iterator<Item = &str> {
    let bytes = body.as_bytes();
    body.match_indices('@').filter_map(move |(at, _)| {
        let opened = bytes[..at].ends_with(b"\"") && !bytes[..at].ends_with(b"\\\"");
        let closed = bytes.get(at + 65) == Some(&b'"');
        let digits = if opened && closed { body.get(at + 1..at + 65)? } else { return None };
        digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')).then_some(digits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(seq: u64, body: &str) -> (Vec<u8>, Digest) {
        let mut out = Vec::new();
        let hash = push_entry(&mut out, (Seq(seq), Seq(seq - 1)), "job", &[body.as_bytes()], &Digest::ZERO);
        assert_eq!(out.pop(), Some(b'\n'));
        (out, hash)
    }

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let (bytes, hash) = line(41, r#"{"a":"ä"}"#);
        let Some(Line::Entry(entry)) = parse(&bytes) else { panic!("no entry") };
        assert_eq!(
            (entry.seq, entry.synced, entry.kind, entry.body),
            (Seq(41), Seq(40), "job", r#"{"a":"ä"}"#.as_bytes())
        );
        assert_eq!(entry.hash(), Some(hash));
        assert_eq!(entry.prev(), Some(Digest::ZERO));
        assert!(entry.follows(&Digest::ZERO) && !entry.follows(&hash));
        assert_eq!(Digest::of(&bytes[..bytes.len() - 75]), hash, "the rule as it is published");
    }

    #[test]
    fn a_datum_is_read_as_it_was_written() {
        let salt = Salt([0xab; 16]);
        let mut out = Vec::new();
        push_datum(&mut out, &salt, r#"{"x":[1,2]}"#);
        let expected = format!("{{\"data\":{{\"x\":[1,2]}},\"salt\":\"{}\"}}\n", "ab".repeat(16));
        assert_eq!(str::from_utf8(&out), Ok(&*expected));
        let Some(Line::Datum { salt: read, text }) = parse(&out[..out.len() - 1]) else { panic!("no datum") };
        assert_eq!((read, text), (salt, &br#"{"x":[1,2]}"#[..]));
    }

    #[test]
    fn nothing_else_is_a_line() {
        let good = String::from_utf8(line(7, "{}").0).unwrap();
        assert!(parse(good.as_bytes()).is_some() && parse(b"   ").is_some());
        let long = format!("\"seq\":{}", "9".repeat(17));
        let bad = [
            String::new(),
            "{}".into(),
            "\t".into(),
            "{\"data\":".into(),
            format!("{{\"data\":,\"salt\":\"{}\"}}", "ab".repeat(16)),
            format!("{{\"data\":1,\"salt\":\"{}\"}}", "AB".repeat(16)),
            format!("{{\"data\":1,\"salt\":\"{}\"}} ", "ab".repeat(16)),
            format!(" {good}"),
            format!("{good} "),
            good.replace("\"seq\":7", "\"seq\":07"),
            good.replace("\"seq\":7", "\"seq\":-7"),
            good.replace("\"seq\":7", "\"seq\":"),
            good.replace("\"seq\":7", "\"seq\": 7"),
            good.replace("\"seq\":7", &long),
            good.replace("job", "Job"),
            good.replace("job", ""),
            good.replace("\"body\":{}", "\"body\":[]"),
            good.replace("prev", "Prev"),
        ];
        for text in bad {
            assert!(parse(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn integers_are_written_plainly() {
        for number in [0, 7, 10, 123_456_789, u64::MAX] {
            let mut out = Vec::new();
            push_integer(&mut out, number);
            assert_eq!(String::from_utf8(out).unwrap(), number.to_string());
        }
    }

    #[test]
    fn references_are_whole_strings_that_begin_with_an_at() {
        let (a, b) = ("a".repeat(64), "b".repeat(64));
        let named = |body: &str| refs(body).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(named(&format!(r#"{{"x":"@{b}","y":["@{a}"]}}"#)), [&*b, &*a]);
        for none in [
            format!(r#"{{"x":"{a}"}}"#),
            format!(r#"{{"x":"@{a}a"}}"#),
            format!(r#"{{"x":" @{a}"}}"#),
            format!(r#"{{"x":"say \"@{a}\""}}"#),
            format!(r#"{{"x":"@{}"}}"#, a.to_uppercase()),
            r#"{"x":"@ä"}"#.to_owned(),
            r#"{"x":"@"#.to_owned(),
        ] {
            assert_eq!(named(&none), Vec::<String>::new(), "{none}");
        }
    }
}
