//! Everything that belongs to one tenant, in one value.
//!
//! *Invariant:* two tenants share nothing but the engine, which keeps nothing between calls.
//! *Doesn't know:* other tenants, signals, terminals.
//! *Start at:* [`Tenant`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use jaros_agents::Agents;
use jaros_capability::Store;
use jaros_decision::{Digest, Json, Name, Seq};
use jaros_engine::Offer;
use jaros_executor::{Fact, Setting, Stores};
use jaros_fabric::{FabricError, Hold, Layout};
use jaros_ledger::Ledger;
use jaros_machine::State;
use tokio::sync::{Notify, Semaphore};

use crate::claims::Claims;
use crate::crew::Crew;
use crate::jobs::Jobs;
use crate::library::Library;
use crate::logbook::Logbook;

/// Why a node stops.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// It was asked to.
    #[error("the node was asked to stop")]
    Asked,
    /// The ledger can't be written: nothing more is acknowledged. The next start recovers.
    #[error("the ledger can't be written, so the node stops: {0}")]
    Ledger(String),
    /// Another node took the lease over.
    #[error("another node took over this folder, so this one stops")]
    Fenced,
    /// The shared folder failed.
    #[error("the data folder failed: {0}")]
    Folder(String),
    /// The machine can't run components just now.
    #[error("components can't be run on this machine just now: {0}")]
    Machine(String),
    /// A broken invariant.
    #[error("this is a bug in jaros: {0}")]
    Broken(String),
}

impl From<FabricError> for Stop {
    fn from(error: FabricError) -> Self {
        match error {
            FabricError::Fenced { .. } => Self::Fenced,
            other => Self::Folder(other.to_string()),
        }
    }
}

/// Where a live job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It has a place among the running.
    Running,
    /// For its children.
    Waiting,
    /// For an operator.
    Blocked,
}

/// What components are in service, and what else decides how they are called.
pub(crate) struct InForce {
    pub(crate) setting: Setting,
    pub(crate) agents: Agents,
    pub(crate) model: Arc<dyn jaros_decision::Model>,
}

impl InForce {
    /// What this agent may propose, as it is told.
    pub(crate) fn offers_for(&self, agent: &Name) -> Arc<[Offer]> {
        jaros_agents::offers(&self.setting, self.setting.may(agent))
    }
}

/// One tenant of a node, open for work.
pub struct Tenant {
    pub(crate) name: Name,
    pub(crate) layout: Layout,
    /// The root tenant's folder, whose ceilings bound this one's limits.
    pub(crate) root: Layout,
    /// What the inbox was opened with: the largest job's file.
    pub(crate) job_bytes: u64,
    pub(crate) hold: Arc<dyn Hold>,
    pub(crate) ledger: Ledger,
    pub(crate) library: Library,
    pub(crate) jobs: Jobs,
    pub(crate) claims: Claims,
    /// Every tool's store, up to the last entry that was handed to the ledger.
    pub(crate) stores: Mutex<Stores>,
    pub(crate) logbook: Arc<Logbook>,
    /// Places for jobs that run at once: back-pressure on the inbox.
    pub(crate) places: Arc<Semaphore>,
    /// Threads that judge and carry out: a tool runs to its end on one of them.
    pub(crate) bench: Arc<Crew>,
    /// The thread that moves files: many jobs' results go out at one waking.
    pub(crate) publisher: Crew,
    /// What sends the requests that tools may send out.
    pub(crate) network: Arc<jaros_http::Client>,
    /// Places for decisions that leave the node: each holds a thread while it waits.
    pub(crate) outbound: Arc<Semaphore>,
    pub(crate) unpublished: Unpublished,
    pub(crate) counters: Counters,
    /// What the operator has to mend, by file.
    pub(crate) problems: Mutex<BTreeMap<&'static str, String>>,
    /// The settings files as the record has them, by name without what follows the dot.
    pub(crate) texts: Mutex<BTreeMap<String, Json>>,
    /// The grants under which the component folders were last looked at, by their text's digest.
    pub(crate) looked_under: Mutex<Option<Digest>>,
    /// The inbox may have work.
    pub(crate) work: Notify,
    /// Something that `status.json` shows is different, and somebody may wait for it.
    pub(crate) news: Notify,
    /// Only its counts are different.
    pub(crate) counted: Notify,
    /// A job began to wait, so that nothing may be left to do.
    pub(crate) rested: Notify,
}

impl Tenant {
    /// Its name; `root` for the data directory's own.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Notes what the operator has to mend about `what`, or that it is mended. Returns whether that is news.
    pub(crate) fn problem(&self, what: &'static str, problem: Option<String>) -> bool {
        let mut problems = self.problems.lock().expect("no writer panics");
        let before = match problem.clone() {
            Some(problem) => problems.insert(what, problem),
            None => problems.remove(what),
        };
        drop(problems);
        self.changed();
        before != problem
    }

    /// A tool's entries, as the decisions so far left them.
    pub(crate) fn store_of(&self, tool: &str) -> Store {
        self.stores.lock().expect("nothing panics while it holds the stores").of(tool)
    }

    /// Goes on with what these facts change in stores. Whoever calls this holds those stores, and hands the facts to the
    /// ledger next.
    pub(crate) fn take_in_entries(&self, facts: &[Fact]) {
        let mut stores = None;
        for fact in facts {
            if let Fact::Outcome { effect, .. } = fact
                && !effect.staged.is_empty()
            {
                let lock = || self.stores.lock().expect("nothing panics while it holds the stores");
                stores.get_or_insert_with(lock).apply(&effect.staged);
            }
        }
    }

    pub(crate) fn work_came(&self) {
        self.work.notify_one();
    }

    pub(crate) fn changed(&self) {
        self.news.notify_one();
    }
}

/// Batches that are on the record and not yet visible. Up to before the first of them everything is published.
#[derive(Default)]
pub(crate) struct Unpublished(Mutex<BTreeSet<Seq>>);

impl Unpublished {
    pub(crate) fn begin(&self, first: Seq) -> Seq {
        self.0.lock().expect("nothing panics while it holds the batches").insert(first);
        first
    }

    pub(crate) fn end(&self, first: Seq) {
        self.0.lock().expect("nothing panics while it holds the batches").remove(&first);
    }

    /// The last entry up to which everything is published, where the ledger's last is `head`.
    pub(crate) fn published(&self, head: Seq) -> Seq {
        let batches = self.0.lock().expect("nothing panics while it holds the batches");
        batches.first().map_or(head, |first| Seq(first.0 - 1))
    }
}

/// What happened since the ledger began, for `status`.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) accepted: AtomicU64,
    pub(crate) done: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) turns: AtomicU64,
    pub(crate) decisions: AtomicU64,
    pub(crate) refusals: AtomicU64,
    pub(crate) model_calls: AtomicU64,
}

impl Counters {
    pub(crate) fn count(&self, facts: &[Fact]) {
        for fact in facts {
            let counter = match fact {
                Fact::Accepted { .. } => &self.accepted,
                Fact::Reasoned(reasoned) => {
                    self.model_calls.fetch_add(reasoned.transcript.len() as u64, Ordering::Relaxed);
                    &self.turns
                }
                Fact::Admitted { .. } => &self.decisions,
                Fact::Refused { .. } => &self.refusals,
                Fact::Ended { ending, .. } if ending.state == State::Done => &self.done,
                Fact::Ended { .. } => &self.failed,
                Fact::Intended { .. } | Fact::Outcome { .. } | Fact::Operated { .. } => continue,
            };
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}
