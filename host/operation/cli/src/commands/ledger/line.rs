//! One entry as a line for people.
//!
//! *Invariant:* kinds and shapes of a later version are shown as they stand; other people's words carry no control
//! characters.
//! *Doesn't know:* which entries are wanted.
//! *Start at:* [`line()`].

use jaros_decision::{Code, Ref};
use jaros_ledger::record::{self, Staged};
use jaros_ledger::{EntryError, EntryKind, Item};

use crate::output::{Output, Paint};
use crate::text;

/// Characters of a datum.
const DATUM_CHARS: usize = 100;

/// `41  outcome   0190…/1/1 ok {"greeting":…}`.
pub(crate) fn line(out: &Output, item: &Item<'_>) -> String {
    let entry = &item.entry;
    let said = say(item).unwrap_or_else(|_| text::brief(entry.body, 160));
    let paint = match entry.kind {
        EntryKind::Refusal | EntryKind::Erase => Paint::Care,
        EntryKind::Done if said.contains(" FAILED") => Paint::Bad,
        EntryKind::Done => Paint::Good,
        EntryKind::Job | EntryKind::Decision | EntryKind::Outcome | EntryKind::Reasoned => Paint::Strong,
        _ => Paint::Dim,
    };
    let kind = out.paint(paint, format_args!("{:<10}", entry.kind.as_str()));
    format!("{:>6}  {kind}  {said}", entry.seq).trim_end().to_owned()
}

fn say(item: &Item<'_>) -> Result<String, EntryError> {
    let entry = &item.entry;
    let datum = |reference: &Ref| datum(item, reference);
    let why = |code: &Option<Code>, message: &Option<Ref>| match (code, message) {
        (Some(code), Some(message)) => format!("{code}: {}", datum(message)),
        (Some(code), None) => code.to_string(),
        _ => String::new(),
    };
    Ok(match entry.kind {
        EntryKind::Open => {
            let body: record::Open = entry.parse()?;
            format!("{} by node {}, epoch {}, tenant {}", body.host, body.node, body.epoch, body.tenant)
        }
        EntryKind::Key => {
            let body: record::Key = entry.parse()?;
            format!("{} {}", body.name, body.id)
        }
        EntryKind::Config => {
            let body: record::Config = entry.parse()?;
            format!("{} {}", body.file, datum(&body.data))
        }
        EntryKind::Component => component(&entry.parse()?, &why),
        EntryKind::Job => {
            let body: record::Job = entry.parse()?;
            let agent = body.agent.as_ref().map_or("-", |agent| agent.as_str());
            let by = body.parent.map_or_else(|| body.source.to_string(), |parent| parent.to_string());
            format!("{} for {agent} by {by}: {}", body.job, datum(&body.input))
        }
        EntryKind::Reasoned => {
            let body: record::Reasoned = entry.parse()?;
            let (code, message) = body.failure.map(|failed| (failed.code, failed.message)).unzip();
            let plan = body.plan.map_or_else(|| why(&code, &message), |plan| datum(&plan));
            format!("{} turn {} by {}@{}: {plan}", body.job, body.turn, body.agent, body.component.short())
        }
        EntryKind::Decision => {
            let body: record::Decision = entry.parse()?;
            format!("{} {} {}", body.id, body.kind, datum(&body.payload))
        }
        EntryKind::Refusal => {
            let body: record::Refusal = entry.parse()?;
            format!("{} {} {}: {}", body.id, datum(&body.kind), body.code, datum(&body.message))
        }
        EntryKind::Outcome => outcome(&entry.parse()?, &why, &datum),
        EntryKind::Done => {
            let body: record::Done = entry.parse()?;
            let state = if body.state == record::End::Done { "DONE" } else { "FAILED" };
            let what = body.result.map_or_else(|| why(&body.code, &body.reason), |result| datum(&result));
            format!("{} {state} {what}", body.job)
        }
        EntryKind::Operator => {
            let body: record::Operator = entry.parse()?;
            let op = format!("{:?}", body.op).to_lowercase();
            let job = body.job.map_or_else(String::new, |job| format!(" {job}"));
            let of = body.component.map_or_else(String::new, |of| {
                let role = format!("{:?}", of.role).to_lowercase();
                format!(" {role} {}@{}", of.name, of.digest.short())
            });
            let input = body.input.map_or_else(String::new, |input| format!(": {}", datum(&input)));
            format!("{op}{job}{of} by {}{input}", body.source)
        }
        EntryKind::Checkpoint => {
            let body: record::Checkpoint = entry.parse()?;
            format!("signs entry {}; published up to {}", entry.seq.0.saturating_sub(1), body.published)
        }
        _ => text::brief(entry.body, 160),
    })
}

fn component(body: &record::Component, why: &impl Fn(&Option<Code>, &Option<Ref>) -> String) -> String {
    let digest = body.digest.map_or_else(String::new, |digest| format!("@{}", digest.short()));
    let (role, event) =
        (format!("{:?}", body.role).to_lowercase(), format!("{:?}", body.event).to_lowercase());
    format!("{role} {}{digest} {event} {}", body.name, why(&body.code, &body.message))
}

fn outcome(
    body: &record::Outcome,
    why: &impl Fn(&Option<Code>, &Option<Ref>) -> String,
    datum: &impl Fn(&Ref) -> String,
) -> String {
    let what = match &body.effect.result {
        Some(result) => format!("ok {}", datum(result)),
        None => why(&body.effect.code, &body.effect.message),
    };
    let staged = body.effect.staged.iter().map(|staged| match staged {
        Staged::Artifact { artifact, bytes, .. } => {
            format!("artifact {} ({})", datum(artifact), text::bytes(*bytes))
        }
        Staged::Submit { submit, agent, wait, .. } => {
            format!("submits {submit} for {agent}{}", if *wait { " and waits" } else { "" })
        }
        Staged::Entry { entry, store, value } => {
            let verb = if value.is_some() { "sets" } else { "removes" };
            format!("{verb} {} in the store of {store}", datum(entry))
        }
        Staged::File { file, tool, data } => {
            let verb = if data.is_some() { "writes" } else { "removes" };
            format!("{verb} {} for {tool}", datum(file))
        }
        Staged::Events { from, to, .. } => format!("{from} → {to}"),
    });
    let staged: Vec<String> = staged.collect();
    let staged = if staged.is_empty() { String::new() } else { format!(" [{}]", staged.join("; ")) };
    format!("{} {what}{staged}", body.id)
}

fn datum(item: &Item<'_>, reference: &Ref) -> String {
    match item.text(reference) {
        Ok(text) => text::brief(&text.text, DATUM_CHARS),
        Err(error) => format!("({error})"),
    }
}
