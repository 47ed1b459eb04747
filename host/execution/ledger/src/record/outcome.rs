//! What became of a decision: its effect, its cost, and the state's digest after it.
//!
//! *Invariant:* the effect holds all that a replay must find again, and nothing that may differ between machines; the
//! state digest is SHA-256 over the digest before and the effect's text, so that the first one that differs names
//! the decision.
//! *Doesn't know:* how effects are applied or published.
//! *Start at:* [`Outcome`].

use std::fmt;

use jaros_decision::{Code, DecisionId, Digest, Fuel, JobId, Name, Ref};
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};

/// `outcome`: what became of a decision. Written with [`Draft::outcome`](crate::Draft::outcome): the writer alone
/// knows the state before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What it took; compared only where the call returned and the engine is the same.
    pub cost: Cost,
    /// What it did; always compared.
    pub effect: Effect,
    /// The decision.
    pub id: DecisionId,
    /// The state digest after it. Stands last, so that the writer can add it.
    pub state: Digest,
}

/// What a decision took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Of the call only, without the instance's start.
    pub fuel: Fuel,
}

/// What a decision did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Why it stopped; `null` when it didn't.
    pub code: Option<Code>,
    /// Why it stopped, as a sentence.
    pub message: Option<Ref>,
    /// What the tool observed: an array of [`Observation`](jaros_decision::Observation).
    pub observed: Option<Ref>,
    /// Whether it was carried out.
    pub ok: bool,
    /// What it returned.
    pub result: Option<Ref>,
    /// What becomes visible with it, in order.
    pub staged: Vec<Staged>,
}

/// Something that becomes visible once its outcome is on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Staged {
    /// A file under `artifacts/`.
    Artifact {
        /// Its path, a JSON string.
        artifact: Ref,
        /// Its size.
        bytes: u64,
        /// What it holds.
        data: Bytes,
    },
    /// An entry of a tool's store.
    Entry {
        /// Its key, a JSON string.
        entry: Ref,
        /// Whose store: the tool's name.
        store: Name,
        /// What it holds: a JSON string, or `{"base64":…}` where that is no text; `null` where it was removed.
        value: Option<Ref>,
    },
    /// A file in a folder that a tool may write into.
    File {
        /// What it holds, as with an entry; `null` where it was removed.
        data: Option<Ref>,
        /// Its path, `GRANT/rest`, a JSON string.
        file: Ref,
        /// Whose grant.
        tool: Name,
    },
    /// A child job.
    Submit {
        /// The agent that it is for.
        agent: Name,
        /// Its input.
        input: Ref,
        /// Its id.
        submit: JobId,
        /// Whether its answer is this decision's result.
        wait: bool,
    },
    /// Events of the job's machine.
    Events {
        /// Whether the decision's result is to be the job's.
        answers_job: bool,
        /// The events, in order.
        events: Vec<Name>,
        /// The state before.
        from: Name,
        /// The state after.
        to: Name,
    },
}

/// Where a file's bytes are kept.
///
/// Shape: `"@<64 hex>"` for a datum, `"<64 hex>"` for content. A text is best kept as a datum: it is salted, so it can
/// be erased, and a small one is durable with the batch, at no sync of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bytes {
    /// A datum, a JSON string; the file holds its UTF-8.
    Datum(Ref),
    /// A file of the content store, by its plain digest; tell [`Data::content`](crate::Data::content).
    Content(Digest),
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Datum(reference) => reference.fmt(f),
            Self::Content(digest) => digest.fmt(f),
        }
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let bytes = if text.starts_with('@') {
            text.parse().map(Self::Datum)
        } else {
            text.parse().map(Self::Content)
        };
        bytes.map_err(D::Error::custom)
    }
}
