//! Step 2: the node is killed with work in its hands, and started again.
//!
//! *Invariant:* the kill is SIGKILL on the node's process; what is said about before and after was counted on disk.
//! *Doesn't know:* how recovery works; the node did it.
//! *Start at:* [`survive`].

use std::collections::BTreeMap;
use std::time::Instant;
use std::{fmt, fs};

use jaros_decision::JobId;
use serde::Serialize;

use super::count::Count;
use super::say::{Say, holds};
use super::stage::{self, Stage};
use super::swarm::{Swarm, millis};
use super::tickets::{LATE, Ticket};
use crate::problem::Problem;
use crate::text;

/// One in so many tickets is done when the node is killed.
const KILLED_AT: usize = 3;

/// What was seen.
#[derive(Serialize)]
pub(super) struct Crash {
    signal: &'static str,
    at_kill: AtKill,
    submitted_while_dead: usize,
    pid: u32,
    epoch: u64,
    serving_after_ms: u64,
    all_done_after_ms: u64,
    tickets: usize,
    done: usize,
    failed: usize,
    /// Results from before the kill that are byte for byte the same.
    unchanged: usize,
    after: Count,
    /// What has no result, or more than one, or isn't on the record: nothing.
    lost: usize,
    twice: usize,
}

impl Crash {
    /// What stands on the record now.
    pub(super) fn count(&self) -> &Count {
        &self.after
    }
}

/// How the tickets stood when the node died.
#[derive(Serialize)]
struct AtKill {
    done: usize,
    under_way: usize,
    queued: usize,
    entries: u64,
}

impl fmt::Display for AtKill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, under_way, queued, entries } = self;
        write!(
            f,
            "{done} tickets done · {under_way} under way · {queued} queued · {} entries on the record",
            text::count(*entries)
        )
    }
}

/// Kills the node in the middle, starts it again, and counts.
pub(super) fn survive(
    say: &Say<'_>,
    stage: &Stage,
    tickets: &[Ticket],
    swarm: &mut Swarm,
) -> Result<Crash, Problem> {
    say.step(2, "kill -9, in the middle of it")?;
    say.wait("tickets are under way");
    let (at_kill, before) = kill(stage, &swarm.jobs)?;
    say.row("at the kill", &at_kill)?;
    swarm.jobs.extend(come_late(say, stage, tickets)?);
    let jobs = &swarm.jobs;
    let begin = Instant::now();
    let served = stage.start()?;
    let (pid, epoch, after) = (served.pid, served.epoch, text::duration(served.after));
    holds(epoch == swarm.epoch + 1, format_args!("the second node has epoch {epoch}"))?;
    say.row(
        "started again",
        format_args!("process {pid} took over as epoch {epoch} and serves after {after}"),
    )?;
    say.wait("the rest is worked off");
    let (done, failed) = finish(stage, tickets, jobs)?;
    let all_done_after = begin.elapsed();
    let (of, took) = (jobs.len(), text::duration(all_done_after));
    say.row(
        "at the end",
        format_args!("{of} of {of} tickets have their result after {took}: {done} done, {failed} failed"),
    )?;
    let after = Count::of(&stage.place)?;
    let unchanged = unchanged(stage, &before)?;
    let (lost, twice) = (after.lost(jobs), after.twice());
    prove(say, &after, lost, twice, unchanged)?;
    Ok(Crash {
        signal: "SIGKILL",
        at_kill,
        submitted_while_dead: LATE,
        pid,
        epoch,
        serving_after_ms: millis(served.after),
        all_done_after_ms: millis(all_done_after),
        tickets: jobs.len(),
        done,
        failed,
        unchanged,
        after,
        lost,
        twice,
    })
}

/// Submits the last tickets, which nobody is there to take.
fn come_late(say: &Say<'_>, stage: &Stage, tickets: &[Ticket]) -> Result<Vec<JobId>, Problem> {
    let late = tickets[tickets.len() - LATE..].iter();
    let late = late.map(|ticket| stage.submit(ticket)).collect::<Result<Vec<_>, _>>()?;
    holds(late.iter().all(|job| waits(stage, job)), "a ticket was taken though nobody is there")?;
    let what = format_args!("{LATE} more tickets come in: submitting writes a file, nobody has to listen");
    say.row("while dead", what)?;
    Ok(late)
}

