//! What the record says when a node starts: who is under way, what serves, what may not be visible yet.
//!
//! *Invariant:* a fold over the chain, so that starting twice gives the same; nothing is judged or reasoned again.
//! *Doesn't know:* files other than through the ledger's reader.
//! *Start at:* [`Recovery::take_in`].

use std::collections::{BTreeMap, HashMap, HashSet};

use jaros_decision::{Code, Digest, JobId, Json, Name, Seq};
use jaros_executor::{Chronicle, Fact, ReadError, Staged, Stores, result_document};
use jaros_ledger::{EntryKind, Item, record};
use jaros_machine::Ending;

use crate::jobs::{Lineage, children};
use crate::library::{Slot, Versions, role};
use crate::tenant::Counters;

/// A file's newest version: its entry, and its content or none where it was removed.
type Unshown = (Seq, Option<Vec<u8>>);

/// The chain, folded.
#[derive(Default)]
pub(crate) struct Recovery {
    /// Jobs whose end isn't on the record.
    pub(crate) live: HashMap<JobId, Chronicle>,
    pub(crate) ended: HashSet<JobId>,
    /// Children that were submitted and not accepted yet.
    pub(crate) expected: HashMap<JobId, Lineage>,
    /// What served and serves, and what operators agreed to.
    pub(crate) versions: Versions,
    /// The version of each that was refused or held last, so that a start doesn't record it again.
    pub(crate) refused: BTreeMap<Slot, (Option<Digest>, Code)>,
    /// The last recorded text of each settings file.
    pub(crate) config: BTreeMap<String, Json>,
    pub(crate) counters: Counters,
    /// Results that may not be visible yet.
    pub(crate) results: BTreeMap<Seq, (JobId, Json, Ending)>,
    /// Artifacts that may not be visible yet: the newest version of each path.
    pub(crate) artifacts: BTreeMap<String, (Seq, String)>,
    /// Files in tools' folders that may not be visible yet: the newest version of each, by the tool and its path.
    pub(crate) files: BTreeMap<(Name, String), Unshown>,
    /// Every tool's store.
    pub(crate) stores: Stores,
    pub(crate) last: Seq,
}

impl Recovery {
    /// Goes on with the next entry.
    ///
    /// # Errors
    /// An entry that this version can't read.
    pub(crate) fn take_in(&mut self, item: &Item<'_>) -> Result<(), ReadError> {
        self.last = item.entry.seq;
        self.versions.take_in(item)?;
        match item.entry.kind {
            EntryKind::Component => self.component(&item.entry.parse()?),
            EntryKind::Config => {
                let body: record::Config = item.entry.parse()?;
                let seq = item.entry.seq;
                let text =
                    item.json(&body.data).map_err(|error| ReadError::Data { seq, why: error.to_string() })?;
                self.config.insert(body.file.as_str().to_owned(), text);
            }
            EntryKind::Checkpoint => self.published(item.entry.parse::<record::Checkpoint>()?.published),
            _ => {
                if let Some(fact) = Fact::read(item)? {
                    self.fact(item.entry.seq, &fact);
                }
            }
        }
        Ok(())
    }

    fn component(&mut self, body: &record::Component) {
        let slot = Slot { role: role(body.role), name: body.name.clone() };
        match (body.event, &body.code) {
            (record::Change::Refused | record::Change::Held, Some(code)) => {
                self.refused.insert(slot, (body.digest, code.clone()));
            }
            _ => {
                self.refused.remove(&slot);
            }
        }
    }

    /// Everything up to `seq` is visible and synced.
    fn published(&mut self, seq: Seq) {
        self.results.retain(|at, _| *at > seq);
        self.artifacts.retain(|_, (at, _)| *at > seq);
        self.files.retain(|_, (at, _)| *at > seq);
    }

    fn fact(&mut self, seq: Seq, fact: &Fact) {
        self.counters.count(std::slice::from_ref(fact));
        if let Some(chronicle) = Chronicle::begin(fact) {
            self.expected.remove(&chronicle.job);
            self.live.insert(chronicle.job.clone(), chronicle);
            return;
        }
        let Some(chronicle) = self.live.get_mut(fact.job()) else { return };
        // What was told once is told again; an operator's word that was refused then isn't on the record.
        let _ = chronicle.tell(fact);
        self.expected.extend(children(chronicle, std::slice::from_ref(fact)));
        match fact {
            Fact::Outcome { effect, .. } => {
                self.stores.apply(&effect.staged);
                for staged in &effect.staged {
                    match staged {
                        Staged::Artifact { path, data } => {
                            self.artifacts.insert(path.clone(), (seq, data.clone()));
                        }
                        Staged::File { tool, path, data } => {
                            self.files.insert((tool.clone(), path.clone()), (seq, data.clone()));
                        }
                        Staged::Entry { .. } | Staged::Submit { .. } | Staged::Moved { .. } => {}
                    }
                }
            }
            Fact::Ended { job, ending } => self.end(seq, job, ending),
            _ => {}
        }
    }

    fn end(&mut self, seq: Seq, job: &JobId, ending: &Ending) {
        let Some(chronicle) = self.live.remove(job) else { return };
        let agent: Option<&Name> = chronicle.agent.as_ref();
        self.results.insert(seq, (job.clone(), result_document(job, agent, ending), ending.clone()));
        self.ended.insert(job.clone());
        if let Some(parent) = chronicle.parent.as_ref().and_then(|parent| self.live.get_mut(&parent.job)) {
            parent.child_ended(job, ending.outcome.clone());
        }
    }
}
