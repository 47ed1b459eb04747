//! From a failure back to where it began: each decision behind it, who made it, and what the model had answered.
//!
//! *Invariant:* follows only links that the host stamped: a job's parent decision, a decision's turn, a turn's component.
//! *Doesn't know:* whose fault it is; it shows everything on the way.
//! *Start at:* [`cause`].

use std::collections::{HashMap, HashSet};

use jaros_content::Content;
use jaros_decision::{DecisionId, Digest, Exchange, Failure, JobId, Json, Name, Proposal, Source};
use jaros_executor::{Fact, Reasoned};
use jaros_fabric::Layout;
use jaros_ledger::{EntryKind, Item, Reader, record};
use jaros_machine::Ending;
use serde::Serialize;

/// The way from a job back to the first one behind it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cause {
    /// The job asked about.
    pub job: JobId,
    /// How it ended, if it has.
    pub failure: Option<Failure>,
    /// From the job itself to the first one.
    pub links: Vec<Link>,
    /// Who submitted the first one.
    pub source: Option<Source>,
}

/// One decision on the way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link {
    /// Whose job.
    pub job: JobId,
    /// Who decided.
    pub agent: Name,
    /// In which version.
    pub component: Digest,
    /// In which turn.
    pub turn: u32,
    /// The decision: for the first link the one that ended the job, for the others the one that submitted the job before.
    pub decision: Option<DecisionId>,
    /// What was proposed there.
    pub proposal: Option<Proposal>,
    /// The job's input.
    pub input: Json,
    /// What the model said in that turn.
    pub model: Vec<Answered>,
}

/// One answer of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answered {
    /// The last message of the request.
    pub asked: String,
    /// The answer, or why there was none.
    pub answer: Result<String, Failure>,
    /// The model that answered.
    pub model: String,
}

/// Why there is no chain of cause.
#[derive(Debug, thiserror::Error)]
pub enum CauseError {
    /// No such job.
    #[error("no job {0} is on the record; jaros jobs lists them")]
    Unknown(JobId),
    /// The ledger can't be read.
    #[error("{0}")]
    Ledger(String),
}

#[derive(Default)]
struct Story {
    parent: Option<DecisionId>,
    input: Option<Json>,
    source: Option<Source>,
    turns: Vec<Reasoned>,
    ending: Option<Ending>,
}

/// The chain of decisions behind a job.
///
/// # Errors
/// See [`CauseError`].
pub fn cause(layout: &Layout, job: &JobId) -> Result<Cause, CauseError> {
    let line = ancestors(layout, job)?;
    let wanted: HashSet<&JobId> = line.iter().collect();
    let mut stories: HashMap<JobId, Story> = HashMap::new();
    each(layout, |item| {
        let fact = Fact::read(item).map_err(|error| CauseError::Ledger(error.to_string()))?;
        if let Some(fact) = fact.filter(|fact| wanted.contains(fact.job())) {
            let story = stories.entry(fact.job().clone()).or_default();
            match fact {
                Fact::Accepted { input, source, parent, .. } => {
                    (story.input, story.source, story.parent) = (Some(input), Some(source), parent);
                }
                Fact::Reasoned(reasoned) => story.turns.push(*reasoned),
                Fact::Ended { ending, .. } => story.ending = Some(ending),
                _ => {}
            }
        }
        Ok(())
    })?;
    let failure =
        stories.get(job).and_then(|story| story.ending.as_ref()).and_then(|end| end.outcome.clone().err());
    let mut decision =
        stories.get(job).and_then(|story| story.ending.as_ref()).and_then(|end| end.decision.clone());
    let mut links = Vec::new();
    let mut source = None;
    for ancestor in &line {
        let Some(story) = stories.remove(ancestor) else { break };
        let parent = story.parent.clone();
        source = story.source.clone();
        links.extend(link(ancestor, story, decision));
        decision = parent;
    }
    Ok(Cause { job: job.clone(), failure, links, source })
}

fn link(job: &JobId, story: Story, decision: Option<DecisionId>) -> Option<Link> {
    let turn = match &decision {
        Some(id) => story.turns.into_iter().find(|turn| turn.turn == id.turn)?,
        None => story.turns.into_iter().next_back()?,
    };
    let proposal = decision.as_ref().and_then(|id| {
        turn.plan.as_ref().ok()?.decisions.get(usize::try_from(id.n).ok()?.checked_sub(1)?).cloned()
    });
    Some(Link {
        job: job.clone(),
        agent: turn.agent,
        component: turn.component,
        turn: turn.turn,
        decision,
        proposal,
        input: story.input.unwrap_or_else(Json::null),
        model: turn.transcript.into_iter().map(answered).collect(),
    })
}

fn answered(exchange: Exchange) -> Answered {
    let asked = exchange.request.messages.last().map_or_else(String::new, |message| message.content.clone());
    let model = exchange
        .answer
        .as_ref()
        .map_or_else(|_| exchange.request.model.clone(), |answer| answer.model.clone());
    Answered { asked, answer: exchange.answer.map(|answer| answer.text), model }
}

/// The job, its parent, the parent's parent, to the first.
fn ancestors(layout: &Layout, job: &JobId) -> Result<Vec<JobId>, CauseError> {
    let mut parents: HashMap<JobId, Option<JobId>> = HashMap::new();
    each(layout, |item| {
        if item.entry.kind == EntryKind::Job {
            let body: record::Job =
                item.entry.parse().map_err(|error| CauseError::Ledger(error.to_string()))?;
            parents.insert(body.job, body.parent.map(|parent| parent.job));
        }
        Ok(())
    })?;
    let mut line = Vec::new();
    let mut next = Some(job.clone());
    while let Some(job) = next {
        next = parents.remove(&job).ok_or_else(|| CauseError::Unknown(job.clone()))?;
        line.push(job);
    }
    Ok(line)
}

fn each(layout: &Layout, mut see: impl FnMut(&Item<'_>) -> Result<(), CauseError>) -> Result<(), CauseError> {
    let ledger = |error: &dyn std::fmt::Display| CauseError::Ledger(error.to_string());
    let content = Content::open(layout.content()).map_err(|error| ledger(&error))?;
    let mut reader = Reader::open(&layout.ledger(), &content).map_err(|error| ledger(&error))?;
    while let Some(item) = reader.read().map_err(|error| ledger(&error))? {
        see(&item)?;
    }
    Ok(())
}
