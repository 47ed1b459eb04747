//! What a node says of itself: `status.json`, written whole, for people and programs.
//!
//! *Invariant:* a view; nothing in the node depends on it, and losing it loses nothing.
//! *Doesn't know:* how it is shown.
//! *Start at:* [`Status`].

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::Ordering;

use jaros_capability::Role;
use jaros_decision::{Digest, Failure, JobId, LIMITS, Millis, Name, Seq};
use jaros_fabric::{Layout, write_atomic};
use serde::{Deserialize, Serialize};

use crate::clock::now;
use crate::tenant::Tenant;

/// `status.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Version of this shape.
    pub format: u32,
    /// The node's name.
    pub node: Name,
    /// Its process.
    pub pid: u32,
    /// Its version.
    pub version: String,
    /// Whose folder it is.
    pub tenant: Name,
    /// What it does.
    pub state: NodeState,
    /// When it started.
    pub started_at_ms: Millis,
    /// When this was written.
    pub at_ms: Millis,
    /// The record.
    pub ledger: LedgerStatus,
    /// Jobs, since the ledger began.
    pub jobs: JobsStatus,
    /// Agents and tools, by role and name.
    pub components: Vec<ComponentStatus>,
    /// What settings are in force.
    #[serde(default)]
    pub settings: Option<SettingsStatus>,
    /// What the operator has to mend: settings that can't be used, files with impossible names.
    pub problems: Vec<String>,
}

/// What a node does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeState {
    /// It takes jobs.
    Serving,
    /// It ends what is under way.
    Stopping,
    /// It ended well.
    Stopped,
}

/// The record's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerStatus {
    /// Entries.
    pub entries: Seq,
    /// The last one's hash.
    pub head: Digest,
}

/// How many jobs are where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobsStatus {
    /// Accepted so far.
    pub accepted: u64,
    /// Ended well.
    pub done: u64,
    /// Ended badly.
    pub failed: u64,
    /// Under way now.
    pub running: u64,
    /// Waiting for children.
    pub waiting: u64,
    /// Waiting for an operator: at most the first 100 by id.
    pub blocked: Vec<JobId>,
    /// How many are waiting for an operator.
    pub blocked_count: u64,
    /// Turns reasoned.
    pub turns: u64,
    /// Decisions admitted.
    pub decisions: u64,
    /// Proposals refused.
    pub refusals: u64,
    /// Calls of the model.
    pub model_calls: u64,
}

/// One component's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentStatus {
    /// `agent` or `tool`.
    pub role: String,
    /// Its file's stem.
    pub name: Name,
    /// `serving`, `loading`, `refused` or `held`. One that is refused or held may serve in an older version: see `digest`.
    pub state: String,
    /// The version in service.
    pub digest: Option<Digest>,
    /// What it says about itself.
    pub description: Option<String>,
    /// The schema of its input or payload.
    pub schema: Option<jaros_decision::Json>,
    /// The host's interfaces that it imports.
    pub imports: Vec<String>,
    /// Why its newest version isn't in service.
    pub refused: Option<Refused>,
}

/// A version that isn't in service, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The version; `None` where the file couldn't be read.
    pub digest: Option<Digest>,
    /// Why.
    #[serde(flatten)]
    pub failure: Failure,
    /// What it asks for beyond the version before, where that alone keeps it out: it is held until an operator agrees.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<String>,
}

/// The settings in force: those of the files, or the last good ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsStatus {
    /// SHA-256 of the text of `config/grants.toml` that is in force. A component that it concerns is `loading` until it was
    /// looked at again.
    #[serde(default)]
    pub grants: Option<Digest>,
    /// Why a settings file can't be used, where one can't; the last good settings stay in force then.
    #[serde(default)]
    pub problem: Option<String>,
    /// `config/limits.toml` as it was when it came into force.
    pub limits: String,
    /// The limits that the node set itself up with, by name: the most that can be in force before it starts again.
    pub made_with: BTreeMap<String, u64>,
    /// The model's settings, the environment's part included; no secret is ever among them.
    pub model: Option<jaros_decision::Json>,
}

