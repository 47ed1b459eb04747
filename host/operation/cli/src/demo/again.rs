//! Step 4: the whole record once more, every decision judged and carried out again.
//!
//! *Invariant:* no model is there to be called: a replay has none.
//! *Doesn't know:* how a replay works.
//! *Start at:* [`replay`].

use std::time::Instant;

use jaros_replay::{Options, Report};
use serde::Serialize;

use super::count::Count;
use super::say::{Say, holds, not_shown};
use super::stage::Stage;
use super::swarm::millis;
use crate::problem::Problem;
use crate::text;

/// What was seen.
#[derive(Serialize)]
pub(super) struct Again {
    took_ms: u64,
    #[serde(flatten)]
    pub(super) report: Report,
}

/// Replays the ledger and compares it with what was counted.
pub(super) fn replay(say: &Say<'_>, stage: &Stage, counted: &Count) -> Result<Again, Problem> {
    say.step(4, "Replay: did it really happen like this?")?;
    say.wait("replaying");
    let layout = &stage.place.layout;
    let engine = stage.place.engine().map_err(|error| Problem::machine(error.to_string()))?;
    let begin = Instant::now();
    let report =
        jaros_replay::replay(layout, &engine, &Options::default(), &mut |_| {}).map_err(not_shown)?;
    let took = begin.elapsed();
    let first = report.divergences.first().map_or_else(String::new, |found| format!(" ({})", found.what));
    holds(report.ok && report.byte_identical && report.chain_ok, format_args!("the replay differs{first}"))?;
    holds(report.model_calls == 0, "the replay called a model")?;
    let same = (report.jobs, report.decisions) == (counted.jobs as u64, counted.decisions as u64)
        && report.recorded_model_calls == counted.model_answers as u64;
    holds(same, "the replay saw another number of jobs, decisions or answers than stand on the record")?;
    let digest = report.state_digest.ok_or_else(|| not_shown("the replay has no state digest"))?;
    let (decisions, jobs) = (text::count(report.decisions), text::several(report.jobs, "job"));
    say.row(
        "replayed",
        format_args!(
            "{decisions} decisions of {jobs}, each judged and carried out again, in {}",
            text::duration(took)
        ),
    )?;
    let files = text::count(report.files_compared);
    say.point(
        "byte-identical",
        format_args!("every effect, {files} result files, and the state digest {}", digest.short()),
    )?;
    let recorded = text::count(report.recorded_model_calls);
    say.point("0 model calls", format_args!("{recorded} answers came from the record"))?;
    Ok(Again { took_ms: millis(took), report })
}
