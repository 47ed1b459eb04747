//! `show`: one job, turn by turn.
//!
//! *Invariant:* people and programs see the same [`Story`]; other people's words carry no control characters.
//! *Doesn't know:* how it is gathered.
//! *Start at:* [`show`]; [`print()`] is what `run` shows too.

use jaros_decision::{Failure, Fuel, JobId, Json};

use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Output, Paint};
use crate::problem::{Outcome, Problem};
use crate::record;
use crate::roll::Roll;
use crate::story::{self, Child, Decision, ModelCall, Operated, Story, Turn};
use crate::text;

/// Characters of a payload, a result, a question or an answer.
const SHOWN_CHARS: usize = 400;

/// `show`.
pub(crate) fn show(context: &Context, args: &args::Show) -> Outcome {
    let mut found = read(context, &args.job)?;
    if found.is_none() {
        found = read(context, &complete(context, &args.job)?)?;
    }
    let Some(story) = found else { return Err(unknown(&args.job)) };
    if context.out.is_json() {
        context.out.document(&story)?;
    } else {
        print(&context.out, &story)?;
    }
    Ok(Exit::Ok)
}

fn read(context: &Context, job: &JobId) -> Result<Option<Story>, Problem> {
    let mut reader = record::open(context)?;
    let found = story::gather(&mut reader, job)?;
    record::intact(context, &reader).map(|()| found)
}

fn unknown(job: &JobId) -> Problem {
    Problem { exit: Exit::No, ..Problem::unknown(format!("no job {job} is on the record")) }
        .next("jaros jobs lists them")
}

/// The one job whose id begins or ends like this.
fn complete(context: &Context, part: &JobId) -> Result<JobId, Problem> {
    let mut roll = Roll::default();
    roll.catch_up(&mut record::open(context)?)?;
    let fits = |id: &JobId| id.as_str().starts_with(part.as_str()) || id.as_str().ends_with(part.as_str());
    let fitting: Vec<&JobId> = roll.rows().iter().map(|row| &row.id).filter(|id| fits(id)).collect();
    match fitting[..] {
        [only] => Ok(only.clone()),
        [] if context.layout.inbox().join(format!("{part}.json")).exists() => Err(Problem {
            exit: Exit::No,
            ..Problem::unknown(format!("job {part} still waits in the inbox"))
        }
        .next("jaros serve runs it")),
        [] => Err(unknown(part)),
        _ => {
            let text = format!("{} jobs have ids that begin or end with {part}", fitting.len());
            let some = fitting.iter().take(10).map(ToString::to_string).collect();
            Err(Problem::new(Exit::Input, crate::problem::code::AMBIGUOUS, text)
                .details(some)
                .next("give more of the id"))
        }
    }
}

/// Tells the story to people.
pub(crate) fn print(out: &Output, story: &Story) -> Result<(), Problem> {
    head(out, story)?;
    let mut operated = story.operated.iter().peekable();
    for turn in &story.turns {
        while let Some(act) = operated.next_if(|act| act.turn < turn.turn) {
            operator(out, act)?;
        }
        print_turn(out, story, turn)?;
    }
    for act in operated {
        operator(out, act)?;
    }
    out.line("")?;
    match (&story.result, &story.error) {
        (Some(result), _) => {
            out.line(format_args!("{} {}", out.paint(Paint::Good, "result"), shown(result)))?;
        }
        (None, Some(failure)) => {
            let by = story.decision.as_ref().map_or_else(String::new, |id| format!(" (by {id})"));
            out.line(format_args!("{} {}{by}", out.paint(Paint::Bad, "failed"), why(failure)))?;
        }
        (None, None) if story.state == "BLOCKED" => {
            out.line(out.paint(Paint::Care, "blocked: it waits for an operator"))?;
            out.line(out.advice(&format!("next: jaros unblock {} --input JSON", story.id)))?;
        }
        (None, None) => out.line(out.paint(Paint::Dim, "still under way"))?,
    }
    Ok(())
}

fn head(out: &Output, story: &Story) -> Result<(), Problem> {
    let paint = match story.state.as_str() {
        "DONE" => Paint::Good,
        "FAILED" => Paint::Bad,
        _ => Paint::Care,
    };
    let agent = story.agent.as_ref().map_or("(no agent)", |agent| agent.as_str());
    let (job, state) =
        (out.paint(Paint::Strong, format_args!("job {}", story.id)), out.paint(paint, &story.state));
    out.line(format_args!("{job}  {agent}  {state}"))?;
    let by = match &story.parent {
        Some(parent) => format!("decision {parent}"),
        None => story.source.to_string(),
    };
    let (first, last) = story.entries;
    let entries = if story.is_over() { format!("{first} to {last}") } else { format!("{first} on") };
    out.line(format_args!(
        "accepted {} from {by}, ledger entries {entries}",
        text::moment(story.accepted_at_ms)
    ))?;
    out.line(format_args!("input {}", shown(&story.input)))
}

