//! Rows with many jobs: throughput, whether it stays flat, and the replay of what was recorded.
//!
//! *Invariant:* all jobs wait in the inbox before the node starts; the time runs from its start to the last result; one
//! job that failed makes no figure.
//! *Doesn't know:* single jobs.
//! *Start at:* [`Bench::queue`].

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Bench, Measured, Row, plain};
use crate::arrivals::Arrivals;
use crate::figure::{Figure, rate};
use crate::place::Place;
use crate::process;
use crate::subject::Subject;
use crate::trouble::Trouble;

/// How long the listener looks away, so that it doesn't take the node's processors.
const PAUSE: Duration = Duration::from_millis(2);

/// A queue that was worked off, or as much of it as there was time for.
struct Worked {
    took: Duration,
    /// When each result was heard of, after the start.
    results: Vec<Duration>,
}

impl Worked {
    fn rate(&self) -> f64 {
        rate(self.results.len(), self.took)
    }

    /// Results a second in each fifth of them, from the first result on: booting is no part of a fifth.
    fn fifths(&self) -> Vec<f64> {
        let part = self.results.len() / 5;
        let end = |fifth: usize| self.results[(fifth * part).max(1) - 1];
        (1..=5).map(|fifth| rate(part, end(fifth).saturating_sub(end(fifth - 1)))).collect()
    }
}

impl Bench {
    /// Jobs a second, from a full inbox to the last result.
    pub(super) fn queue(&self) -> Result<Measured, Trouble> {
        let (jobs, rounds) = (2_000, self.count(5, 1));
        let both = self.turns(Row::Queue, rounds, |subject| {
            let mut place = self.queued(subject, jobs)?;
            let worked = work(&mut place, jobs, Duration::from_secs(120))?;
            if worked.results.len() < jobs {
                let text = format!("{} of {jobs} jobs ended in {:?}", worked.results.len(), worked.took);
                return Err(place.wrong(&text));
            }
            Ok(vec![worked.rate()])
        })?;
        Ok(plain(Row::Queue, format!("{} queued jobs, one tool decision each", grouped(jobs)), both))
    }

    /// The last fifth of a long queue beside its first. The reference isn't waited for.
    pub(super) fn flat(&self) -> Result<Measured, Trouble> {
        let (jobs, rounds) = (self.count(10_000, 2_500), self.count(5, 2));
        let mut rates = Vec::new();
        let mut ratios = Vec::new();
        for round in 1..=rounds {
            self.progress.say(format_args!("{}: jaros, round {round} of {rounds}", Row::Flat.title()));
            let mut place = self.queued(&self.ours, jobs)?;
            let worked = work(&mut place, jobs, Duration::from_secs(120))?;
            if worked.results.len() < jobs {
                return Err(place.wrong(&format!("{} of {jobs} jobs ended", worked.results.len())));
            }
            let fifths = worked.fifths();
            ratios.push(fifths[4] / fifths[0].max(1e-9));
            rates.push(worked.rate());
        }
        let ours = Figure::of(ratios).expect("there are rounds");
        let rates = Figure::of(rates).expect("there are rounds");
        let reference_adds = match &self.reference {
            Some(reference) => self.unfinished(reference, jobs)?,
            None => String::new(),
        };
        Ok(Measured {
            row: Row::Flat,
            ours,
            reference: None,
            ours_adds: format!("{:.0} jobs/s", rates.median),
            reference_adds,
            title: format!("{} queued jobs: rate of the last fifth to the first", grouped(jobs)),
        })
    }

    /// How far the reference comes in the time that it is given.
    fn unfinished(&self, reference: &Subject, jobs: usize) -> Result<String, Trouble> {
        let limit = Duration::from_secs(self.count(60, 10) as u64);
        self.progress.say(format_args!("{}: reference, {} s", Row::Flat.title(), limit.as_secs()));
        let mut place = self.queued(reference, jobs)?;
        let worked = work(&mut place, jobs, limit)?;
        let done = grouped(worked.results.len());
        if worked.results.len() == jobs {
            let fifths = worked.fifths();
            return Ok(format!("{:.2}; {:.0} jobs/s", fifths[4] / fifths[0].max(1e-9), worked.rate()));
        }
        Ok(format!("stopped after {} s with {done} done", limit.as_secs()))
    }

