//! The trail of what was refused, held or stopped, and of what operators decided about components, folded from the ledger's
//! entries.
//!
//! *Invariant:* what is kept is what is under way, so memory follows live jobs and not the ledger's length. A row is told by
//! the entry that the host wrote; of what a guest wrote it has a bounded beginning.
//! *Doesn't know:* which rows are wanted, how they look.
//! *Start at:* [`Trail::see`], [`Row`].

use std::collections::HashMap;

use jaros_decision::{Code, DecisionId, Digest, JobId, Millis, Name, Observation, Plan, Ref, Seq, Source};
use jaros_ledger::record::{self, Change, Op};
use jaros_ledger::{EntryError, EntryKind, Item};
use serde::Serialize;

use crate::text;

/// Characters of a payload or of arguments.
const ARGUMENT_CHARS: usize = 200;

/// At which point somebody said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum What {
    /// A component wasn't taken.
    Load,
    /// A new version asks for more, and waits.
    Held,
    /// A proposal wasn't admitted.
    Gate,
    /// A call of the host was answered with no.
    Capability,
    /// A turn or a decision was ended by the host.
    Stopped,
    /// A job was ended by the host, between turns.
    Job,
    /// An operator let a held version go into service.
    Approve,
    /// An operator put an earlier version back.
    Rollback,
}

/// One thing that was refused, or that an operator decided.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    /// When: of a turn's decisions, when the turn began.
    pub(crate) at_ms: Millis,
    /// The entry that says so.
    pub(crate) entry: Seq,
    pub(crate) what: What,
    /// `agent` or `tool`.
    pub(crate) role: Option<&'static str>,
    /// Who tried it.
    pub(crate) component: Option<Name>,
    pub(crate) digest: Option<Digest>,
    pub(crate) job: Option<JobId>,
    pub(crate) decision: Option<DecisionId>,
    /// What was tried: a capability's function, a kind of decision, `decide`.
    pub(crate) call: Option<String>,
    /// The beginning of what went with it.
    pub(crate) arguments: Option<String>,
    /// The code; `approve` or `rollback` where an operator decided.
    pub(crate) reason: String,
    /// The sentence.
    pub(crate) message: Option<String>,
    /// Whose word it was.
    pub(crate) by: Option<Source>,
}

/// What is known of a job that is under way.
struct Live {
    agent: Option<Name>,
    component: Option<Digest>,
    /// When its turn began.
    at: Millis,
    turn: u32,
    /// The beginnings of the turn's payloads.
    payloads: Vec<String>,
    /// The decision that is being carried out, with its kind and tool.
    due: Option<(DecisionId, Name, Option<Digest>)>,
    /// Whether its last turn or decision was stopped, so that its end says nothing new.
    told: bool,
}

/// Who tried something.
#[derive(Clone)]
struct Who {
    role: &'static str,
    name: Option<Name>,
    digest: Option<Digest>,
}

/// Goes along the ledger.
#[derive(Default)]
pub(crate) struct Trail {
    live: HashMap<JobId, Live>,
    /// The latest time that an entry told.
    at: Millis,
}

/// Whether the host says no with this code, rather than an author with their own words or the world with its state.
fn is_no(code: &Code) -> bool {
    ["refused", "limit", "trap", "timeout", "invalid"].contains(&code.as_str())
}

impl Trail {
    /// Goes on with an entry, and gives what it says was refused or decided.
    /// # Errors
    /// It isn't of the shape that this version knows.
    pub(crate) fn see(&mut self, item: &Item<'_>) -> Result<Vec<Row>, EntryError> {
        Ok(match item.entry.kind {
            EntryKind::Open => {
                self.at = item.entry.parse::<record::Open>()?.at_ms;
                Vec::new()
            }
            EntryKind::Component => self.component(item, item.entry.parse()?),
            EntryKind::Operator => self.operator(item, item.entry.parse()?),
            EntryKind::Job => {
                self.accepted(item.entry.parse()?);
                Vec::new()
            }
            EntryKind::Reasoned => self.reasoned(item, item.entry.parse()?),
            EntryKind::Decision => {
                let body: record::Decision = item.entry.parse()?;
                if let Some(live) = self.live.get_mut(&body.id.job) {
                    live.due = Some((body.id, body.kind, body.component));
                }
                Vec::new()
            }
            EntryKind::Refusal => self.refused(item, item.entry.parse()?),
            EntryKind::Outcome => self.outcome(item)?,
            EntryKind::Done => self.done(item, item.entry.parse()?),
            _ => Vec::new(),
        })
    }

