//! An honest job's latency beside an attacker that is kept busy, and without one.
//!
//! *Invariant:* both are measured on the same node in one run, the same number of jobs one after another; as many attacks are
//! under way as places for them, at every moment.
//! *Doesn't know:* how the node holds an attacker back.
//! *Start at:* [`measure`].

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use jaros_guests::{Agent, attackers};

use crate::arrivals::Arrivals;
use crate::figure::{Figure, ms};
use crate::machine::Machine;
use crate::place::Place;
use crate::subject::Subject;
use crate::trouble::Trouble;

/// Attacks that wait or run at every moment.
const UNDER_WAY: usize = 8;

/// How long honest jobs are given one after another; slow ones make fewer samples.
const PHASE: Duration = Duration::from_secs(40);

/// How long one honest job may take.
const LONGEST: Duration = Duration::from_secs(60);

/// A row of the table.
struct Beside {
    attacker: &'static str,
    alone: Figure,
    attacked: Figure,
    /// One call of the attacker on an idle node: what its fuel buys.
    budget_ms: f64,
    attacks: usize,
    /// Before the attack and after it.
    resident_mib: (f64, f64),
}

/// Measures every attacker; the table.
pub(crate) fn measure(
    subject: &Subject,
    machine: Machine,
    folder: &Path,
    quick: bool,
) -> Result<String, Trouble> {
    let jobs = if quick { 100 } else { 400 };
    let mut rows = Vec::new();
    for (name, bytes) in attackers() {
        rows.push(beside(subject, folder, name, &bytes, jobs)?);
    }
    Ok(table(&rows, &machine, jobs))
}

fn beside(
    subject: &Subject,
    folder: &Path,
    attacker: &'static str,
    bytes: &[u8],
    jobs: usize,
) -> Result<Beside, Trouble> {
    let mut place = Place::with_tool(subject, folder)?;
    place.put("agents/poke.wasm", &Agent::poking().bytes())?;
    place.put(&format!("tools/{attacker}.wasm"), bytes)?;
    let (node, heard) = (place.serve()?, place.listen()?);
    place.usable(&heard, false)?;
    let mut siege = Siege { attacker, heard, under_way: BTreeSet::new(), given: 0 };
    let budget_ms = siege.alone(&place)?;
    let before = node.resident_mib()?;
    let alone = siege.latency(&mut place, jobs)?;
    siege.keep_busy(&place)?;
    let attacked = siege.latency(&mut place, jobs)?;
    let after = node.resident_mib()?;
    drop(node);
    let attacks = siege.given;
    Ok(Beside { attacker, alone, attacked, budget_ms, attacks, resident_mib: (before, after) })
}

/// One attacker, kept busy or not.
struct Siege {
    attacker: &'static str,
    heard: Arrivals,
    under_way: BTreeSet<String>,
    given: usize,
}

impl Siege {
    /// One attack on an idle node, after one that was compiled and met for the first time.
    fn alone(&mut self, place: &Place<'_>) -> Result<f64, Trouble> {
        let mut took = 0.0;
        for _ in 0..3 {
            let begin = Instant::now();
            let id = self.attack(place)?;
            took = ms(self.wait_for(place, &id, false)?.duration_since(begin));
            self.under_way.clear();
        }
        Ok(took)
    }

    fn keep_busy(&mut self, place: &Place<'_>) -> Result<(), Trouble> {
        while self.under_way.len() < UNDER_WAY {
            self.attack(place)?;
        }
        Ok(())
    }

    fn attack(&mut self, place: &Place<'_>) -> Result<String, Trouble> {
        self.given += 1;
        let id = format!("attack-{:06}", self.given);
        place.give(&id, &format!(r#"{{"id":"{id}","agent":"poke","input":"{}"}}"#, self.attacker))?;
        self.under_way.insert(id.clone());
        Ok(id)
    }

    /// Honest jobs, one after another.
    fn latency(&mut self, place: &mut Place<'_>, jobs: usize) -> Result<Figure, Trouble> {
        let besieged = !self.under_way.is_empty();
        let mut times = Vec::with_capacity(jobs);
        let enough = Instant::now() + PHASE;
        while times.len() < jobs && Instant::now() < enough {
            let begin = Instant::now();
            let id = place.submit()?;
            let at = self.wait_for(place, &id, besieged)?;
            if !place.went_well(&id) {
                return Err(place.wrong(&format!("an honest job failed beside {}", self.attacker)));
            }
            times.push(ms(at.duration_since(begin)));
        }
        Ok(Figure::of(times).expect("there were jobs"))
    }

    /// Waits for a result; each attack that ends meanwhile is followed by another where `besieged`.
    fn wait_for(&mut self, place: &Place<'_>, id: &str, besieged: bool) -> Result<Instant, Trouble> {
        let until = Instant::now() + LONGEST;
        while let Some(arrival) = self.heard.next(until)? {
            if arrival.name == id {
                return Ok(arrival.at);
            }
            if self.under_way.remove(&arrival.name) && besieged {
                self.keep_busy(place)?;
            }
        }
        Err(Trouble::Late { what: format!("a job beside {}", self.attacker), seconds: LONGEST.as_secs() })
    }
}

fn table(rows: &[Beside], machine: &Machine, jobs: usize) -> String {
    let mut text = String::from(
        "| attacker | alone p50, p99 ms (jobs) | under attack p50, p99 ms (jobs) | p99 ratio | one budget ms | held | attacks | resident MiB |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for row in rows {
        let pair = |figure: &Figure| {
            format!("{:.2}, {:.2} ({})", figure.median, figure.quantile(0.99), figure.samples.len())
        };
        let (alone, attacked) = (row.alone.quantile(0.99), row.attacked.quantile(0.99));
        let held = if attacked <= (2.0 * alone).max(row.budget_ms) { "yes" } else { "**no**" };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {:.2} | {:.0} | {held} | {} | {:.0} → {:.0} |",
            row.attacker,
            pair(&row.alone),
            pair(&row.attacked),
            attacked / alone.max(1e-9),
            row.budget_ms,
            row.attacks,
            row.resident_mib.0,
            row.resident_mib.1,
        );
    }
    let _ = write!(
        text,
        "\n{jobs} honest jobs one after another (or as many as {} s allow), each way, on one node; {UNDER_WAY} attacks under way at every moment. Held: p99 \
         under attack is at most twice that without, or one fuel budget, whichever is larger. {}, {} cores, {}; load before \
         {:.1}.",
        PHASE.as_secs(),
        machine.processor,
        machine.cores,
        machine.kernel,
        machine.load_before
    );
    text
}