    /// A place with jobs in its inbox, in which everything is compiled.
    fn queued<'a>(&self, subject: &'a Subject, jobs: usize) -> Result<Place<'a>, Trouble> {
        let mut place = Place::with_examples(subject, &self.folder)?;
        let node = place.serve()?;
        let heard = place.listen()?;
        place.usable(&heard, false)?;
        drop(heard);
        node.stop()?;
        for _ in 0..jobs {
            place.submit()?;
        }
        Ok(place)
    }

    /// Decisions a second when the record is run again, by the shell's clock.
    pub(super) fn replay(&self) -> Result<Measured, Trouble> {
        let (decisions, rounds) = (10_000, self.count(9, 3));
        self.progress.say(format_args!("{}: recording", Row::Replay.title()));
        let ours = self.recorded(&self.ours, decisions)?;
        let reference =
            self.reference.as_ref().map(|subject| self.recorded(subject, decisions)).transpose()?;
        let both = self.turns(Row::Replay, rounds, |subject| {
            let place = if subject.recorder.is_some() { reference.as_ref() } else { Some(&ours) };
            let place = place.expect("both sides were recorded");
            let (output, took) = process::run(subject.command(&place.root(), &["replay", "--json"]))?;
            let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
            let again = report["decisions"].as_u64().and_then(|number| usize::try_from(number).ok());
            match (report["ok"].as_bool(), again) {
                (Some(true), Some(again)) if again >= decisions => Ok(vec![rate(again, took)]),
                _ => Err(place.wrong(&format!("replay said {report}"))),
            }
        })?;
        let title = format!("Replay of {} tool decisions, executing every tool", grouped(decisions));
        Ok(plain(Row::Replay, title, both))
    }

    fn recorded<'a>(&self, subject: &'a Subject, decisions: usize) -> Result<Place<'a>, Trouble> {
        if let Some((python, script)) = &subject.recorder {
            let place = Place::with_examples(subject, &self.folder)?;
            let mut command = Command::new(python);
            command.arg(script).arg(place.folder("state")).arg(decisions.to_string());
            process::run(command)?;
            return Ok(place);
        }
        let mut place = self.queued(subject, decisions)?;
        let worked = work(&mut place, decisions, Duration::from_secs(120))?;
        if worked.results.len() < decisions {
            return Err(place.wrong(&format!("{} of {decisions} jobs ended", worked.results.len())));
        }
        Ok(place)
    }
}

/// Starts the node on a full inbox, and stops it once every result is there or the time is over.
fn work(place: &mut Place<'_>, jobs: usize, limit: Duration) -> Result<Worked, Trouble> {
    let heard = Arrivals::of(&[&place.folder("outbox")], PAUSE)?;
    let node = place.serve()?;
    let started = node.started;
    let mut results = Vec::with_capacity(jobs);
    let mut last = String::new();
    while results.len() < jobs
        && let Some(arrival) = heard.next(started + limit)?
    {
        results.push(arrival.at.duration_since(started));
        last = arrival.name;
    }
    let took = if results.len() == jobs {
        results.last().copied().unwrap_or_default()
    } else {
        Instant::now().duration_since(started)
    };
    if results.len() == jobs {
        node.stop()?;
    } else {
        // It would work its queue off first.
        drop(node);
    }
    let failed = std::fs::read_dir(place.folder("failed")).into_iter().flatten().count();
    if failed > 0 || (!last.is_empty() && !place.went_well(&last)) {
        return Err(place.wrong(&format!("{failed} files in failed/, last result {last}")));
    }
    Ok(Worked { took, results })
}

/// With commas, as tables have it.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifths_leave_the_boot_out() {
        // A second of boot, then a result each 10 ms, and in the last fifth each 20 ms.
        let mut results: Vec<Duration> = (0..80).map(|n| Duration::from_millis(1_000 + 10 * n)).collect();
        results.extend((1..=20).map(|n| Duration::from_millis(1_790 + 20 * n)));
        let worked = Worked { took: Duration::from_millis(2_190), results };
        let fifths: Vec<f64> = worked.fifths().into_iter().map(f64::round).collect();
        assert_eq!(fifths, [105.0, 100.0, 100.0, 100.0, 50.0]);
        assert_eq!(worked.rate().round(), 46.0);
    }

    #[test]
    fn numbers_have_commas() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
