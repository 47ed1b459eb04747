//! One job's story, gathered from the record: turn by turn, with what was asked, answered, proposed, decided and done.
//!
//! *Invariant:* everything in it stands on the record; nothing is computed again. The same value is shown to people and
//! printed as JSON.
//! *Doesn't know:* how it looks.
//! *Start at:* [`gather`].

use std::collections::HashMap;

use jaros_decision::{
    Code, DecisionId, Digest, Exchange, Failure, Fuel, JobId, Json, Millis, Name, Observation, Request, Seq,
    Source,
};
use jaros_executor::{Effect, Fact, Operation, Reasoned, Staged};
use jaros_ledger::{EntryKind, Item, Reader, record};
use jaros_machine::Ending;
use serde::Serialize;

use crate::problem::Problem;

/// A job from its acceptance to its end.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Story {
    pub(crate) id: JobId,
    pub(crate) agent: Option<Name>,
    /// `PENDING`, `RUNNING`, `BLOCKED`, `DONE` or `FAILED`.
    pub(crate) state: String,
    pub(crate) source: Source,
    pub(crate) parent: Option<DecisionId>,
    pub(crate) accepted_at_ms: Millis,
    pub(crate) input: Json,
    pub(crate) turns: Vec<Turn>,
    pub(crate) operated: Vec<Operated>,
    pub(crate) children: Vec<Child>,
    pub(crate) result: Option<Json>,
    pub(crate) error: Option<Failure>,
    /// The decision that ended it.
    pub(crate) decision: Option<DecisionId>,
    /// Its first and last entries.
    pub(crate) entries: (Seq, Seq),
}

/// One call of the agent.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Turn {
    pub(crate) turn: u32,
    pub(crate) attempt: u32,
    pub(crate) seq: Seq,
    pub(crate) agent: Name,
    pub(crate) component: Digest,
    pub(crate) at_ms: Millis,
    pub(crate) fuel: Fuel,
    pub(crate) model_calls: Vec<ModelCall>,
    pub(crate) observed: Vec<Observation>,
    pub(crate) decisions: Vec<Decision>,
    /// What the agent noted for its next turn; `null` where there is none.
    pub(crate) memo: Option<Json>,
    /// Why there is no plan.
    pub(crate) error: Option<Failure>,
}

/// A question to the model and what came back.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ModelCall {
    pub(crate) request: Request,
    pub(crate) answer: Option<jaros_decision::Completion>,
    pub(crate) error: Option<Failure>,
}

/// One proposal and what became of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Decision {
    pub(crate) id: DecisionId,
    pub(crate) kind: String,
    /// As proposed; canonical where it was admitted.
    pub(crate) payload: String,
    pub(crate) note: String,
    /// `admitted`, `refused` or `not judged`.
    pub(crate) verdict: &'static str,
    /// Its entry.
    pub(crate) seq: Option<Seq>,
    /// The tool that carried it out; `null` for a built-in.
    pub(crate) component: Option<Digest>,
    pub(crate) fuel: Option<Fuel>,
    pub(crate) result: Option<Json>,
    /// Why it was refused, or what failed.
    pub(crate) error: Option<Failure>,
    pub(crate) observed: Vec<Observation>,
    pub(crate) artifacts: Vec<String>,
    /// What it wrote or removed in its tool's folders and store: `writes out/a.txt`, `sets key`.
    pub(crate) changes: Vec<String>,
    /// The calls that it was about to make when each went on the record.
    pub(crate) intents: Vec<Json>,
    /// The job that it submitted.
    pub(crate) child: Option<JobId>,
    /// The states that it led the job through.
    pub(crate) moved: Option<(String, String)>,
}

/// What an operator did.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Operated {
    pub(crate) did: &'static str,
    pub(crate) by: Source,
    pub(crate) at_ms: Millis,
    pub(crate) input: Option<Json>,
    /// After this turn.
    pub(crate) turn: u32,
}

/// A job that it submitted.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Child {
    pub(crate) id: JobId,
    pub(crate) agent: Option<Name>,
    pub(crate) decision: DecisionId,
    pub(crate) state: &'static str,
    pub(crate) result: Option<Json>,
    pub(crate) code: Option<Code>,
    pub(crate) reason: Option<String>,
}

