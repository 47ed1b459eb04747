//! What came of a case, read from the record of its run.
//!
//! *Invariant:* everything in it stands on the ledger or in the log; nothing is computed again, and nothing in it tells one run from
//! another that did the same.
//! *Doesn't know:* what was expected.
//! *Start at:* [`Seen::read`].

mod gather;

use jaros_decision::{Digest, Failure, JobId, Json};
use jaros_executor::Staged;
use jaros_fabric::Layout;
use jaros_model::OUT_OF_ANSWERS;
use jaros_node::{LogLine, Status};

use crate::expect::Gate;
use gather::Gathered;

/// A job, its decisions and its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// `DONE`, `FAILED`; `BLOCKED` where it, or a job that it waits for, waits for an operator; else how far it came.
    pub state: String,
    /// Its result, or why it failed.
    pub outcome: Option<Result<Json, Failure>>,
    /// How often its agent was called.
    pub turns: u64,
    /// How often its agent asked the model.
    pub model_calls: u64,
    /// Whether a script ran out of answers, for the job itself or for one below it.
    pub out_of_answers: bool,
    /// What its agent proposed, in all turns.
    pub decisions: Vec<Decision>,
    /// What components said while they worked on it, and on jobs below it.
    pub logs: Vec<String>,
    /// Components that weren't taken into service, with the reason.
    pub refused: Vec<(String, String)>,
    /// Over everything that was proposed, decided and done, below it too: equal for two runs that did the same.
    pub digest: Digest,
    /// From its first turn to its result.
    pub took_ms: u64,
}

/// One proposal and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What it asks for.
    pub kind: String,
    /// With what.
    pub payload: String,
    /// Why, in its agent's words.
    pub note: String,
    /// Who proposed it, by the host's word: `agent:planner`.
    pub source: String,
    /// What the gate said; `None` where it wasn't asked.
    pub gate: Option<Gate>,
    /// Its result, or why it was refused or failed. Of one that waits for a job below: that job's.
    pub outcome: Option<Result<Json, Failure>>,
    /// The job that it submitted.
    pub(crate) child: Option<JobId>,
    /// What it did beside its result.
    pub(crate) staged: Vec<Staged>,
}

impl Seen {
    /// Reads how a job went; `None` where the record doesn't know it.
    ///
    /// # Errors
    /// A sentence: the record can't be read.
    pub(crate) fn read(layout: &Layout, job: &JobId) -> Result<Option<Self>, String> {
        let mut gathered = Gathered::read(layout)?;
        gathered.answer_waits();
        let Some(root) = gathered.jobs.get(job) else { return Ok(None) };
        let family = gathered.family(job);
        let blocked = family.iter().any(|(_, job)| job.state == "BLOCKED");
        let waits = root.outcome.is_none() && blocked;
        let ended = ended_ms(layout, job).unwrap_or(root.last_ms);
        Ok(Some(Self {
            state: if waits { "BLOCKED".into() } else { root.state.clone() },
            outcome: root.outcome.clone(),
            turns: root.turns,
            model_calls: root.model_calls,
            out_of_answers: family
                .iter()
                .any(|(_, job)| job.failures.iter().any(|code| code == OUT_OF_ANSWERS)),
            decisions: root.decisions.clone(),
            logs: logs(layout, &family.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>()),
            refused: refused(layout),
            digest: gathered.digest(job),
            took_ms: ended.saturating_sub(root.began_ms),
        }))
    }

    /// What a tool did that was called for a case: the caller's first decision in place of the caller's job.
    pub(crate) fn of_tool(mut self) -> Self {
        self.decisions.truncate(1);
        if let Some(call) = self.decisions.first() {
            self.outcome = call.outcome.clone();
            self.state = match &self.outcome {
                Some(Ok(_)) => "DONE".into(),
                Some(Err(_)) => "FAILED".into(),
                None => self.state,
            };
        }
        self
    }
}

/// When the result became visible.
fn ended_ms(layout: &Layout, job: &JobId) -> Option<u64> {
    let written = layout.outbox().join(format!("{job}.json")).metadata().ok()?.modified().ok()?;
    let since = written.duration_since(std::time::UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok()
}

fn logs(layout: &Layout, jobs: &[&str]) -> Vec<String> {
    let text = std::fs::read_to_string(layout.state().join("log/node.ndjson")).unwrap_or_default();
    let lines = text.lines().filter_map(|line| serde_json::from_str::<LogLine>(line).ok());
    let ours = |line: &LogLine| line.job.as_deref().is_some_and(|job| jobs.contains(&job));
    lines.filter(ours).map(|line| line.message).collect()
}

fn refused(layout: &Layout) -> Vec<(String, String)> {
    let components = Status::read(layout).map_or_else(|_| Vec::new(), |status| status.components);
    let refused = components.into_iter().filter_map(|component| {
        component.refused.map(|why| (component.name.to_string(), why.failure.message))
    });
    refused.collect()
}