fn print_turn(out: &Output, story: &Story, turn: &Turn) -> Result<(), Problem> {
    out.line("")?;
    let after = text::duration(text::between(story.accepted_at_ms, turn.at_ms));
    let title = out.paint(Paint::Strong, format_args!("turn {}", turn.turn));
    let attempt = if turn.attempt > 1 { format!(", attempt {}", turn.attempt) } else { String::new() };
    let about = format!(
        "{}@{}, {} after acceptance{attempt}, {}",
        turn.agent,
        turn.component.short(),
        after,
        fuel(turn.fuel)
    );
    out.line(format_args!("{title}  {}", out.paint(Paint::Dim, about)))?;
    for call in &turn.model_calls {
        model_call(out, call)?;
    }
    for seen in &turn.observed {
        out.line(format_args!("  saw    {} {}", text::plain(&seen.call), shown(&seen.arguments)))?;
    }
    for decision in &turn.decisions {
        let child = story.children.iter().find(|child| Some(&child.id) == decision.child.as_ref());
        print_decision(out, decision, child)?;
    }
    if let Some(failure) = &turn.error {
        out.line(format_args!("  {}", out.paint(Paint::Bad, format_args!("no plan: {}", why(failure)))))?;
    }
    if let Some(memo) = turn.memo.as_ref().filter(|memo| memo.as_str() != "null") {
        out.line(format_args!("  memo   {}", shown(memo)))?;
    }
    Ok(())
}

/// A question to the model, and the answer.
pub(crate) fn model_call(out: &Output, call: &ModelCall) -> Result<(), Problem> {
    let asked = call.request.messages.last().map_or("", |message| message.content.as_str());
    out.line(format_args!("  asked  {}", out.paint(Paint::Dim, text::brief(asked, SHOWN_CHARS))))?;
    match (&call.answer, &call.error) {
        (Some(answer), _) => {
            let model = out.paint(Paint::Dim, format_args!("({})", text::plain(&answer.model)));
            out.line(format_args!("  model  {} {model}", text::brief(&answer.text, SHOWN_CHARS)))
        }
        (None, Some(failure)) => out.line(format_args!("  model  {}", out.paint(Paint::Bad, why(failure)))),
        (None, None) => Ok(()),
    }
}

fn print_decision(out: &Output, decision: &Decision, child: Option<&Child>) -> Result<(), Problem> {
    let id = format!("{}/{}", decision.id.turn, decision.id.n);
    let note = Some(&decision.note).filter(|note| !note.is_empty());
    let note = note.map_or_else(String::new, |note| format!("  “{}”", text::brief(note, 120)));
    let kind = out.paint(Paint::Strong, text::brief(&decision.kind, 64));
    let payload = text::brief(&decision.payload, SHOWN_CHARS);
    out.line(format_args!("  {id:<6} {kind} {payload}{}", out.paint(Paint::Dim, note)))?;
    out.line(format_args!("         {}", verdict(out, decision)))?;
    for seen in &decision.observed {
        out.line(format_args!("         saw {} {}", text::plain(&seen.call), shown(&seen.arguments)))?;
    }
    for change in &decision.changes {
        out.line(format_args!("         {}", text::plain(change)))?;
    }
    for path in &decision.artifacts {
        out.line(format_args!("         wrote artifacts/{}", text::plain(path)))?;
    }
    if let Some((from, to)) = &decision.moved {
        out.line(format_args!("         {from} → {to}"))?;
    }
    if let Some(job) = &decision.child {
        print_child(out, job, child)?;
    }
    match &decision.result {
        Some(result) => out.line(format_args!("         → {}", shown(result))),
        None => Ok(()),
    }
}

/// What the gate said, and by what at which cost it was carried out.
fn verdict(out: &Output, decision: &Decision) -> String {
    let verdict = match (decision.verdict, &decision.error) {
        ("admitted", Some(failure)) => {
            out.paint(Paint::Bad, format_args!("admitted, failed: {}", why(failure)))
        }
        ("admitted", None) => out.paint(Paint::Good, "admitted"),
        ("refused", Some(failure)) => out.paint(Paint::Care, format_args!("refused: {}", why(failure))),
        (word, _) => out.paint(Paint::Dim, word),
    };
    let by = decision.component.map_or_else(String::new, |digest| format!(" by @{}", digest.short()));
    let cost = decision.fuel.filter(|fuel| fuel.0 > 0);
    let cost = cost.map_or_else(String::new, |used| format!(", {}", fuel(used)));
    format!("{verdict}{}", out.paint(Paint::Dim, by + &cost))
}

fn print_child(out: &Output, job: &JobId, child: Option<&Child>) -> Result<(), Problem> {
    let agent = child.and_then(|child| child.agent.as_ref()).map_or("", |agent| agent.as_str());
    let state = child.map_or("QUEUED", |child| child.state);
    out.line(format_args!("         job {job} {agent} {state}"))?;
    match child.and_then(|child| child.code.as_ref().zip(child.reason.as_deref())) {
        Some((code, reason)) => {
            out.line(format_args!("         → {code}: {}", text::brief(reason, SHOWN_CHARS)))
        }
        None => Ok(()),
    }
}

fn operator(out: &Output, act: &Operated) -> Result<(), Problem> {
    let input = act.input.as_ref().map_or_else(String::new, |input| format!(": {}", shown(input)));
    out.line("")?;
    out.line(
        out.paint(
            Paint::Care,
            format_args!("{} by {} at {}{input}", act.did, act.by, text::moment(act.at_ms)),
        ),
    )
}

fn shown(json: &Json) -> String {
    text::brief(json.as_str(), SHOWN_CHARS)
}

/// A failure as one line.
pub(crate) fn why(failure: &Failure) -> String {
    format!("{}: {}", failure.code, text::brief(&failure.message, SHOWN_CHARS))
}

fn fuel(fuel: Fuel) -> String {
    format!("{} fuel", text::count(fuel.0))
}
