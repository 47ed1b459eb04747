//! Step 3: from the review that failed back to the decision, and the model's answer, behind it.
//!
//! *Invariant:* every link was read from the record, and its component is compared with the one in service.
//! *Doesn't know:* which ticket is wrong; it begins at the job that failed.
//! *Start at:* [`trace`].

use jaros_decision::{DecisionId, Digest, JobId};
use jaros_replay::{Cause, Link};
use serde::Serialize;

use super::say::{Say, holds, not_shown};
use super::stage::{self, AGENTS, Stage};
use super::tickets::Ticket;
use crate::args::Standing;
use crate::problem::Problem;
use crate::record;
use crate::roll::Roll;
use crate::text;

/// What was seen.
#[derive(Serialize)]
pub(super) struct Blame {
    ticket: String,
    /// The planner's decision that everything followed from.
    root: DecisionId,
    /// What the model had said to it.
    pub(super) answer: String,
    #[serde(flatten)]
    cause: Cause,
    /// The planner's job.
    #[serde(skip)]
    pub(super) job: JobId,
}

/// Finds the failed review and asks for its cause.
pub(super) fn trace(say: &Say<'_>, stage: &Stage, tickets: &[Ticket]) -> Result<Blame, Problem> {
    let wrong =
        tickets.iter().find(|ticket| !ticket.is_right).ok_or_else(|| not_shown("no answer is wrong"))?;
    say.step(3, &format!("Who is to blame for ticket {}?", wrong.name))?;
    let failed = failed_review(stage)?;
    let cause = jaros_replay::cause(&stage.place.layout, &failed).map_err(not_shown)?;
    let agents: Vec<&str> = cause.links.iter().map(|link| link.agent.as_str()).collect();
    holds(agents.iter().eq(AGENTS.iter().rev()), format_args!("the chain of cause is {agents:?}"))?;
    for link in &cause.links {
        let digest = carried(link.agent.as_str());
        holds(digest == Some(link.component), format_args!("{} is another component", link.agent))?;
    }
    let failure = cause.failure.clone().ok_or_else(|| not_shown("the review didn't fail"))?;
    for (place, link) in cause.links.iter().enumerate() {
        let said = if place == 0 { Some(&*failure.message) } else { None };
        link_rows(say, link, said)?;
    }
    let planner = cause.links.last().ok_or_else(|| not_shown("the chain of cause is empty"))?;
    let (root, answered) = planner
        .decision
        .clone()
        .zip(planner.model.first())
        .ok_or_else(|| not_shown("no model's answer stands behind the planner's decision"))?;
    let answer = answered.answer.clone().map_err(|failure| not_shown(failure.message))?;
    holds(answer == wrong.answer, format_args!("the answer on the record is {answer}"))?;
    holds(answered.asked.contains(&wrong.words()), "the question on the record is about another ticket")?;
    model_rows(say, &answer, wrong)?;
    let source = cause.source.as_ref().ok_or_else(|| not_shown("nobody submitted the ticket"))?;
    say.more(format_args!("from: {source}; all of this stands on the record"))?;
    Ok(Blame { ticket: wrong.name.clone(), root, answer, job: planner.job.clone(), cause })
}

/// The one review that failed, by the record.
fn failed_review(stage: &Stage) -> Result<JobId, Problem> {
    let mut roll = Roll::default();
    roll.catch_up(&mut record::open(&stage.place)?)?;
    let reviewer = AGENTS[AGENTS.len() - 1];
    let is_failed_review = |row: &&crate::roll::Row| {
        row.state == Standing::Failed && row.agent.as_ref().is_some_and(|agent| agent.as_str() == reviewer)
    };
    let mut failed = roll.rows().iter().filter(is_failed_review);
    match (failed.next(), failed.next()) {
        (Some(row), None) => Ok(row.id.clone()),
        (None, _) => Err(not_shown("no review failed")),
        _ => Err(not_shown("more than one review failed")),
    }
}

/// The digest of the component that this program carries.
fn carried(agent: &str) -> Option<Digest> {
    stage::agents().find(|component| component.name == agent).map(|component| Digest::of(component.bytes))
}

fn link_rows(say: &Say<'_>, link: &Link, failure: Option<&str>) -> Result<(), Problem> {
    let agent = link.agent.as_str();
    match (failure, &link.proposal) {
        (Some(message), _) => {
            say.row(agent, format_args!("{} {}", say.bad("failed:"), text::brief(message, 70)))
        }
        (None, Some(proposal)) if proposal.kind == "submit" => {
            let note = text::brief(&proposal.note, 60);
            say.row(&format!("← {agent}"), format_args!("had submitted that job: \"{note}\""))
        }
        (None, _) => Err(not_shown(format_args!("{agent} submitted nothing"))),
    }?;
    let decision =
        link.decision.as_ref().ok_or_else(|| not_shown(format_args!("{agent} decided nothing")))?;
    say.more(format_args!("decision {decision}, component {}", link.component.short()))
}

fn model_rows(say: &Say<'_>, answer: &str, ticket: &Ticket) -> Result<(), Problem> {
    let said = say.bad(text::brief(answer, 60));
    say.row("← the model", format_args!("had answered {said}"))?;
    say.more(format_args!("to: {}", text::brief(&ticket.words(), 70)))
}