    fn component(&mut self, item: &Item<'_>, body: record::Component) -> Vec<Row> {
        self.at = body.at_ms.unwrap_or(self.at);
        let what = match body.event {
            Change::Refused => What::Load,
            Change::Held => What::Held,
            Change::Loaded | Change::Replaced | Change::Retired => return Vec::new(),
        };
        let who = Who { role: role(body.role), name: Some(body.name), digest: body.digest };
        let code = body.code.unwrap_or(Code::REFUSED);
        let row = Row { message: message(item, body.message), ..row(item, self.at, what, Some(who), &code) };
        vec![row]
    }

    fn operator(&mut self, item: &Item<'_>, body: record::Operator) -> Vec<Row> {
        self.at = body.at_ms;
        let (what, word) = match body.op {
            Op::Approve => (What::Approve, "approve"),
            Op::Rollback => (What::Rollback, "rollback"),
            _ => return Vec::new(),
        };
        let version = body.component.map(|of| Who {
            role: role(of.role),
            name: Some(of.name),
            digest: Some(of.digest),
        });
        let code = Code::from_text(word);
        vec![Row { by: Some(body.source), ..row(item, self.at, what, version, &code) }]
    }

    fn accepted(&mut self, body: record::Job) {
        self.at = body.at_ms;
        let live = Live {
            agent: body.agent,
            component: None,
            at: body.at_ms,
            turn: 0,
            payloads: Vec::new(),
            due: None,
            told: false,
        };
        self.live.insert(body.job, live);
    }

    fn reasoned(&mut self, item: &Item<'_>, body: record::Reasoned) -> Vec<Row> {
        self.at = body.at_ms;
        let who = Who { role: "agent", name: Some(body.agent.clone()), digest: Some(body.component) };
        let base = |what, code: &Code| Row {
            job: Some(body.job.clone()),
            ..row(item, body.at_ms, what, Some(who.clone()), code)
        };
        let mut rows = observed(item, body.observed.as_ref(), &base);
        let stopped = body.failure.filter(|failed| is_no(&failed.code));
        if let Some(live) = self.live.get_mut(&body.job) {
            (live.component, live.at, live.turn) = (Some(body.component), body.at_ms, body.turn);
            (live.due, live.told) = (None, stopped.is_some());
            live.payloads = payloads(item, body.plan.as_ref());
        }
        rows.extend(stopped.map(|failed| Row {
            call: Some("decide".into()),
            message: message(item, Some(failed.message)),
            ..base(What::Stopped, &failed.code)
        }));
        rows
    }

    fn refused(&mut self, item: &Item<'_>, body: record::Refusal) -> Vec<Row> {
        let Some(live) = self.live.get_mut(&body.id.job) else { return Vec::new() };
        live.told = true;
        let row = Row {
            call: item.value::<String>(&body.kind).ok().map(|kind| brief(&kind)),
            arguments: live.payload(&body.id),
            message: message(item, Some(body.message)),
            job: Some(body.id.job.clone()),
            decision: Some(body.id),
            ..row(item, live.at, What::Gate, Some(live.who()), &body.code)
        };
        vec![row]
    }

