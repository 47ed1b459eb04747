//! What a replay found.
//!
//! *Invariant:* `ok` says that the chain holds, every effect was found again, and every file is as the record says.
//! *Doesn't know:* exit codes, colours.
//! *Start at:* [`Report`].

use std::collections::BTreeMap;
use std::path::PathBuf;

use jaros_decision::{Code, DecisionId, Digest, JobId, Name, Seq};
use serde::Serialize;

/// The result of a replay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Everything below holds.
    pub ok: bool,
    /// Every effect, digest, result and file is equal.
    pub byte_identical: bool,
    /// Every entry is the one that was written.
    pub chain_ok: bool,
    /// Calls of a model: none, ever.
    pub model_calls: u64,
    /// Calls of a model that the record answers for.
    pub recorded_model_calls: u64,
    /// Entries read.
    pub entries: u64,
    /// Jobs seen.
    pub jobs: u64,
    /// Decisions carried out again.
    pub decisions: u64,
    /// Refusals judged again.
    pub refusals: u64,
    /// Decisions and refusals by agent.
    pub by_agent: BTreeMap<Name, u64>,
    /// Where the jobs stand: `FAILED` if any failed, else `BLOCKED`, `RUNNING` or `DONE`; a single job's own state.
    pub final_state: String,
    /// The running state digest at the end.
    pub state_digest: Option<Digest>,
    /// The last entry.
    pub head: Option<Head>,
    /// Where the chain breaks, if it does.
    pub broken: Option<BrokenChain>,
    /// What differs, in ledger order; at most 100 are listed.
    pub divergences: Vec<Divergence>,
    /// How many differ.
    pub divergence_count: u64,
    /// Files that aren't what the record says.
    pub files: Vec<FileDifference>,
    /// Artifacts and results that were compared.
    pub files_compared: u64,
    /// Results that were taken away since, as is anybody's right.
    pub results_absent: u64,
    /// Calls whose fuel differs although the engine is the same.
    pub cost_differences: u64,
    /// Whether the same engine, in the same configuration, wrote the whole record.
    pub same_engine: bool,
    /// Who is to blame for the first failed job, or for the first divergence.
    pub attribution: Option<Attribution>,
}

/// The chain's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Head {
    /// Its place.
    pub seq: Seq,
    /// Its hash.
    pub hash: Digest,
}

/// An entry that isn't what was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BrokenChain {
    /// The entry, where it is known.
    pub seq: Option<Seq>,
    /// What is wrong, as a sentence.
    pub what: String,
}

/// One thing that a replay did not find again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Divergence {
    /// The entry.
    pub seq: Seq,
    /// The decision, where it is about one.
    pub id: Option<DecisionId>,
    /// The job.
    pub job: JobId,
    /// Who proposed it.
    pub agent: Option<Name>,
    /// What carried it out.
    pub kind: Option<Name>,
    /// The component that carried it out.
    pub component: Option<Digest>,
    /// What differs, as a sentence.
    pub what: String,
}

/// A file that isn't what the record says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileDifference {
    /// Where it lies, below the data directory.
    pub path: PathBuf,
    /// What is wrong, as a sentence.
    pub what: String,
}

/// Who an outcome leads back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribution {
    /// `failure` or `divergence`.
    pub kind: String,
    /// The entry.
    pub index: Seq,
    /// The decision, or the job where no decision is to blame.
    pub id: String,
    /// The agent.
    pub source: Option<Name>,
    /// The agent's component.
    pub component: Option<Digest>,
    /// The failure's code.
    pub code: Option<Code>,
    /// Why.
    pub reason: String,
}
