//! The jobs of a record, with their decisions.
//!
//! *Invariant:* ids that differ from run to run don't move the digest: a job below another counts as the decision that made it.
//! *Doesn't know:* which of the jobs is the case's.
//! *Start at:* [`Gathered::read`].

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jaros_content::Content;
use jaros_decision::{DecisionId, Digest, Failure, JobId, Json};
use jaros_executor::{Effect, Fact, Reasoned, Staged};
use jaros_fabric::Layout;
use jaros_ledger::Reader;

use super::Decision;
use crate::expect::Gate;

/// Every job of a record.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) jobs: BTreeMap<JobId, Job>,
}

/// One job.
#[derive(Default)]
pub(super) struct Job {
    pub(super) state: String,
    pub(super) outcome: Option<Result<Json, Failure>>,
    pub(super) turns: u64,
    pub(super) model_calls: u64,
    /// The codes of what its model answered in place of an answer.
    pub(super) failures: Vec<String>,
    pub(super) decisions: Vec<Decision>,
    /// When its first turn began: before, its node was still loading components.
    pub(super) began_ms: u64,
    pub(super) last_ms: u64,
    given: String,
    parent: Option<DecisionId>,
    /// Where the decisions of each turn begin.
    turns_begin: Vec<usize>,
}

impl Gathered {
    pub(super) fn read(layout: &Layout) -> Result<Self, String> {
        let content = Content::open(layout.content()).map_err(|error| error.to_string())?;
        let mut reader = Reader::open(&layout.ledger(), &content).map_err(|error| error.to_string())?;
        let mut gathered = Self::default();
        while let Some(item) = reader.read().map_err(|error| error.to_string())? {
            if let Some(fact) = Fact::read(&item).map_err(|error| error.to_string())? {
                gathered.take_in(fact);
            }
        }
        Ok(gathered)
    }

    fn take_in(&mut self, fact: Fact) {
        let job = self.jobs.entry(fact.job().clone()).or_default();
        match fact {
            Fact::Accepted { agent, input, parent, at, .. } => {
                let agent = agent.map_or_else(String::new, |agent| agent.to_string());
                job.given = format!("{agent} {input}");
                (job.state, job.parent) = ("PENDING".into(), parent);
                (job.began_ms, job.last_ms) = (at.0, at.0);
            }
            Fact::Reasoned(reasoned) => job.reasoned(*reasoned),
            Fact::Admitted { id, payload, source, .. } => {
                if let Some(decision) = job.find(&id) {
                    (decision.gate, decision.source) = (Some(Gate::Accept), source.to_string());
                    decision.payload = payload.as_str().to_owned();
                }
            }
            Fact::Refused { id, failure, source, .. } => {
                if let Some(decision) = job.find(&id) {
                    (decision.gate, decision.source) = (Some(Gate::Reject), source.to_string());
                    decision.outcome = Some(Err(failure));
                }
            }
            Fact::Outcome { id, effect, .. } => job.outcome(&id, effect),
            Fact::Ended { ending, .. } => {
                (job.state, job.outcome) = (ending.state.to_string(), Some(ending.outcome));
            }
            Fact::Intended { .. } | Fact::Operated { .. } => {}
        }
    }

    /// Gives each decision that waited for a job below the outcome of that job, as its agent was told it.
    pub(super) fn answer_waits(&mut self) {
        let ended: BTreeMap<JobId, Option<Result<Json, Failure>>> =
            self.jobs.iter().map(|(id, job)| (id.clone(), job.outcome.clone())).collect();
        for decision in self.jobs.values_mut().flat_map(|job| &mut job.decisions) {
            let waits =
                decision.staged.iter().any(|staged| matches!(staged, Staged::Submit { wait: true, .. }));
            if let Some(child) = decision.child.as_ref().filter(|_| waits) {
                decision.outcome = ended.get(child).cloned().flatten();
            }
        }
    }

    /// A job and those below it, each with its id; in the order of the decisions that made them.
    pub(super) fn family(&self, root: &JobId) -> Vec<(JobId, &Job)> {
        let mut family = Vec::new();
        let mut left = vec![root.clone()];
        while let Some(id) = left.pop() {
            let Some(job) = self.jobs.get(&id) else { continue };
            // A child that already existed would lead in a circle.
            let below = |child: &&JobId| {
                self.jobs.get(*child).and_then(|child| child.parent.as_ref()).is_some_and(|of| of.job == id)
            };
            let children = job.decisions.iter().filter_map(|decision| decision.child.as_ref());
            let children: Vec<JobId> = children.filter(below).cloned().collect();
            left.extend(children.into_iter().rev());
            family.push((id, job));
        }
        family
    }

    /// Over everything that was given, proposed, decided and done.
    pub(super) fn digest(&self, root: &JobId) -> Digest {
        let family = self.family(root);
        let mut text = String::new();
        for (_, job) in &family {
            let _ = writeln!(text, "{} {} {:?}", job.given, job.state, job.outcome);
            for decision in &job.decisions {
                let _ = writeln!(text, "{decision:?}");
            }
        }
        for (place, (id, _)) in family.iter().enumerate() {
            text = text.replace(id.as_str(), &format!("job {place}"));
        }
        Digest::of(text.as_bytes())
    }
}

impl Job {
    fn reasoned(&mut self, reasoned: Reasoned) {
        if self.state == "PENDING" {
            self.state = "RUNNING".into();
            self.began_ms = reasoned.at.0;
        }
        self.turns += 1;
        self.last_ms = reasoned.at.0;
        self.model_calls += reasoned.transcript.len() as u64;
        let failed = reasoned.transcript.iter().filter_map(|exchange| exchange.answer.as_ref().err());
        self.failures.extend(failed.map(|failure| failure.code.to_string()));
        self.turns_begin.push(self.decisions.len());
        let source = format!("agent:{}", reasoned.agent);
        let proposals = reasoned.plan.into_iter().flat_map(|plan| plan.decisions);
        self.decisions.extend(proposals.map(|proposal| Decision {
            kind: proposal.kind,
            payload: proposal.payload,
            note: proposal.note,
            source: source.clone(),
            gate: None,
            outcome: None,
            child: None,
            staged: Vec::new(),
        }));
    }

    fn outcome(&mut self, id: &DecisionId, effect: Effect) {
        let moved = effect.staged.iter().find_map(|staged| match staged {
            Staged::Moved { to, .. } => Some(to.to_string()),
            _ => None,
        });
        if let Some(decision) = self.find(id) {
            decision.child = effect.staged.iter().find_map(|staged| match staged {
                Staged::Submit { job, .. } => Some(job.clone()),
                _ => None,
            });
            (decision.outcome, decision.staged) = (Some(effect.outcome), effect.staged);
        }
        if let Some(state) = moved {
            self.state = state;
        }
    }

    fn find(&mut self, id: &DecisionId) -> Option<&mut Decision> {
        let begin = self.turns_begin.get(usize::try_from(id.turn).ok()?.checked_sub(1)?)?;
        let place = usize::try_from(id.n).ok()?.checked_sub(1)?;
        self.decisions.get_mut(begin + place)
    }
}