impl SettingsStatus {
    fn of(tenant: &Tenant) -> Self {
        let mut made_with = *tenant.library.engine_limits();
        made_with.job_bytes = tenant.job_bytes;
        let set = LIMITS.iter().filter(|limit| limit.restart);
        let texts = tenant.texts.lock().expect("no writer panics");
        Self {
            grants: *tenant.looked_under.lock().expect("no writer panics"),
            problem: tenant.problems.lock().expect("no writer panics").get("config").cloned(),
            limits: texts.get("limits").and_then(|text| text.to().ok()).unwrap_or_default(),
            made_with: set.map(|limit| (limit.name.to_owned(), limit.of(&made_with))).collect(),
            model: texts.get("llm").cloned(),
        }
    }
}

/// What doesn't change while a node runs.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) node: Name,
    pub(crate) started: Millis,
}

/// The most blocked jobs that are listed by name.
const BLOCKED_SHOWN: usize = 100;

impl Status {
    /// Reads a tenant's status file.
    ///
    /// # Errors
    /// There is none, or it isn't one.
    pub fn read(layout: &Layout) -> std::io::Result<Self> {
        Self::read_file(&layout.status())
    }

    fn read_file(path: &Path) -> std::io::Result<Self> {
        let bytes = std::fs::read(path)?;
        serde_json::from_slice(&bytes).map_err(std::io::Error::other)
    }

    pub(crate) fn of(tenant: &Tenant, identity: &Identity, state: NodeState) -> Self {
        let head = tenant.ledger.head();
        let census = tenant.jobs.census();
        let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &tenant.counters;
        let mut problems: Vec<String> =
            tenant.problems.lock().expect("no writer panics").values().cloned().collect();
        let shelf = tenant.library.shelf();
        problems.extend(shelf.misnamed.iter().map(|(file, failure)| format!("{file}: {}", failure.message)));
        Self {
            format: 1,
            node: identity.node.clone(),
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").into(),
            tenant: tenant.name.clone(),
            state,
            started_at_ms: identity.started,
            at_ms: now(),
            ledger: LedgerStatus { entries: head.seq, head: head.hash },
            jobs: JobsStatus {
                accepted: count(&counters.accepted),
                done: count(&counters.done),
                failed: count(&counters.failed),
                running: census.running as u64,
                waiting: census.waiting as u64,
                blocked_count: census.blocked.len() as u64,
                blocked: census.blocked.into_iter().take(BLOCKED_SHOWN).collect(),
                turns: count(&counters.turns),
                decisions: count(&counters.decisions),
                refusals: count(&counters.refusals),
                model_calls: count(&counters.model_calls),
            },
            components: shelf.iter().map(component).collect(),
            settings: Some(SettingsStatus::of(tenant)),
            problems,
        }
    }

    pub(crate) fn write(&self, layout: &Layout) -> std::io::Result<()> {
        let mut text = serde_json::to_string_pretty(self).map_err(std::io::Error::other)?;
        text.push('\n');
        write_atomic(&layout.status(), text.as_bytes()).map_err(std::io::Error::other)
    }
}

fn component((slot, status): (&crate::library::Slot, &crate::library::Status)) -> ComponentStatus {
    let state = match (&status.refused, status.loading) {
        (_, true) => "loading",
        (Some(unserved), false) if unserved.growth.is_some() => "held",
        (Some(_), false) => "refused",
        (None, false) => "serving",
    };
    let profile = status.profile.as_ref();
    ComponentStatus {
        role: match slot.role {
            Role::Agent => "agent".into(),
            Role::Tool => "tool".into(),
        },
        name: slot.name.clone(),
        state: state.into(),
        digest: status.serves.as_ref().map(|(digest, _)| *digest),
        description: profile.map(|profile| profile.description.clone()),
        schema: profile.map(|profile| profile.schema.clone()),
        imports: status.imports.clone(),
        refused: status.refused.as_ref().map(|unserved| Refused {
            digest: unserved.digest,
            failure: unserved.failure.clone(),
            asks: unserved.growth.iter().flat_map(|growth| growth.asks.iter().cloned()).collect(),
        }),
    }
}