    /// Most outcomes are well and observed nothing: their bodies needn't be read.
    fn outcome(&mut self, item: &Item<'_>) -> Result<Vec<Row>, EntryError> {
        let text = item.entry.body;
        if text.contains(r#""ok":true"#) && text.contains(r#""observed":null"#) {
            return Ok(Vec::new());
        }
        let body: record::Outcome = item.entry.parse()?;
        let Some(live) = self.live.get_mut(&body.id.job) else { return Ok(Vec::new()) };
        let due = live.due.take().filter(|(id, ..)| *id == body.id);
        let kind = due.as_ref().map(|(_, kind, _)| kind.clone());
        // What a built-in does it does for the agent.
        let who = match due {
            Some((_, kind, Some(digest))) => Who { role: "tool", name: Some(kind), digest: Some(digest) },
            _ => live.who(),
        };
        let base = |what, code: &Code| Row {
            job: Some(body.id.job.clone()),
            decision: Some(body.id.clone()),
            ..row(item, live.at, what, Some(who.clone()), code)
        };
        let mut rows = observed(item, body.effect.observed.as_ref(), &base);
        if let Some(code) = body.effect.code.as_ref().filter(|code| is_no(code)) {
            rows.push(Row {
                call: kind.map(|kind| kind.to_string()),
                arguments: live.payload(&body.id),
                message: message(item, body.effect.message),
                ..base(What::Stopped, code)
            });
            live.told = true;
        }
        Ok(rows)
    }

    fn done(&mut self, item: &Item<'_>, body: record::Done) -> Vec<Row> {
        let Some(live) = self.live.remove(&body.job) else { return Vec::new() };
        let Some(code) = body.code.filter(|code| is_no(code) && !live.told) else { return Vec::new() };
        let row = Row {
            message: message(item, body.reason),
            decision: body.decision,
            job: Some(body.job),
            ..row(item, live.at, What::Job, Some(live.who()), &code)
        };
        vec![row]
    }
}

impl Live {
    fn who(&self) -> Who {
        Who { role: "agent", name: self.agent.clone(), digest: self.component }
    }

    fn payload(&self, id: &DecisionId) -> Option<String> {
        let place = usize::try_from(id.n).ok()?.checked_sub(1)?;
        self.payloads.get(place).filter(|_| id.turn == self.turn).cloned()
    }
}

fn row(item: &Item<'_>, at: Millis, what: What, who: Option<Who>, code: &Code) -> Row {
    let (role, component, digest) =
        who.map_or((None, None, None), |who| (Some(who.role), who.name, who.digest));
    Row {
        at_ms: at,
        entry: item.entry.seq,
        what,
        role,
        component,
        digest,
        job: None,
        decision: None,
        call: None,
        arguments: None,
        reason: code.to_string(),
        message: None,
        by: None,
    }
}

/// The calls of capabilities that were answered with no.
fn observed(item: &Item<'_>, list: Option<&Ref>, base: &impl Fn(What, &Code) -> Row) -> Vec<Row> {
    let Some(text) = list.and_then(|list| item.text(list).ok()) else { return Vec::new() };
    // Most observations are answers, and those may be large.
    if !text.text.contains(r#""Err":"#) {
        return Vec::new();
    }
    let list: Vec<Observation> = serde_json::from_str(&text.text).unwrap_or_default();
    let refused = list.into_iter().filter_map(|seen| {
        let failure = seen.answer.err().filter(|failure| is_no(&failure.code))?;
        Some(Row {
            call: Some(brief(&seen.call)),
            arguments: Some(brief(seen.arguments.as_str())),
            message: Some(failure.message),
            ..base(What::Capability, &failure.code)
        })
    });
    refused.collect()
}

fn payloads(item: &Item<'_>, plan: Option<&Ref>) -> Vec<String> {
    let plan: Option<Plan> = plan.and_then(|plan| item.value(plan).ok());
    plan.into_iter().flat_map(|plan| plan.decisions).map(|proposal| brief(&proposal.payload)).collect()
}

/// The sentence; `None` where its data were erased.
fn message(item: &Item<'_>, message: Option<Ref>) -> Option<String> {
    item.value(&message?).ok()
}

fn brief(text: &str) -> String {
    text::brief(text, ARGUMENT_CHARS)
}

fn role(role: record::Role) -> &'static str {
    match role {
        record::Role::Agent => "agent",
        record::Role::Tool => "tool",
    }
}