/// Whether a job's file lies in the inbox.
fn waits(stage: &Stage, job: &JobId) -> bool {
    stage.place.layout.inbox().join(format!("{job}.json")).exists()
}

/// Waits until some tickets are done, kills, and looks at what the dead node left.
fn kill(stage: &Stage, jobs: &[JobId]) -> Result<(AtKill, BTreeMap<String, Vec<u8>>), Problem> {
    let done = || jobs.iter().filter(|job| stage.result(job).is_some()).count();
    stage.until("the first tickets", || Ok((done() >= jobs.len() / KILLED_AT).then_some(())))?;
    let ended = stage.kill()?;
    holds(stage::was_killed(ended), format_args!("the node ended by itself ({ended})"))?;
    holds(stage.place.live()?.is_none(), "the node is still there")?;
    let done = done();
    let queued = jobs.iter().filter(|job| waits(stage, job)).count();
    let under_way = jobs.len() - done - queued;
    holds(done > 0 && under_way > 0, "the machine was too busy to kill the node in the middle of its work")?;
    let entries = Count::of(&stage.place)?.entries;
    Ok((AtKill { done, under_way, queued, entries }, results(stage)?))
}

/// Waits for the result of every ticket; gives how many went well and how many didn't.
fn finish(stage: &Stage, tickets: &[Ticket], jobs: &[JobId]) -> Result<(usize, usize), Problem> {
    let mut done = 0;
    for (ticket, job) in tickets.iter().zip(jobs) {
        let bytes = stage.until(&format!("the result of {}", ticket.name), || Ok(stage.result(job)))?;
        let state = stage::parsed(&bytes)?["state"].clone();
        let wanted = if ticket.is_right { "DONE" } else { "FAILED" };
        holds(state == wanted, format_args!("{} ended as {state}, not as {wanted}", ticket.name))?;
        done += usize::from(ticket.is_right);
    }
    Ok((done, jobs.len() - done))
}

/// Every result by its file's name.
fn results(stage: &Stage) -> Result<BTreeMap<String, Vec<u8>>, Problem> {
    let outbox = stage.place.layout.outbox();
    let read = || -> std::io::Result<_> {
        let mut results = BTreeMap::new();
        for entry in fs::read_dir(&outbox)? {
            let entry = entry?;
            results.insert(entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?);
        }
        Ok(results)
    };
    read().map_err(|error| Problem::machine(format!("{} can't be read: {error}", outbox.display())))
}

/// How many results from before are there with the same bytes: all of them, or the step fails.
fn unchanged(stage: &Stage, before: &BTreeMap<String, Vec<u8>>) -> Result<usize, Problem> {
    let now = results(stage)?;
    let same = before.iter().filter(|(name, bytes)| now.get(*name) == Some(bytes)).count();
    holds(same == before.len(), format_args!("{} results changed after the kill", before.len() - same))?;
    Ok(same)
}

fn prove(say: &Say<'_>, after: &Count, lost: usize, twice: usize, unchanged: usize) -> Result<(), Problem> {
    holds(lost == 0, format_args!("{lost} jobs have no result, or aren't on the record"))?;
    holds(twice == 0, format_args!("{twice} things happened twice"))?;
    let Count { jobs, results, decisions, outcomes, ended, asked_again, .. } = after;
    say.point(
        "nothing lost",
        format_args!(
            "{jobs} jobs (tickets, handoffs, reviews), {results} results; the first {unchanged} unchanged"
        ),
    )?;
    say.point(
        "nothing twice",
        format_args!("{decisions} decisions, {outcomes} outcomes, {ended} ends: every id once on the record"),
    )?;
    if *asked_again > 0 {
        let cut = text::several(*asked_again as u64, "answer");
        say.more(format_args!("{cut} had to be asked for again: not on the record when the node died"))?;
    }
    Ok(())
}