/// Reads the story of a job; `None` where the record doesn't know it.
pub(crate) fn gather(reader: &mut Reader, job: &JobId) -> Result<Option<Story>, Problem> {
    let mut gathering = Gathering { job: job.clone(), story: None, children: HashMap::new() };
    let of_job = format!("\"{job}");
    while let Some(item) = reader.read()? {
        // Every entry about a job or a child of it names the job; most entries are about others.
        if item.entry.kind == EntryKind::Done || item.entry.body.contains(&of_job) {
            gathering.see(&item)?;
        }
    }
    Ok(gathering.story)
}

struct Gathering {
    job: JobId,
    story: Option<Story>,
    /// Where each child stands in the story.
    children: HashMap<JobId, usize>,
}

impl Gathering {
    fn see(&mut self, item: &Item<'_>) -> Result<(), Problem> {
        if item.entry.kind == EntryKind::Done && !self.ours(item)? {
            return Ok(());
        }
        let Some(fact) = Fact::read(item)? else { return Ok(()) };
        let seq = item.entry.seq;
        let Some(story) = &mut self.story else {
            if *fact.job() == self.job {
                self.story = begin(seq, fact);
            }
            return Ok(());
        };
        if *fact.job() == self.job {
            story.entries.1 = seq;
            story.take_in(seq, fact);
        } else {
            self.child(fact);
        }
        Ok(())
    }

    /// Whether this end is the job's or a child's.
    fn ours(&self, item: &Item<'_>) -> Result<bool, Problem> {
        let body: record::Done =
            item.entry.parse().map_err(|error| Problem::from(jaros_executor::ReadError::from(error)))?;
        Ok(body.job == self.job || self.children.contains_key(&body.job))
    }

    fn child(&mut self, fact: Fact) {
        let Some(story) = &mut self.story else { return };
        match fact {
            Fact::Accepted { job, agent, parent: Some(decision), .. } if decision.job == self.job => {
                self.children.insert(job.clone(), story.children.len());
                let (state, result, code, reason) = ("RUNNING", None, None, None);
                story.children.push(Child { id: job, agent, decision, state, result, code, reason });
            }
            Fact::Ended { job, ending } => {
                let Some(child) = self.children.get(&job).and_then(|place| story.children.get_mut(*place))
                else {
                    return;
                };
                child.state = ending.state.as_str();
                match ending.outcome {
                    Ok(result) => {
                        // What a waiting decision answers is its child's result.
                        if let Some(decision) = story
                            .turns
                            .iter_mut()
                            .flat_map(|turn| &mut turn.decisions)
                            .find(|d| d.id == child.decision)
                        {
                            decision.answered(&result);
                        }
                        child.result = Some(result);
                    }
                    Err(failure) => (child.code, child.reason) = (Some(failure.code), Some(failure.message)),
                }
            }
            _ => {}
        }
    }
}

fn begin(seq: Seq, fact: Fact) -> Option<Story> {
    let Fact::Accepted { job, agent, input, source, parent, at, .. } = fact else { return None };
    Some(Story {
        id: job,
        agent,
        state: "PENDING".into(),
        source,
        parent,
        accepted_at_ms: at,
        input,
        turns: Vec::new(),
        operated: Vec::new(),
        children: Vec::new(),
        result: None,
        error: None,
        decision: None,
        entries: (seq, seq),
    })
}

impl Story {
    fn take_in(&mut self, seq: Seq, fact: Fact) {
        match fact {
            Fact::Accepted { .. } => {}
            Fact::Reasoned(reasoned) => {
                if self.state == "PENDING" {
                    self.state = "RUNNING".into();
                }
                self.turns.push(Turn::of(seq, *reasoned));
            }
            Fact::Admitted { id, payload, component, .. } => {
                if let Some(decision) = self.find(&id) {
                    decision.verdict = "admitted";
                    decision.payload = payload.as_str().to_owned();
                    (decision.seq, decision.component) = (Some(seq), component);
                }
            }
            Fact::Refused { id, failure, .. } => {
                if let Some(decision) = self.find(&id) {
                    decision.verdict = "refused";
                    (decision.seq, decision.error) = (Some(seq), Some(failure));
                }
            }
            Fact::Intended { id, request, .. } => {
                if let Some(decision) = self.find(&id) {
                    decision.intents.push(request);
                }
            }
            Fact::Outcome { id, effect, fuel } => self.outcome(&id, effect, fuel),
            Fact::Operated { operation, input, source, at, .. } => {
                let did = match operation {
                    Operation::Unblock => "unblock",
                    Operation::Cancel => "cancel",
                };
                if operation == Operation::Unblock {
                    self.state = "RUNNING".into();
                }
                let turn = self.turns.last().map_or(0, |turn| turn.turn);
                self.operated.push(Operated { did, by: source, at_ms: at, input, turn });
            }
            Fact::Ended { ending, .. } => self.end(ending),
        }
    }

