//! The run as a table for people and as JSON for programs.
//!
//! *Invariant:* a goal is judged by the median, and the table says where it wasn't reached.
//! *Doesn't know:* how anything was measured.
//! *Start at:* [`Report`].

use std::fmt::Write;

use serde::Serialize;

use crate::figure::Figure;
use crate::machine::Machine;
use crate::reference::VERSION;
use crate::rows::{Goal, Measured, Row};

/// Everything that a run found.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) load_after: f64,
    pub(crate) quick: bool,
    pub(crate) figures: Vec<Measured>,
    pub(crate) remarks: Vec<String>,
}

impl Measured {
    /// How many times better this build is.
    fn times(&self) -> Option<f64> {
        let theirs = self.reference.as_ref()?.median;
        let (more, less) =
            if self.row.is_rate() { (self.ours.median, theirs) } else { (theirs, self.ours.median) };
        Some(more / less.max(1e-9))
    }

    /// Whether the goal was reached; nothing where there is none to judge by.
    fn reached(&self) -> Option<bool> {
        match self.row.goal() {
            Goal::Times(times) => Some(self.times()? >= times),
            Goal::AtLeast(least) => Some(self.ours.median >= least),
            Goal::AtMost(most) => Some(self.ours.median <= most),
            Goal::None => None,
        }
    }
}

impl Report {
    pub(crate) fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Judged<'a> {
            #[serde(flatten)]
            measured: &'a Measured,
            times: Option<f64>,
            goal: Goal,
            reached: Option<bool>,
        }
        let judged = |measured| {
            let (times, reached) = (Measured::times(measured), Measured::reached(measured));
            Judged { measured, times, goal: measured.row.goal(), reached }
        };
        let rows: Vec<_> = self.figures.iter().map(judged).collect();
        let value = serde_json::json!({
            "machine": self.machine, "loadAfter": self.load_after, "quick": self.quick,
            "reference": VERSION, "rows": rows, "remarks": self.remarks,
        });
        format!("{value:#}")
    }

    pub(crate) fn to_markdown(&self) -> String {
        let mut text = format!(
            "| | Jaros | reference {VERSION} | ratio | to reach |\n| --- | --- | --- | --- | --- |\n"
        );
        for measured in &self.figures {
            let ours = cell(measured.row, Some(&measured.ours), &measured.ours_adds);
            let theirs = cell(measured.row, measured.reference.as_ref(), &measured.reference_adds);
            let times = measured.times().map_or_else(String::new, |times| format!("{} ×", short(times)));
            let mut goal = to_reach(measured.row);
            if measured.reached() == Some(false) {
                goal.push_str(" (not reached)");
            }
            let title = &measured.title;
            // A string takes everything.
            let _ = writeln!(text, "| {title} | {ours} | {theirs} | {times} | {goal} |");
        }
        let machine = &self.machine;
        let _ = write!(
            text,
            "\nMedians of one run on {} × {}, Linux {}, fdatasync {:.2} ms, load {:.1} before and {:.1} after.",
            machine.cores,
            machine.processor,
            machine.kernel,
            machine.fdatasync_ms,
            machine.load_before,
            self.load_after,
        );
        if self.quick {
            text.push_str(" A quick run: fewer jobs and rounds than the table in the README.");
        }
        text.push('\n');
        for remark in &self.remarks {
            let _ = writeln!(text, "\n{remark}");
        }
        text
    }
}

fn cell(row: Row, figure: Option<&Figure>, adds: &str) -> String {
    let Some(figure) = figure else {
        return if adds.is_empty() { "–".to_owned() } else { adds.to_owned() };
    };
    let value = format!("**{}{}**", short(figure.median), unit(row));
    if adds.is_empty() { value } else { format!("{value}; {adds}") }
}

fn unit(row: Row) -> &'static str {
    match row {
        Row::Queue => " jobs/s",
        Row::Flat => "",
        Row::Replay => "/s",
        Row::Memory => " MiB",
        Row::Idle | Row::Boot | Row::Drop | Row::Status => " ms",
    }
}

fn to_reach(row: Row) -> String {
    match row.goal() {
        Goal::Times(times) => format!("≥ {times} ×"),
        Goal::AtLeast(least) => format!("≥ {}{}", short(least), unit(row)),
        Goal::AtMost(most) => format!("≤ {most}{}", unit(row)),
        Goal::None => String::new(),
    }
}

/// Three digits that count, with commas.
fn short(value: f64) -> String {
    match value {
        value if value < 1.0 => format!("{value:.2}"),
        value if value < 100.0 => format!("{value:.1}"),
        value => {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive figure")]
            let whole = value.round() as usize;
            crate::rows::grouped(whole)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(row: Row, ours: f64, theirs: Option<f64>) -> Measured {
        Measured {
            row,
            ours: Figure::of(vec![ours]).expect("a sample"),
            reference: theirs.and_then(|theirs| Figure::of(vec![theirs])),
            ours_adds: String::new(),
            reference_adds: String::new(),
            title: row.title().to_owned(),
        }
    }

    #[test]
    fn goals_are_judged_in_their_own_direction() {
        for (row, ours, theirs, reached) in [
            (Row::Queue, 3_000.0, Some(100.0), Some(true)),
            (Row::Queue, 2_900.0, Some(100.0), Some(false)),
            (Row::Queue, 3_000.0, None, None),
            (Row::Flat, 0.79, None, Some(false)),
            (Row::Idle, 9.9, Some(100.0), Some(true)),
            (Row::Idle, 10.1, None, Some(false)),
            (Row::Memory, 1.0, None, None),
        ] {
            assert_eq!(measured(row, ours, theirs).reached(), reached, "{row:?} {ours}");
        }
    }

    #[test]
    fn a_ratio_is_how_many_times_better() {
        assert_eq!(measured(Row::Replay, 50.0, Some(25.0)).times(), Some(2.0));
        assert_eq!(measured(Row::Status, 5.0, Some(50.0)).times(), Some(10.0));
    }

    #[test]
    fn figures_are_short() {
        for (value, text) in
            [(0.8, "0.80"), (7.26, "7.3"), (98.0, "98.0"), (123.4, "123"), (20_000.0, "20,000")]
        {
            assert_eq!(short(value), text);
        }
    }
}
