//! The names that the protocol's files carry, and how they are read.
//!
//! *Invariant:* what is written here is read back equal; a name that isn't one of ours reads as nothing, never as an
//! error, since anybody may put a file anywhere. Job ids hold no dot, so a dot always ends one.
//! *Doesn't know:* whether a file of a name exists.
//! *Start at:* [`InboxName`].

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;

use jaros_decision::{Epoch, IdError, JobId};

use crate::port::Token;

/// What a name in the inbox says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum InboxName {
    /// `ID.json` is attempt 1; `ID.A` came back from a node that let it go.
    Job(JobId, u32),
    /// A file that somebody is still writing: `.x`, `x.tmp`, `x~`.
    Unfinished,
    /// It ends neither in `.json` nor in an attempt.
    NoJob,
    /// It would be a job if what stands before the dot were an id.
    BadId(IdError),
}

impl InboxName {
    pub(crate) fn read(name: &OsStr) -> Self {
        if unfinished(name) {
            return Self::Unfinished;
        }
        let Some(text) = name.to_str() else {
            return if name.as_bytes().ends_with(b".json") {
                Self::BadId(IdError::JobCharacter)
            } else {
                Self::NoJob
            };
        };
        let (stem, attempt) = match text.rsplit_once('.') {
            Some((stem, "json")) => (stem, Some(1)),
            Some((stem, digits)) => (stem, number(digits)),
            None => (text, None),
        };
        match (JobId::new(stem), attempt) {
            (Ok(id), Some(attempt)) => Self::Job(id, attempt),
            (Err(fault), Some(_)) => Self::BadId(fault),
            (_, None) => Self::NoJob,
        }
    }
}

/// Whether it is named like a file that somebody is still writing.
pub(crate) fn unfinished(name: &OsStr) -> bool {
    let bytes = name.as_bytes();
    bytes.starts_with(b".") || bytes.ends_with(b".tmp") || bytes.ends_with(b"~")
}

/// A number as it is written: no sign, no leading zero.
fn number(digits: &str) -> Option<u32> {
    let plain = !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

impl Token {
    /// `take.ID.A`, or `run.ID.A` for one whose execution was begun.
    pub(crate) fn file_name(&self) -> String {
        let word = if self.begun { "run" } else { "take" };
        format!("{word}.{}.{}", self.id, self.attempt)
    }

    pub(crate) fn read(name: &OsStr) -> Option<Self> {
        let (word, rest) = name.to_str()?.split_once('.')?;
        let (id, attempt) = rest.split_once('.')?;
        let begun = match word {
            "take" => false,
            "run" => true,
            _ => return None,
        };
        Some(Self { id: JobId::new(id).ok()?, attempt: number(attempt)?, begun })
    }
}

/// The lease file's name: `lease.EPOCH.HOLDER`, or `lease.EPOCH.free`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lease {
    pub(crate) epoch: Epoch,
    /// The process that holds it: a node's name and a random word. A node called `free` has a random word too.
    pub(crate) holder: Option<String>,
}

impl Lease {
    /// What a new tree has.
    pub(crate) const FIRST: &str = "lease.0.free";

    pub(crate) fn read(name: &OsStr) -> Option<Self> {
        let (epoch, holder) = numbered(name, "lease.")?;
        Some(Self { epoch, holder: (holder != "free").then(|| holder.to_owned()) })
    }
}

impl fmt::Display for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lease.{}.{}", self.epoch, self.holder.as_deref().unwrap_or("free"))
    }
}

/// A holder's work folder: `w.EPOCH.HOLDER`.
pub(crate) fn work(epoch: Epoch, holder: &str) -> String {
    format!("w.{epoch}.{holder}")
}

/// The epoch of a work folder.
pub(crate) fn work_epoch(name: &OsStr) -> Option<Epoch> {
    numbered(name, "w.").map(|(epoch, _)| epoch)
}

/// The epoch of a ledger segment: `EEEEEEEE-SSSSSSSSSSSS.ndjson`.
pub(crate) fn segment_epoch(name: &OsStr) -> Option<Epoch> {
    let (epoch, rest) = name.to_str()?.split_once('-')?;
    let plain = epoch.bytes().all(|b| b.is_ascii_digit()) && rest.ends_with(".ndjson");
    if plain { epoch.parse().ok().map(Epoch) } else { None }
}

fn numbered<'a>(name: &'a OsStr, word: &str) -> Option<(Epoch, &'a str)> {
    let (digits, rest) = name.to_str()?.strip_prefix(word)?.split_once('.')?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().map(|epoch| (Epoch(epoch), rest))
}

