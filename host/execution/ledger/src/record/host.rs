//! What the host says about itself, its settings, its components and its people.
//!
//! *Invariant:* from these alone a reader knows which versions, settings and components any later entry was made with.
//! *Doesn't know:* jobs.
//! *Start at:* [`Open`], [`Component`].

use jaros_decision::{Code, Digest, Epoch, JobId, Json, Millis, Name, Ref, Seq, Source};
use serde::{Deserialize, Serialize};

/// `open`: a segment begins, and seals the one before. Always the first line of its file, in every format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// When.
    pub at_ms: Millis,
    /// What runs components: name, version, configuration, CPU, limits; the engine's own words.
    pub engine: Json,
    /// The writer's term.
    pub epoch: Epoch,
    /// The number of the disk format of this segment.
    pub format: u32,
    /// The version of the host: `jaros 0.1.0`.
    pub host: String,
    /// The ledger's id, a UUID, the same in all its segments.
    pub ledger: String,
    /// Who writes.
    pub node: Name,
    /// The number of the rules that a replay must follow: gate, machine, built-ins, canonical JSON, schema dialect.
    pub rules: u32,
    /// Where the segment before ends; `null` in a ledger's first.
    pub seal: Option<Seal>,
    /// Whose ledger it is.
    pub tenant: Name,
}

/// Where a segment ends. Bytes after that place are no part of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// Bytes of the file up to and with its last entry's newline.
    pub bytes: u64,
    /// The last entry's hash.
    pub hash: Digest,
    /// The file's name.
    pub segment: String,
    /// The last entry.
    pub seq: Seq,
}

/// The format of an `open` entry's body, whatever else a later version may have put there.
#[must_use]
pub fn open_format(body: &str) -> Option<u32> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    serde_json::from_str::<Format>(body).ok().map(|open| open.format)
}

/// `key`: signatures of this key count from here on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The key id of the signed-note format: 8 hex digits.
    pub id: String,
    /// The key's name, which is also the origin that it signs for: `jaros/` and the ledger's id.
    pub name: String,
    /// The Ed25519 public key in base64.
    pub public: String,
}

/// `config`: settings came into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// What they say.
    pub data: Ref,
    /// Which settings: `grants`, `limits`, `llm`.
    pub file: Name,
}

/// `component`: something happened to a component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// When. Left out by versions that didn't write it; then the entries before tell about when it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_ms: Option<Millis>,
    /// Why it was refused, or `held`.
    pub code: Option<Code>,
    /// SHA-256 of its file, which stays in the content store; `null` when it was retired.
    pub digest: Option<Digest>,
    /// What happened.
    pub event: Change,
    /// The host's interfaces that it imports.
    pub imports: Vec<String>,
    /// Why it was refused or is held, as a sentence.
    pub message: Option<Ref>,
    /// Its file's stem.
    pub name: Name,
    /// What it says about itself.
    pub profile: Option<Ref>,
    /// What it is.
    pub role: Role,
}

/// What a component is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It reasons.
    Agent,
    /// It carries out.
    Tool,
}

/// What happened to a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// The first of its name is in service.
    Loaded,
    /// Another version is in service.
    Replaced,
    /// None of this name is in service.
    Retired,
    /// It may not go into service; what was there stays.
    Refused,
    /// It asks for more than the version before, and waits for an operator; what was there stays.
    Held,
}

/// `operator`: what a person did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// When.
    pub at_ms: Millis,
    /// The version of a component that it was done to; left out where it was done to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<Version>,
    /// What went with it.
    pub input: Option<Ref>,
    /// The job that it was done to.
    pub job: Option<JobId>,
    /// What was done.
    pub op: Op,
    /// Who did it.
    pub source: Source,
}

/// One version of a component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// SHA-256 of its file.
    pub digest: Digest,
    /// Its file's stem.
    pub name: Name,
    /// What it is.
    pub role: Role,
}

/// What a person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    /// Let a held component go into service.
    Approve,
    /// End a job.
    Cancel,
    /// Ask for a signed head.
    Checkpoint,
    /// Put an earlier version of a component back.
    Rollback,
    /// Let a blocked job go on.
    Unblock,
}

/// `snapshot`: what the state was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// After this entry.
    pub at: Seq,
    /// SHA-256 over the sorted list of keys and content digests.
    pub digest: Digest,
}

/// `checkpoint`: a signed head. The note signs the entry just before this one: its size is that sequence number, its
/// root is this entry's `prev`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The signed note, whole.
    pub note: String,
    /// Everything up to here had been published.
    pub published: Seq,
}

/// `erase`: data were erased. Their lines are blank, or their files are gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erase {
    /// When.
    pub at_ms: Millis,
    /// The references without their `@`: here they name nothing, they only say what isn't there any more.
    pub data: Vec<Digest>,
    /// On whose word.
    pub source: Source,
}