    fn outcome(&mut self, id: &DecisionId, effect: Effect, fuel: Fuel) {
        let Some(decision) = self.find(id) else { return };
        decision.fuel = Some(fuel);
        decision.observed = effect.observed;
        match effect.outcome {
            Ok(result) => decision.result = Some(result),
            Err(failure) => decision.error = Some(failure),
        }
        let mut state = None;
        for staged in effect.staged {
            match staged {
                Staged::Artifact { path, .. } => decision.artifacts.push(path),
                Staged::Entry { key, value, .. } => {
                    let verb = if value.is_some() { "sets" } else { "removes" };
                    decision.changes.push(format!("{verb} the entry {key}"));
                }
                Staged::File { path, data, .. } => {
                    let verb = if data.is_some() { "writes" } else { "removes" };
                    decision.changes.push(format!("{verb} {path}"));
                }
                Staged::Submit { job, wait, .. } => {
                    decision.child = Some(job);
                    // The answer is the child's result, which comes later.
                    if wait {
                        decision.result = None;
                    }
                }
                Staged::Moved { from, to, .. } => {
                    decision.moved = Some((from.to_string(), to.to_string()));
                    state = Some(to);
                }
            }
        }
        if let Some(state) = state {
            self.state = state.to_string();
        }
    }

    fn end(&mut self, ending: Ending) {
        self.state = ending.state.to_string();
        self.decision = ending.decision;
        match ending.outcome {
            Ok(result) => self.result = Some(result),
            Err(failure) => self.error = Some(failure),
        }
    }

    fn find(&mut self, id: &DecisionId) -> Option<&mut Decision> {
        let turn = self.turns.iter_mut().rev().find(|turn| turn.turn == id.turn)?;
        turn.decisions.get_mut(usize::try_from(id.n).ok()?.checked_sub(1)?)
    }

    /// What the job has to do next, in a word; empty once it ended.
    pub(crate) fn is_over(&self) -> bool {
        self.result.is_some() || self.error.is_some()
    }
}

impl Turn {
    fn of(seq: Seq, reasoned: Reasoned) -> Self {
        let Reasoned { job, turn, attempt, agent, component, at, observed, transcript, fuel, plan, .. } =
            reasoned;
        let (plan, error) = match plan {
            Ok(plan) => (Some(plan), None),
            Err(failure) => (None, Some(failure)),
        };
        let memo = plan.as_ref().and_then(|plan| plan.memo.clone());
        let proposals = plan.into_iter().flat_map(|plan| plan.decisions).enumerate();
        let decisions = proposals.map(|(index, proposal)| Decision {
            id: DecisionId { job: job.clone(), turn, n: u32::try_from(index + 1).unwrap_or(u32::MAX) },
            kind: proposal.kind,
            payload: proposal.payload,
            note: proposal.note,
            verdict: "not judged",
            seq: None,
            component: None,
            fuel: None,
            result: None,
            error: None,
            observed: Vec::new(),
            artifacts: Vec::new(),
            changes: Vec::new(),
            intents: Vec::new(),
            child: None,
            moved: None,
        });
        Self {
            turn,
            attempt,
            seq,
            agent,
            component,
            at_ms: at,
            fuel,
            model_calls: transcript.into_iter().map(ModelCall::of).collect(),
            observed,
            decisions: decisions.collect(),
            memo,
            error,
        }
    }
}

impl ModelCall {
    pub(crate) fn of(exchange: Exchange) -> Self {
        let (answer, error) = match exchange.answer {
            Ok(answer) => (Some(answer), None),
            Err(failure) => (None, Some(failure)),
        };
        Self { request: exchange.request, answer, error }
    }
}

impl Decision {
    fn answered(&mut self, result: &Json) {
        if self.result.is_none() && self.error.is_none() {
            self.result = Some(result.clone());
        }
    }
}
