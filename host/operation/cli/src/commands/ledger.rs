//! `ledger`: the record, entry by entry.
//!
//! *Invariant:* every entry that is shown was checked against the chain; with `--json` each is one line with its data.
//! *Doesn't know:* what a job is; filters go by what the host stamped on an entry.
//! *Start at:* [`ledger`].

mod line;

use std::collections::VecDeque;
use std::time::Duration;

use jaros_decision::{Digest, Ref, Seq};
use jaros_ledger::{Item, Reader};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::Output;
use crate::problem::{Outcome, Problem};
use crate::record;
use crate::text;

/// Between two looks at a ledger that is followed.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LAST_PAUSE: Duration = Duration::from_millis(100);

/// An entry with what it names.
#[derive(Serialize)]
struct Shown<'a> {
    seq: Seq,
    kind: &'a str,
    body: &'a RawValue,
    /// What the body's references stand for; `null` for data that were erased.
    data: Map<String, Value>,
    prev: Digest,
    hash: Digest,
    segment: String,
    offset: u64,
}

/// `ledger`.
pub(crate) fn ledger(context: &Context, args: &args::Ledger) -> Outcome {
    if let Some(kind) = &args.kind {
        known(kind)?;
    }
    let mut reader = record::open(context)?;
    let mut newest = VecDeque::new();
    while let Some(item) = reader.read()? {
        if wanted(args, &item) {
            if args.limit > 0 && newest.len() == args.limit {
                newest.pop_front();
            }
            newest.push_back(shown(&context.out, &item));
            // Without a limit nothing has to be held back.
            if args.limit == 0 {
                print(context, &mut newest)?;
            }
        }
    }
    print(context, &mut newest)?;
    record::intact(context, &reader)?;
    if args.follow { follow(context, args, reader) } else { Ok(Exit::Ok) }
}

/// That a kind to go by is one.
fn known(kind: &str) -> Result<(), Problem> {
    const KINDS: [&str; 15] = [
        "open",
        "key",
        "config",
        "component",
        "job",
        "reasoned",
        "decision",
        "refusal",
        "intent",
        "outcome",
        "done",
        "operator",
        "snapshot",
        "checkpoint",
        "erase",
    ];
    if KINDS.contains(&kind) {
        return Ok(());
    }
    let text = format!(
        "there is no kind of entry {:?}; {}",
        text::brief(kind, 64),
        text::suggestion(kind, &KINDS, "kind")
    );
    Err(Problem::unknown(text).next("jaros ledger shows entries of every kind"))
}

fn print(context: &Context, lines: &mut VecDeque<String>) -> Result<(), Problem> {
    lines.drain(..).try_for_each(|line| context.out.line(line))
}

fn follow(context: &Context, args: &args::Ledger, mut reader: Reader) -> Outcome {
    let mut pause = FIRST_PAUSE;
    loop {
        while let Some(item) = reader.read()? {
            pause = FIRST_PAUSE;
            if wanted(args, &item) {
                context.out.line(shown(&context.out, &item))?;
            }
        }
        context.out.flush()?;
        std::thread::sleep(pause);
        pause = (pause * 2).min(LAST_PAUSE);
    }
}

fn wanted(args: &args::Ledger, item: &Item<'_>) -> bool {
    let entry = &item.entry;
    let kind = args.kind.as_ref().is_none_or(|kind| entry.kind.as_str() == kind.as_str());
    // Names have no characters that JSON escapes, so the text of the body tells.
    let says = |member: &str, value: &str| entry.body.contains(&format!("\"{member}\":\"{value}"));
    let source = args.source.as_ref().is_none_or(|source| says("source", &format!("{source}\"")));
    let job = args.job.as_ref().is_none_or(|job| {
        says("job", &format!("{job}\""))
            || ["id", "parent", "decision"].iter().any(|member| says(member, &format!("{job}/")))
    });
    kind && source && job
}

fn shown(out: &Output, item: &Item<'_>) -> String {
    if out.is_json() { json(item) } else { line::line(out, item) }
}

fn json(item: &Item<'_>) -> String {
    let entry = &item.entry;
    let value = |reference: &Ref| item.json(reference).map_or(Value::Null, |json| json.to_value());
    let shown = Shown {
        seq: entry.seq,
        kind: entry.kind.as_str(),
        body: serde_json::from_str(entry.body).expect("a body is JSON"),
        data: entry.refs().map(|reference| (reference.to_string(), value(&reference))).collect(),
        prev: entry.prev,
        hash: entry.hash,
        segment: item.segment.to_string(),
        offset: item.offset,
    };
    serde_json::to_string(&shown).expect("an entry is JSON")
}
