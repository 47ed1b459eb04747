//! `replay`: everything again from the record, and what differs.
//!
//! *Invariant:* no model is called and no node is needed; exit 0 only when every byte is found again.
//! *Doesn't know:* how a decision is judged again; `jaros_replay` does.
//! *Start at:* [`replay`].

use std::collections::HashMap;

use jaros_decision::{DecisionId, Seq};
use jaros_engine::Engine;
use jaros_ledger::{EntryKind, record as entry};
use jaros_replay::{Options, ReplayError, Report};

use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Output, Paint};
use crate::problem::{Outcome, Problem, code};
use crate::record;
use crate::text;

/// Divergences that people are shown.
const SHOWN: usize = 20;

/// `replay`.
pub(crate) fn replay(context: &Context, args: &args::Replay) -> Outcome {
    // Nothing to replay has an exit code of its own, as scripts of the reference expect.
    let nothing = |problem: Problem| {
        if problem.code.as_str() == code::NOTHING_YET {
            Problem { exit: Exit::Input, ..problem }
        } else {
            problem
        }
    };
    record::open(context).map(drop).or_else(|problem| {
        if problem.code.as_str() == code::BROKEN { Ok(()) } else { Err(nothing(problem)) }
    })?;
    let options = Options {
        job: args.job.clone(),
        until: args.until.map(Seq),
        into: args.into.clone(),
        workers: args.workers.unwrap_or(0),
    };
    let engine = engine(context)?;
    let out = &context.out;
    let report = jaros_replay::replay(&context.layout, &engine, &options, &mut |entries| {
        out.progress(format_args!("{} entries", text::count(entries)));
    });
    out.progress_done();
    let report = report.map_err(|error| not_replayed(error, args))?;
    if report.ok && report.jobs == 0 {
        let text = format!("no job stands on the record in {}", context.root());
        return Err(Problem::new(Exit::Input, code::NOTHING_YET, text)
            .next("jaros submit AGENT --wait, or jaros demo"));
    }
    if out.is_json() {
        out.document(&report)?;
    } else {
        if args.verbose {
            verbose(context, &options, &report)?;
        }
        print(out, &report)?;
    }
    Ok(if report.ok { Exit::Ok } else { Exit::No })
}

fn engine(context: &Context) -> Result<Engine, Problem> {
    context.engine().map_err(|error| {
        Problem::machine(error.to_string()).next("free some memory or address space, and repeat")
    })
}

fn not_replayed(error: ReplayError, args: &args::Replay) -> Problem {
    let text = error.to_string();
    match error {
        ReplayError::Nothing(_) if args.job.is_some() => Problem::unknown(text).next("jaros jobs"),
        ReplayError::Nothing(_) => Problem::unknown(text).next("jaros submit AGENT --wait, or jaros demo"),
        ReplayError::Unknown(_) => Problem::machine(text).next("use a version of jaros that knows it"),
        ReplayError::Machine(_) => {
            Problem::machine(text).next("jaros verify tells whether the ledger is to blame")
        }
        ReplayError::Into(_) => Problem::machine(text).next("name another folder with --into"),
    }
}

/// A line a decision, in ledger order.
fn verbose(context: &Context, options: &Options, report: &Report) -> Result<(), Problem> {
    let differs: HashMap<&DecisionId, &str> = report
        .divergences
        .iter()
        .filter_map(|found| Some((found.id.as_ref()?, found.what.as_str())))
        .collect();
    let mut reader = record::open(context)?;
    // A chain that breaks off was told already.
    while let Ok(Some(item)) = reader.read() {
        let seq = item.entry.seq;
        if options.until.is_some_and(|until| seq > until) {
            break;
        }
        let (id, source, what) = match item.entry.kind {
            EntryKind::Decision => {
                let Ok(body) = item.entry.parse::<entry::Decision>() else { continue };
                (body.id, body.source, body.kind.to_string())
            }
            EntryKind::Refusal => {
                let Ok(body) = item.entry.parse::<entry::Refusal>() else { continue };
                let kind = item.value::<String>(&body.kind).unwrap_or_default();
                (body.id, body.source, format!("{} (refused, {})", text::brief(&kind, 64), body.code))
            }
            _ => continue,
        };
        if options.job.as_ref().is_some_and(|job| *job != id.job) {
            continue;
        }
        let verdict = match differs.get(&id) {
            None => context.out.paint(Paint::Good, "same"),
            Some(what) => context.out.paint(Paint::Bad, format_args!("differs: {}", text::plain(what))),
        };
        context.out.line(format_args!("{seq:>6}  {id}  {source}  {what}  {verdict}"))?;
    }
    Ok(())
}

fn print(out: &Output, report: &Report) -> Result<(), Problem> {
    let yes = |is: bool| if is { out.paint(Paint::Good, "yes") } else { out.paint(Paint::Bad, "no") };
    let row = |name: &str, what: String| {
        out.line(format_args!("{} {what}", out.paint(Paint::Dim, format_args!("{name:<14}"))))
    };
    row("chain intact", yes(report.chain_ok))?;
    row("byte-identical", yes(report.byte_identical))?;
    let recorded = report.recorded_model_calls;
    let answered = if recorded == 0 {
        String::new()
    } else {
        format!(" ({} answered from the record)", text::count(recorded))
    };
    row("model calls", format!("{}{answered}", report.model_calls))?;
    row(
        "replayed",
        format!(
            "{} of {}, {} refused, {} files compared",
            text::several(report.decisions, "decision"),
            text::several(report.jobs, "job"),
            text::count(report.refusals),
            text::count(report.files_compared),
        ),
    )?;
    for (agent, decisions) in &report.by_agent {
        row("", format!("{agent} {}", text::count(*decisions)))?;
    }
    row("final state", report.final_state.clone())?;
    if let Some(digest) = report.state_digest {
        row("state digest", digest.to_hex())?;
    }
    if report.cost_differences > 0 {
        row(
            "fuel",
            format!("{} used other fuel than recorded", text::several(report.cost_differences, "call")),
        )?;
    }
    differences(out, report)
}

fn differences(out: &Output, report: &Report) -> Result<(), Problem> {
    let bad = |what: String| out.line(out.paint(Paint::Bad, what));
    if let Some(broken) = &report.broken {
        bad(format!("broken: {}", text::plain(&broken.what)))?;
    }
    for found in report.divergences.iter().take(SHOWN) {
        let id = found.id.as_ref().map_or_else(|| found.job.to_string(), ToString::to_string);
        let by = found.agent.as_ref().map_or_else(String::new, |agent| format!(" by {agent}"));
        bad(format!("entry {}: {id}{by}: {}", found.seq, text::plain(&found.what)))?;
    }
    if report.divergence_count > SHOWN as u64 {
        bad(format!("and {} more", text::count(report.divergence_count - SHOWN as u64)))?;
    }
    for file in report.files.iter().take(SHOWN) {
        bad(format!("{}: {}", text::plain(&file.path.display().to_string()), text::plain(&file.what)))?;
    }
    if let Some(attribution) = &report.attribution {
        let source = attribution.source.as_ref().map_or("nobody", |source| source.as_str());
        let reason = text::lines(&attribution.reason);
        out.line(format_args!(
            "first {}: entry {}, {} by {source}: {reason}",
            attribution.kind, attribution.index, attribution.id
        ))?;
    }
    Ok(())
}
