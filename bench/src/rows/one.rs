//! Rows with one job at a time: latency, boot, hot drop.
//!
//! *Invariant:* a job's file is in the inbox with one rename, the clock starts before that, and stops when the kernel
//! told of the result's name.
//! *Doesn't know:* throughput.
//! *Start at:* [`Bench::idle`].

use std::time::{Duration, Instant};

use super::{Bench, Measured, Row, plain};
use crate::figure::{Figure, ms};
use crate::place::Place;
use crate::trouble::Trouble;

/// Jobs of one turn.
const BURST: usize = 10;

impl Bench {
    /// From the rename into the inbox to the result's name in the outbox, on nodes that do nothing else.
    pub(super) fn idle(&self) -> Result<Measured, Trouble> {
        let rounds = self.count(20, 4);
        let mut pauses = (0..).map(pause);
        let mut places = Vec::new();
        for subject in self.sides() {
            let place = Place::with_examples(subject, &self.folder)?;
            let (node, heard) = (place.serve()?, place.listen()?);
            places.push((place, node, heard));
            let (place, _, heard) = places.last_mut().expect("it was just pushed");
            place.usable(heard, false)?;
        }
        let (ours, reference) = self.turns(Row::Idle, rounds, |subject| {
            let of = |place: &Place<'_>| std::ptr::eq(place.subject, subject);
            let (place, _, heard) =
                places.iter_mut().find(|(place, ..)| of(place)).expect("each side has a place");
            let mut times = Vec::with_capacity(BURST);
            for _ in 0..BURST {
                std::thread::sleep(pauses.next().expect("they never end"));
                let begin = Instant::now();
                let id = place.submit()?;
                times.push(ms(place.result(&id, heard)?.duration_since(begin)));
            }
            Ok(times)
        })?;
        let tail = |figure: &Figure| format!("p99 {:.1} ms", figure.quantile(0.99));
        let (ours_adds, reference_adds) = (tail(&ours), reference.as_ref().map(tail).unwrap_or_default());
        let title = "Idle submit → result, median".to_owned();
        Ok(Measured { row: Row::Idle, ours, reference, ours_adds, reference_adds, title })
    }

    /// From the start of the process to the result of a job that waits, with all bundled components there.
    pub(super) fn boot(&self) -> Result<Measured, Trouble> {
        let (rounds, firsts) = (self.count(15, 5), self.count(5, 2));
        let mut first = Vec::new();
        let mut places = Vec::new();
        for subject in self.sides() {
            let mut times = Vec::new();
            let mut kept = None;
            for round in 1..=firsts {
                self.progress.say(format_args!("{}: first start {round} of {firsts}", Row::Boot.title()));
                let mut place = Place::with_examples(subject, &self.folder)?;
                times.push(boot(&mut place)?);
                kept = Some(place);
            }
            first.push(Figure::of(times));
            places.extend(kept);
        }
        let (ours, reference) = self.turns(Row::Boot, rounds, |subject| {
            let of = |place: &&mut Place<'_>| std::ptr::eq(place.subject, subject);
            let place = places.iter_mut().find(of).expect("each side has a place");
            Ok(vec![boot(place)?])
        })?;
        let mut first = first.into_iter().map(|figure| {
            figure.map_or_else(String::new, |figure| format!("{:.0} ms on the first start", figure.median))
        });
        Ok(Measured {
            row: Row::Boot,
            ours,
            reference,
            ours_adds: first.next().unwrap_or_default(),
            reference_adds: first.next().unwrap_or_default(),
            title: "Boot → first result".to_owned(),
        })
    }

    /// From the rename of a tool that was never seen into `tools/` to the first result that needs it.
    pub(super) fn drop_in(&self) -> Result<Measured, Trouble> {
        let mut pauses = (0..).map(pause);
        let both = self.turns(Row::Drop, self.count(15, 4), |subject| {
            let mut place = Place::without_tool(subject, &self.folder)?;
            let (node, heard) = (place.serve()?, place.listen()?);
            // It is up once it has an answer for a job, if only that the tool isn't there.
            place.usable(&heard, true)?;
            std::thread::sleep(Duration::from_millis(100) + pauses.next().expect("they never end"));
            let begin = Instant::now();
            subject.put_tool(&place.root())?;
            let usable = place.usable(&heard, false)?.duration_since(begin);
            node.stop()?;
            Ok(vec![ms(usable)])
        })?;
        let size = |bytes: usize| {
            if bytes < 10_000 { format!("{bytes} bytes") } else { format!("{} KB", bytes / 1_000) }
        };
        let mut measured = plain(Row::Drop, "Hot drop of a tool → usable".to_owned(), both);
        measured.ours_adds = size(self.ours.tool_bytes());
        measured.reference_adds =
            self.reference.as_ref().map(|subject| size(subject.tool_bytes())).unwrap_or_default();
        Ok(measured)
    }

    fn sides(&self) -> impl Iterator<Item = &crate::subject::Subject> {
        std::iter::once(&self.ours).chain(&self.reference)
    }
}

/// Milliseconds from the start to the result of a job that waits.
fn boot(place: &mut Place<'_>) -> Result<f64, Trouble> {
    let id = place.submit()?;
    let heard = place.listen()?;
    let node = place.serve()?;
    let took = place.result(&id, &heard)?.duration_since(node.started);
    node.stop()?;
    Ok(ms(took))
}

/// Pauses that reach every phase of a 200 ms tick alike, so that nobody is measured in step with a clock of their own.
fn pause(number: usize) -> Duration {
    Duration::from_millis((number * 73 % 200) as u64)
}
