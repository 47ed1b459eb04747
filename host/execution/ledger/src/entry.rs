//! An entry as it is read, and the kinds there are.
//!
//! *Invariant:* a kind that this version doesn't know keeps its own name, and is passed over rather than refused.
//! *Doesn't know:* the data that an entry names (see [`Item`](crate::Item)).
//! *Start at:* [`Entry`].

use std::fmt;

use jaros_decision::{Digest, Ref, Seq};

use crate::line;
use crate::record::Body;

/// What an entry is about; its word in the file is the lower-case name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A segment begins. See [`Open`](crate::record::Open).
    Open,
    /// A key that checks signatures. See [`Key`](crate::record::Key).
    Key,
    /// Settings came into force. See [`Config`](crate::record::Config).
    Config,
    /// A component was loaded, replaced, retired, refused or held. See [`Component`](crate::record::Component).
    Component,
    /// A job was accepted. See [`Job`](crate::record::Job).
    Job,
    /// An agent reasoned for a turn. See [`Reasoned`](crate::record::Reasoned).
    Reasoned,
    /// A proposal was admitted. See [`Decision`](crate::record::Decision).
    Decision,
    /// A proposal was refused. See [`Refusal`](crate::record::Refusal).
    Refusal,
    /// A call is about to leave the node. See [`Intent`](crate::record::Intent).
    Intent,
    /// What became of a decision. See [`Outcome`](crate::record::Outcome).
    Outcome,
    /// A job ended. See [`Done`](crate::record::Done).
    Done,
    /// A person did something. See [`Operator`](crate::record::Operator).
    Operator,
    /// The state's digest at a place. See [`Snapshot`](crate::record::Snapshot).
    Snapshot,
    /// A signed head. See [`Checkpoint`](crate::record::Checkpoint).
    Checkpoint,
    /// Data were erased. See [`Erase`](crate::record::Erase).
    Erase,
    /// A kind of a later version.
    Unknown(String),
}

impl EntryKind {
    /// The word in the file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Open => "open",
            Self::Key => "key",
            Self::Config => "config",
            Self::Component => "component",
            Self::Job => "job",
            Self::Reasoned => "reasoned",
            Self::Decision => "decision",
            Self::Refusal => "refusal",
            Self::Intent => "intent",
            Self::Outcome => "outcome",
            Self::Done => "done",
            Self::Operator => "operator",
            Self::Snapshot => "snapshot",
            Self::Checkpoint => "checkpoint",
            Self::Erase => "erase",
            Self::Unknown(word) => word,
        }
    }

    /// The kind of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "open" => Self::Open,
            "key" => Self::Key,
            "config" => Self::Config,
            "component" => Self::Component,
            "job" => Self::Job,
            "reasoned" => Self::Reasoned,
            "decision" => Self::Decision,
            "refusal" => Self::Refusal,
            "intent" => Self::Intent,
            "outcome" => Self::Outcome,
            "done" => Self::Done,
            "operator" => Self::Operator,
            "snapshot" => Self::Snapshot,
            "checkpoint" => Self::Checkpoint,
            "erase" => Self::Erase,
            _ => Self::Unknown(word.to_owned()),
        }
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One entry of the chain, checked: its hash is that of its bytes, and `prev` is the entry before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its place in the ledger, from 1.
    pub seq: Seq,
    /// Everything up to here was on disk before this entry was written.
    pub synced: Seq,
    /// What it is about.
    pub kind: EntryKind,
    /// Canonical JSON, an object. Holds words of the host only; what others wrote is named by reference.
    pub body: &'a str,
    /// The hash of the entry before; zeros in the first.
    pub prev: Digest,
    /// This entry's.
    pub hash: Digest,
}

/// Why a body couldn't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Another kind was asked for.
    #[error("entry {seq} is of kind {found}, not {wanted}")]
    Kind {
        /// Which entry.
        seq: Seq,
        /// Its kind.
        found: EntryKind,
        /// The kind that was asked for.
        wanted: EntryKind,
    },
    /// The body isn't what this kind holds: written by a later version, or by nobody of ours.
    #[error("entry {seq} is no {kind} that this version can read: {message}")]
    Shape {
        /// Which entry.
        seq: Seq,
        /// Its kind.
        kind: EntryKind,
        /// What is wrong.
        message: String,
    },
}

impl Entry<'_> {
    /// The body as what its kind holds.
    /// # Errors
    /// The entry is of another kind, or not of the shape that this version knows.
    pub fn parse<B: Body>(&self) -> Result<B, EntryError> {
        if self.kind != B::KIND {
            return Err(EntryError::Kind { seq: self.seq, found: self.kind.clone(), wanted: B::KIND });
        }
        serde_json::from_str(self.body).map_err(|error| EntryError::Shape {
            seq: self.seq,
            kind: B::KIND,
            message: error.to_string(),
        })
    }

    /// The references that the body names, in order.
    pub fn refs(&self) -> impl Iterator<Item = Ref> + '_ {
        line::refs(self.body).map(|digits| Ref(digits.parse().expect("hex digits are a digest")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Intent, Job};

    fn entry(kind: &str, body: &'static str) -> Entry<'static> {
        let kind = EntryKind::from_word(kind);
        Entry { seq: Seq(3), synced: Seq(2), kind, body, prev: Digest::ZERO, hash: Digest::ZERO }
    }

    #[test]
    fn every_word_is_its_kinds() {
        let words = "open key config component job reasoned decision refusal intent outcome done operator snapshot \
                     checkpoint erase levitate";
        for word in words.split_whitespace() {
            assert_eq!(EntryKind::from_word(word).as_str(), word);
        }
        assert_eq!(EntryKind::from_word("levitate"), EntryKind::Unknown("levitate".into()));
    }

    #[test]
    fn a_body_is_read_as_its_own_kind_only() {
        let intent = entry("intent", r#"{"id":"a/1/2","index":1,"later":true}"#);
        assert_eq!(intent.parse::<Intent>().unwrap().index, 1, "members of a later version are passed over");
        assert!(matches!(intent.parse::<Job>(), Err(EntryError::Kind { seq: Seq(3), .. })));
        assert!(matches!(entry("intent", "{}").parse::<Intent>(), Err(EntryError::Shape { .. })));
    }
}