/// A name that is safe to type and to show, made of any name: for `failed/`, where people look.
///
/// What isn't a letter, a digit, `.`, `_` or `-` of ASCII becomes `_`, and it begins with a letter or digit. Names that
/// are safe already stay as they are.
pub(crate) fn safe(name: &OsStr) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    let mut safe: String =
        name.as_bytes().iter().map(|b| if plain(b) { char::from(*b) } else { '_' }).collect();
    if !safe.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        safe.insert_str(0, "file");
    }
    // Room for a number and `.reason` within the 255 bytes of a name; the ending says what a file is, so it stays.
    if safe.len() > 200 {
        let ending = safe.split_off(safe.len() - 40);
        safe.truncate(160);
        safe.push_str(&ending);
    }
    safe
}

/// The same name with a word before its ending: `a.json` and `2` give `a-2.json`, still a job's name.
pub(crate) fn with_word(name: &str, word: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{word}.{ending}"),
        None => format!("{name}-{word}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &[u8]) -> String {
        match InboxName::read(OsStr::from_bytes(name)) {
            InboxName::Job(id, attempt) => format!("{id} {attempt}"),
            InboxName::Unfinished => "unfinished".into(),
            InboxName::NoJob => "no job".into(),
            InboxName::BadId(fault) => format!("{fault:?}"),
        }
    }

    #[test]
    fn names_in_the_inbox() {
        let long = [b"a".repeat(128), b".json".to_vec()].concat();
        let too_long = [b"a".repeat(129), b".json".to_vec()].concat();
        assert!(read(&long).ends_with(" 1"));
        assert_eq!(read(&too_long), "Length");
        for (name, meaning) in [
            (&b"j1.json"[..], "j1 1"),
            (b"j1.2", "j1 2"),
            (b"j1.02", "no job"),
            (b"j1.+2", "no job"),
            (b"j1.0", "no job"),
            (b"j1.4294967296", "no job"),
            (b"j1", "no job"),
            (b"j1.JSON", "no job"),
            (b"j1.json.reason", "no job"),
            (b"notes.txt", "no job"),
            (b".j1.json", "unfinished"),
            (b".json", "unfinished"),
            (b"j1.json.tmp", "unfinished"),
            (b"j1.json~", "unfinished"),
            (b"-rf.json", "JobCharacter"),
            (b"a..json", "JobCharacter"),
            (b"a.b.json", "JobCharacter"),
            (b"a b.json", "JobCharacter"),
            (b"a\nb.json", "JobCharacter"),
            (b"\xff.json", "JobCharacter"),
            (b"\xff", "no job"),
            ("j\u{0456}.json".as_bytes(), "JobCharacter"),
        ] {
            assert_eq!(read(name), meaning, "{}", String::from_utf8_lossy(name));
        }
    }

    #[test]
    fn written_names_read_back() {
        for (begun, attempt) in [(false, 1), (true, 2), (true, u32::MAX)] {
            let token = Token { id: JobId::new("j-1_x").unwrap(), attempt, begun };
            assert_eq!(Token::read(OsStr::new(&token.file_name())), Some(token));
        }
        for holder in [None, Some("free-01234567"), Some("node.a.b-01234567")] {
            let lease = Lease { epoch: Epoch(12), holder: holder.map(Into::into) };
            assert_eq!(Lease::read(OsStr::new(&lease.to_string())), Some(lease));
        }
        assert_eq!(work_epoch(OsStr::new(&work(Epoch(7), "a.b-0"))), Some(Epoch(7)));
        assert_eq!(segment_epoch(OsStr::new("00000012-000000000001.ndjson")), Some(Epoch(12)));
    }

    #[test]
    fn foreign_names_read_as_nothing() {
        for name in ["", "take", "take.j1", "take.j1.0", "take..1", "take.a.b.1", "out.j1", "tick"] {
            assert_eq!(Token::read(OsStr::new(name)), None, "{name}");
        }
        for name in ["lease", "lease.", "lease.x.free", "lease.-1.free", "lease.+1.free", ".lease.1.free"] {
            assert_eq!(Lease::read(OsStr::new(name)), None, "{name}");
        }
        for name in ["w.", "w.1", "w.x.n", "x.1.n"] {
            assert_eq!(work_epoch(OsStr::new(name)), None, "{name}");
        }
        for name in ["checkpoint", "torn", "1.ndjson", "x-1.ndjson", "1-1.tmp"] {
            assert_eq!(segment_epoch(OsStr::new(name)), None, "{name}");
        }
    }

    #[test]
    fn safe_names_are_safe_and_short() {
        for (name, expected) in [
            (&b"a.json"[..], "a.json"),
            (b"-rf.json", "file-rf.json"),
            (b"..json", "file..json"),
            (b"a b\n\xff.json", "a_b__.json"),
            (b"", "file"),
        ] {
            assert_eq!(safe(OsStr::from_bytes(name)), expected);
        }
        let long = safe(OsStr::from_bytes(&[b"x".repeat(250), b".json".to_vec()].concat()));
        assert!(long.len() <= 200 && long.ends_with(".json"), "{long}");
        assert_eq!(with_word("a.json", "2"), "a-2.json");
        assert_eq!(with_word("a", "2"), "a-2");
    }
}
