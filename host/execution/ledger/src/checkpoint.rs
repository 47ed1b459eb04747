//! Signed heads: C2SP signed notes in the form of a tlog-checkpoint.
//!
//! ```text
//! jaros/LEDGER-ID
//! 41
//! <the hash of entry 41 in base64>
//!
//! — jaros/LEDGER-ID <key id and Ed25519 signature in base64>
//! ```
//!
//! *Invariant:* a note signs one entry's number and hash, and with them everything before it. The ledger is a chain,
//! no Merkle tree, so the third line is the head's hash and not an RFC 6962 root: any holder of the ledger can check
//! a note, but a witness that wants consistency proofs can only countersign it.
//! *Doesn't know:* where notes are kept.
//! *Start at:* [`Note`].

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jaros_decision::{Digest, Seq};

use crate::keys::{SigningKey, VerifyKey};

/// A signed head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Whose head it is: `jaros/` and the ledger's id.
    pub origin: String,
    /// The entry that it signs.
    pub seq: Seq,
    /// That entry's hash.
    pub hash: Digest,
    signed: String,
    signatures: Vec<Signature>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    name: String,
    key_id: [u8; 4],
    /// Of an Ed25519 key; those of other types are carried, never checked.
    bytes: Option<[u8; 64]>,
}

/// The text is no signed head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The lines above the empty one.
    #[error("a checkpoint begins with its origin, a number and a hash in base64, a line each")]
    Text,
    /// The lines below it.
    #[error("a checkpoint ends with an empty line and signature lines: `— NAME BASE64`")]
    Signature,
}

impl Note {
    /// Signs a head; the whole note as text.
    pub(crate) fn sign(key: &SigningKey, seq: Seq, hash: &Digest) -> String {
        let public = key.public();
        let text = format!("{}\n{seq}\n{}\n", public.name(), BASE64_STANDARD.encode(hash.0));
        let signature = [&public.id()[..], &key.sign(text.as_bytes())].concat();
        format!("{text}\n— {} {}\n", public.name(), BASE64_STANDARD.encode(signature))
    }

    /// Reads a note. Lines that somebody added, extensions and other signatures, are kept and passed over.
    /// # Errors
    /// It isn't one.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let split = note.rfind("\n\n").ok_or(NoteError::Signature)? + 1;
        let (signed, rest) = note.split_at(split);
        let mut lines = signed.lines();
        let origin = lines.next().filter(|line| !line.is_empty()).ok_or(NoteError::Text)?;
        let seq = lines.next().and_then(plain_number).ok_or(NoteError::Text)?;
        let hash = lines.next().and_then(|line| BASE64_STANDARD.decode(line).ok()).ok_or(NoteError::Text)?;
        let hash = Digest(hash.try_into().map_err(|_| NoteError::Text)?);
        let signatures = rest[1..].strip_suffix('\n').ok_or(NoteError::Signature)?;
        let signatures: Option<Vec<_>> = signatures.split('\n').map(signature).collect();
        let signatures = signatures.ok_or(NoteError::Signature)?;
        let (origin, signed) = (origin.to_owned(), signed.to_owned());
        Ok(Self { origin, seq: Seq(seq), hash, signed, signatures })
    }

    /// Whether one of these keys signed it for its own name.
    #[must_use]
    pub fn is_signed_by<'k>(&self, keys: impl IntoIterator<Item = &'k VerifyKey>) -> bool {
        keys.into_iter().any(|key| {
            let mine = |s: &&Signature| s.name == key.name() && s.key_id == key.id();
            self.origin == key.name()
                && self
                    .signatures
                    .iter()
                    .filter(mine)
                    .filter_map(|s| s.bytes.as_ref())
                    .any(|bytes| key.verifies(self.signed.as_bytes(), bytes))
        })
    }
}

/// A decimal without sign or leading zeros.
fn plain_number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn signature(line: &str) -> Option<Signature> {
    let (name, bytes) = line.strip_prefix("— ")?.rsplit_once(' ')?;
    let bytes = BASE64_STANDARD.decode(bytes).ok()?;
    let (key_id, bytes) = bytes.split_first_chunk::<4>()?;
    Some(Signature { name: name.to_owned(), key_id: *key_id, bytes: bytes.try_into().ok() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> (tempfile::TempDir, SigningKey) {
        let dir = tempfile::tempdir().unwrap();
        let key = SigningKey::load_or_make(dir.path(), name).unwrap();
        (dir, key)
    }

    #[test]
    fn a_note_is_read_as_it_was_signed() {
        let (_dir, key) = key("jaros/x");
        let text = Note::sign(&key, Seq(41), &Digest([7; 32]));
        let note = Note::parse(&text).unwrap();
        assert_eq!((&*note.origin, note.seq, note.hash), ("jaros/x", Seq(41), Digest([7; 32])));
        assert!(note.is_signed_by([key.public()]));
        assert_eq!(text.lines().count(), 5);
    }

    #[test]
    fn a_note_counts_for_its_own_name_and_key_only() {
        let (_a, ours) = key("jaros/x");
        let (_b, other_key) = key("jaros/x");
        let (_c, other_name) = key("jaros/y");
        let text = Note::sign(&ours, Seq(1), &Digest::ZERO);
        let note = Note::parse(&text).unwrap();
        assert!(!note.is_signed_by([other_key.public(), other_name.public()]));
        assert!(note.is_signed_by([other_key.public(), ours.public()]));
        let forged = Note::parse(&text.replacen("\n1\n", "\n2\n", 1)).unwrap();
        assert!(!forged.is_signed_by([ours.public()]));
        let other_origin = Note::parse(&Note::sign(&other_name, Seq(1), &Digest::ZERO)).unwrap();
        assert!(!other_origin.is_signed_by([ours.public()]));
    }

    #[test]
    fn a_witness_may_add_its_line() {
        let (_dir, key) = key("jaros/x");
        let text = Note::sign(&key, Seq(1), &Digest::ZERO) + "— witness.example/w AAAAAAAAAAAAAAAA\n";
        assert!(Note::parse(&text).unwrap().is_signed_by([key.public()]));
    }

    #[test]
    fn nothing_else_is_a_note() {
        let (_dir, key) = key("jaros/x");
        let good = Note::sign(&key, Seq(10), &Digest::ZERO);
        let bad = [
            String::new(),
            "\n\n".into(),
            good.trim_end().into(),
            good.replace("\n\n", "\n"),
            good.replace("\n10\n", "\n010\n"),
            good.replace("\n10\n", "\n+10\n"),
            good.replace("\n10\n", "\n\n"),
            good.replace("AAAA=", "AAA="),
            good.replace("— ", "- "),
            format!("{good}\n"),
            format!("{good}trailing\n"),
        ];
        for text in bad {
            assert!(Note::parse(&text).is_err(), "{text:?}");
        }
    }
}
