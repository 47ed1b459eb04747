//! `demo`: what this is about, in a few seconds: a swarm, a crash, a wrong answer, a replay, an intruder and a forger.
//!
//! *Invariant:* everything is real and happens now, in a folder of its own, without a network and without a model; a step
//! that doesn't show what it claims ends the demo with exit 1.
//! *Doesn't know:* the data directory.
//! *Start at:* [`run`].

mod again;
mod blame;
mod count;
mod crash;
mod forge;
mod intruder;
mod say;
mod stage;
mod swarm;
mod tickets;

use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

use self::again::Again;
use self::blame::Blame;
use self::crash::Crash;
use self::forge::Forged;
use self::intruder::Intruder;
use self::say::{Say, holds};
use self::stage::Stage;
use self::swarm::Swarm;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::Output;
use crate::problem::{Outcome, Problem};
use crate::text;

/// The most characters of a command and a remark that fit on one line.
const BESIDE: usize = 93;

/// What `demo --json` prints.
#[derive(Serialize)]
struct Shown {
    ok: bool,
    took_ms: u64,
    /// The folder; gone by now, unless it was kept.
    folder: String,
    kept: bool,
    swarm: Swarm,
    crash: Crash,
    cause: Blame,
    replay: Again,
    refusal: Intruder,
    tampering: Forged,
    next: Vec<Next>,
}

/// A command to try.
#[derive(Serialize)]
struct Next {
    command: String,
    what: &'static str,
}

/// Shows it.
pub(crate) fn run(context: &Context, keep: bool) -> Outcome {
    let say = Say::new(&context.out);
    let shown = show(context, &say, keep);
    // An error stands on a line of its own.
    say.done_waiting();
    let shown = shown?;
    if context.out.is_json() {
        context.out.document(&shown)?;
    }
    Ok(Exit::Ok)
}

fn show(context: &Context, say: &Say<'_>, keep: bool) -> Result<Shown, Problem> {
    let begin = Instant::now();
    let tickets = tickets::all();
    let stage = Stage::set(context, keep, &tickets)?;
    let root = stage.root().to_owned();
    say.line(
        say.strong("Jaros runs agents that can be reproduced, blamed and contained. See for yourself:"),
    )?;
    let real = format!(
        "real processes and files, in {}, no network, no model; every line is checked",
        root.display()
    );
    say.line(say.dim(real))?;
    let mut swarm = swarm::open(say, &stage, &tickets)?;
    let crash = crash::survive(say, &stage, &tickets, &mut swarm)?;
    let cause = blame::trace(say, &stage, &tickets)?;
    let replay = again::replay(say, &stage, crash.count())?;
    let refusal = intruder::drop_in(say, &stage)?;
    let ended = stage.stop()?;
    holds(ended.success(), format_args!("the node didn't stop well ({ended})"))?;
    let tampering = forge::flip(say, &stage, &cause.job, &cause.answer, replay.report.state_digest)?;
    let next = next(keep.then(|| stage.place.layout.root()), &cause);
    drop(stage);
    holds(root.exists() == keep, format_args!("{} can't be removed", root.display()))?;
    let took_ms = swarm::millis(begin.elapsed());
    let folder = root.display().to_string();
    let shown = Shown {
        ok: true,
        took_ms,
        folder,
        kept: keep,
        swarm,
        crash,
        cause,
        replay,
        refusal,
        tampering,
        next,
    };
    close(say, &shown)?;
    Ok(shown)
}

fn close(say: &Say<'_>, shown: &Shown) -> Result<(), Problem> {
    say.line("")?;
    let fate =
        if shown.kept { format!("{} stays", shown.folder) } else { "its folder is gone again".to_owned() };
    let took = text::duration(Duration::from_millis(shown.took_ms));
    say.line(format_args!("{} in {took}; {fate}. Next:", say.good("All six were shown")))?;
    let widest = |width: fn(&Next) -> usize| shown.next.iter().map(width).max().unwrap_or(0);
    let width = widest(|next| next.command.chars().count());
    let beside = width + widest(|next| next.what.chars().count()) <= BESIDE;
    for Next { command, what } in &shown.next {
        let what = say.dim(format_args!("# {what}"));
        if beside {
            say.line(format_args!("   {command:<width$}  {what}"))?;
        } else {
            say.line(format_args!("   {what}\n   {command}"))?;
        }
    }
    Ok(())
}

/// What to try: in the folder that was kept, or in one of the reader's own.
fn next(kept: Option<&Path>, cause: &Blame) -> Vec<Next> {
    let out = Output::new(false).named(kept);
    let line = |command: &str, what| Next { command: as_typed(&out.advice(command)), what };
    if kept.is_some() {
        return vec![
            line(&format!("jaros show {}", cause.job), "the ticket, turn by turn"),
            line("jaros ledger --limit 20", "the record, entry by entry"),
            line("jaros replay --verbose", "every decision once more"),
        ];
    }
    vec![
        line("jaros init --with-examples", "a folder of your own"),
        line("jaros serve", "the node; leave it running"),
        line(r#"jaros submit greeter --input '{"name":"Ada"}' --wait"#, "in another terminal"),
    ]
}

/// The command with this program's name as it was typed, so that it can be typed again.
fn as_typed(command: &str) -> String {
    let plain = |name: &String| name.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+".contains(c));
    let program = std::env::args().next().filter(plain).filter(|name| !name.is_empty());
    match (program, command.strip_prefix("jaros")) {
        (Some(program), Some(rest)) => program + rest,
        _ => command.to_owned(),
    }
}
