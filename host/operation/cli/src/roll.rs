//! The roll of jobs: who is where, folded from the ledger's entries.
//!
//! *Invariant:* reads bodies only, and one datum at a job's end; so a million entries take seconds, not minutes.
//! *Doesn't know:* turns, payloads, plans; `show` tells a single job's.
//! *Start at:* [`Roll::catch_up`].

use std::collections::{BTreeMap, HashMap, HashSet};

use jaros_decision::{Code, JobId, Millis, Name, Source};
use jaros_ledger::record::{self, End, Op, Staged};
use jaros_ledger::{EntryError, EntryKind, Item, Reader};
use serde::Serialize;

use crate::args::Standing;
use crate::exit::Exit;
use crate::problem::{Problem, code};
use crate::text;

/// Characters of a result that are kept for a line.
const OUTCOME_CHARS: usize = 100;

/// One job.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    /// Its id.
    pub(crate) id: JobId,
    /// Who works on it.
    pub(crate) agent: Option<Name>,
    /// How it stands.
    pub(crate) state: Standing,
    /// Turns reasoned so far.
    pub(crate) turns: u32,
    /// When it was accepted; `None` for one in the inbox.
    pub(crate) accepted_at_ms: Option<Millis>,
    /// Who it came from.
    pub(crate) source: Option<Source>,
    /// The job that submitted it.
    pub(crate) parent: Option<JobId>,
    /// The beginning of its result.
    pub(crate) result: Option<String>,
    /// Why it failed.
    pub(crate) code: Option<Code>,
    /// The beginning of the sentence that says why.
    pub(crate) reason: Option<String>,
    /// Whether its machine is blocked.
    #[serde(skip)]
    blocked: bool,
    /// Children whose results it waits for.
    #[serde(skip)]
    awaited: HashSet<JobId>,
}

/// All jobs that the record knows, in the order of their acceptance.
#[derive(Default)]
pub(crate) struct Roll {
    rows: Vec<Row>,
    places: HashMap<JobId, usize>,
}

impl Roll {
    /// Takes in what was written since the last call.
    pub(crate) fn catch_up(&mut self, reader: &mut Reader) -> Result<(), Problem> {
        while let Some(item) = reader.read()? {
            self.see(&item).map_err(|error| {
                Problem::new(Exit::No, code::BROKEN, error.to_string())
                    .next("jaros verify checks the whole ledger")
            })?;
        }
        Ok(())
    }

    /// Every job.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// One job.
    pub(crate) fn get(&self, job: &JobId) -> Option<&Row> {
        self.places.get(job).map(|place| &self.rows[*place])
    }

    /// The blocked jobs that this one, or what it waits for, waits for.
    pub(crate) fn blocked_below(&self, job: &JobId) -> Vec<&JobId> {
        let mut found = Vec::new();
        let mut due = vec![job];
        while let Some(row) = due.pop().and_then(|job| self.get(job)) {
            match row.state {
                Standing::Blocked => found.push(&row.id),
                Standing::Waiting => due.extend(&row.awaited),
                _ => {}
            }
        }
        found
    }

    /// How many jobs stand how.
    pub(crate) fn census(&self) -> BTreeMap<&'static str, u64> {
        let mut census = BTreeMap::new();
        for row in &self.rows {
            *census.entry(row.state.word()).or_default() += 1;
        }
        census
    }

    fn see(&mut self, item: &Item<'_>) -> Result<(), EntryError> {
        match item.entry.kind {
            EntryKind::Job => self.accepted(item.entry.parse()?),
            EntryKind::Reasoned => {
                let body: record::Reasoned = item.entry.parse()?;
                self.change(&body.job, |row| {
                    row.turns = body.turn;
                    row.awaited.clear();
                });
            }
            // Most outcomes stage nothing, and those change no job's standing.
            EntryKind::Outcome if item.entry.body.contains(r#""staged":[{"#) => {
                self.outcome(item.entry.parse()?);
            }
            EntryKind::Operator => {
                let body: record::Operator = item.entry.parse()?;
                if let (Op::Unblock, Some(job)) = (body.op, &body.job) {
                    self.change(job, |row| row.blocked = false);
                }
            }
            EntryKind::Done => self.done(item, item.entry.parse()?),
            _ => {}
        }
        Ok(())
    }

    fn accepted(&mut self, body: record::Job) {
        self.places.insert(body.job.clone(), self.rows.len());
        self.rows.push(Row {
            id: body.job,
            agent: body.agent,
            state: Standing::Running,
            turns: 0,
            accepted_at_ms: Some(body.at_ms),
            source: Some(body.source),
            parent: body.parent.map(|parent| parent.job),
            result: None,
            code: None,
            reason: None,
            blocked: false,
            awaited: HashSet::new(),
        });
    }

    fn outcome(&mut self, body: record::Outcome) {
        self.change(&body.id.job, |row| {
            for staged in body.effect.staged {
                match staged {
                    Staged::Submit { submit, wait: true, .. } => {
                        row.awaited.insert(submit);
                    }
                    Staged::Events { to, .. } => row.blocked = to.as_str() == "BLOCKED",
                    Staged::Submit { .. }
                    | Staged::Artifact { .. }
                    | Staged::Entry { .. }
                    | Staged::File { .. } => {}
                }
            }
        });
    }

    fn done(&mut self, item: &Item<'_>, body: record::Done) {
        let shown = |text: &str| text::brief(text, OUTCOME_CHARS);
        let result = body.result.and_then(|result| item.inline(&result)).map(|(_, text)| shown(text));
        let reason =
            body.reason.and_then(|reason| item.value::<String>(&reason).ok()).map(|text| shown(&text));
        let mut parent = None;
        self.change(&body.job, |row| {
            row.state = if body.state == End::Done { Standing::Done } else { Standing::Failed };
            (row.result, row.code, row.reason) = (result, body.code, reason);
            row.awaited.clear();
            parent.clone_from(&row.parent);
        });
        if let Some(parent) = parent {
            self.change(&parent, |row| {
                row.awaited.remove(&body.job);
            });
        }
    }

    fn change(&mut self, job: &JobId, change: impl FnOnce(&mut Row)) {
        let Some(place) = self.places.get(job) else { return };
        let row = &mut self.rows[*place];
        change(row);
        if !matches!(row.state, Standing::Done | Standing::Failed) {
            row.state = match (row.awaited.is_empty(), row.blocked) {
                (false, _) => Standing::Waiting,
                (true, true) => Standing::Blocked,
                (true, false) => Standing::Running,
            };
        }
    }
}

impl Row {
    /// A job that lies in the inbox.
    pub(crate) fn queued(id: JobId) -> Self {
        Self {
            id,
            agent: None,
            state: Standing::Queued,
            turns: 0,
            accepted_at_ms: None,
            source: None,
            parent: None,
            result: None,
            code: None,
            reason: None,
            blocked: false,
            awaited: HashSet::new(),
        }
    }
}

impl Standing {
    /// The word, in capitals.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Running => "RUNNING",
            Self::Waiting => "WAITING",
            Self::Blocked => "BLOCKED",
            Self::Done => "DONE",
            Self::Failed => "FAILED",
        }
    }
}
