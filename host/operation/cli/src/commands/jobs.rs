//! `jobs`: one line a job.
//!
//! *Invariant:* from the record, and the inbox for those that it doesn't know yet.
//! *Doesn't know:* a job's turns; `show` tells them.
//! *Start at:* [`jobs`].

use std::collections::BTreeMap;

use jaros_decision::JobId;
use serde::Serialize;

use crate::args::{self, Standing};
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Output, Paint};
use crate::problem::{Outcome, Problem, code};
use crate::record;
use crate::roll::{Roll, Row};
use crate::text;

#[derive(Serialize)]
struct Listing<'a> {
    /// How many jobs stand how, whatever was asked for.
    census: BTreeMap<&'static str, u64>,
    /// How many were asked for, those beyond the limit included.
    matching: usize,
    jobs: Vec<&'a Row>,
}

/// `jobs`.
pub(crate) fn jobs(context: &Context, args: &args::Jobs) -> Outcome {
    let mut roll = Roll::default();
    match record::open(context) {
        Ok(mut reader) => {
            roll.catch_up(&mut reader)?;
            record::intact(context, &reader)?;
        }
        // A job may wait where no node ever ran.
        Err(problem) if problem.code.as_str() == code::NOTHING_YET && context.existing().is_ok() => {}
        Err(problem) => return Err(problem),
    }
    let queued = queued(context, &roll);
    let wanted = |row: &&Row| {
        args.state.is_none_or(|state| row.state == state)
            && args.agent.as_ref().is_none_or(|agent| row.agent.as_ref() == Some(agent))
    };
    let mut shown: Vec<&Row> = roll.rows().iter().chain(&queued).filter(wanted).collect();
    let matching = shown.len();
    if args.limit > 0 && matching > args.limit {
        shown.drain(..matching - args.limit);
    }
    let mut census = roll.census();
    if !queued.is_empty() {
        census.insert(Standing::Queued.word(), queued.len() as u64);
    }
    if context.out.is_json() {
        context.out.document(&Listing { census, matching, jobs: shown })?;
        return Ok(Exit::Ok);
    }
    for row in &shown {
        context.out.line(line(&context.out, row))?;
    }
    tail(context, matching, shown.len(), &census)?;
    Ok(Exit::Ok)
}

fn tail(
    context: &Context,
    matching: usize,
    shown: usize,
    census: &BTreeMap<&str, u64>,
) -> Result<(), Problem> {
    if matching > shown {
        context.out.remark(format_args!(
            "{} earlier ones; --limit 0 shows all.",
            text::count((matching - shown) as u64)
        ));
    }
    let parts: Vec<String> =
        census.iter().map(|(word, number)| format!("{} {word}", text::count(*number))).collect();
    match parts.is_empty() {
        true => context.out.remark("There are no jobs yet.\nnext: jaros submit AGENT --input JSON"),
        false => context.out.remark(format_args!("{}.", parts.join(", "))),
    }
    Ok(())
}

/// Jobs in the inbox that the record doesn't know.
fn queued(context: &Context, roll: &Roll) -> Vec<Row> {
    let entries = std::fs::read_dir(context.layout.inbox()).into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| JobId::new(entry.file_name().to_str()?.strip_suffix(".json")?).ok());
    let mut ids: Vec<JobId> = ids.filter(|id| roll.get(id).is_none()).collect();
    ids.sort();
    ids.into_iter().map(Row::queued).collect()
}

fn line(out: &Output, row: &Row) -> String {
    let paint = match row.state {
        Standing::Done => Paint::Good,
        Standing::Failed => Paint::Bad,
        Standing::Blocked => Paint::Care,
        Standing::Queued | Standing::Running | Standing::Waiting => Paint::Dim,
    };
    let at = row.accepted_at_ms.map_or_else(|| "in the inbox".to_owned(), text::moment);
    let what = match (&row.result, &row.code, &row.reason) {
        (Some(result), ..) => result.clone(),
        (None, Some(code), reason) => format!("{code}: {}", reason.as_deref().unwrap_or_default()),
        _ => String::new(),
    };
    let turns = if row.turns == 0 { String::new() } else { text::several(row.turns.into(), "turn") };
    let agent = row.agent.as_ref().map_or("-", |agent| agent.as_str());
    let state = out.paint(paint, format_args!("{:<7}", row.state.word()));
    format!("{}  {state}  {agent:<14} {turns:>8}  {at:<24}  {}", row.id, text::brief(&what, 60))
        .trim_end()
        .to_owned()
}
