//! What is measured: the rows of the table.
//!
//! *Invariant:* a row's sides are measured in turns, so that a loud minute hits both.
//! *Doesn't know:* how a row is shown.
//! *Start at:* [`Bench::measure`].

mod many;
mod one;
mod shell;

pub(crate) use many::grouped;

use std::path::PathBuf;

use serde::Serialize;

use crate::figure::Figure;
use crate::progress::Progress;
use crate::subject::Subject;
use crate::trouble::Trouble;

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Row {
    Queue,
    Flat,
    Idle,
    Boot,
    Drop,
    Replay,
    Status,
    Memory,
}

/// What a row has to reach.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Goal {
    /// So many times the reference.
    Times(f64),
    /// At least so much.
    AtLeast(f64),
    /// At most so much.
    AtMost(f64),
    /// It is shown, no more.
    None,
}

/// A row that was measured.
#[derive(Serialize)]
pub(crate) struct Measured {
    pub(crate) row: Row,
    pub(crate) ours: Figure,
    pub(crate) reference: Option<Figure>,
    /// What else there is to say of each side.
    pub(crate) ours_adds: String,
    pub(crate) reference_adds: String,
    /// What was measured, in the numbers of this run.
    pub(crate) title: String,
}

/// Both sides, and how long it may take.
pub(crate) struct Bench {
    pub(crate) ours: Subject,
    pub(crate) reference: Option<Subject>,
    pub(crate) folder: PathBuf,
    pub(crate) quick: bool,
    pub(crate) progress: Progress,
}

impl Row {
    pub(crate) const ALL: [Self; 8] = [
        Self::Queue,
        Self::Flat,
        Self::Idle,
        Self::Boot,
        Self::Drop,
        Self::Replay,
        Self::Status,
        Self::Memory,
    ];

    /// The word on the command line.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Flat => "flat",
            Self::Idle => "idle",
            Self::Boot => "boot",
            Self::Drop => "drop",
            Self::Replay => "replay",
            Self::Status => "status",
            Self::Memory => "memory",
        }
    }

    /// What it is called where there are no numbers.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Queue => "Queued jobs, one tool decision each",
            Self::Flat => "A long queue: last fifth to first",
            Self::Idle => "Idle submit to result",
            Self::Boot => "Boot to first result",
            Self::Drop => "Hot drop of a tool to usable",
            Self::Replay => "Replay of tool decisions, executing every tool",
            Self::Status => "`status` from the shell",
            Self::Memory => "Memory of an idle node",
        }
    }

    pub(crate) fn goal(self) -> Goal {
        match self {
            Self::Queue => Goal::Times(30.0),
            Self::Flat => Goal::AtLeast(0.8),
            Self::Idle | Self::Status => Goal::AtMost(10.0),
            Self::Boot => Goal::AtMost(60.0),
            Self::Drop => Goal::AtMost(100.0),
            Self::Replay => Goal::AtLeast(20_000.0),
            Self::Memory => Goal::None,
        }
    }

    /// Whether more is better.
    pub(crate) fn is_rate(self) -> bool {
        matches!(self, Self::Queue | Self::Flat | Self::Replay)
    }
}

impl Bench {
    /// Measures one row.
    pub(crate) fn measure(&self, row: Row) -> Result<Measured, Trouble> {
        match row {
            Row::Queue => self.queue(),
            Row::Flat => self.flat(),
            Row::Idle => self.idle(),
            Row::Boot => self.boot(),
            Row::Drop => self.drop_in(),
            Row::Replay => self.replay(),
            Row::Status => self.status(),
            Row::Memory => self.memory(),
        }
    }

    /// This many in a run for the README, and that many in a quick one.
    fn count(&self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }

    /// Samples of both sides in turns.
    fn turns(
        &self,
        row: Row,
        rounds: usize,
        mut sample: impl FnMut(&Subject) -> Result<Vec<f64>, Trouble>,
    ) -> Result<(Figure, Option<Figure>), Trouble> {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for round in 1..=rounds {
            self.progress.say(format_args!("{}: jaros, round {round} of {rounds}", row.title()));
            ours.extend(sample(&self.ours)?);
            if let Some(reference) = &self.reference {
                self.progress.say(format_args!("{}: reference, round {round} of {rounds}", row.title()));
                theirs.extend(sample(reference)?);
            }
        }
        let ours = Figure::of(ours).ok_or_else(|| Trouble::Wrong("there was nothing to measure".into()))?;
        Ok((ours, Figure::of(theirs)))
    }
}

/// A row whose title says it all.
fn plain(row: Row, title: String, (ours, reference): (Figure, Option<Figure>)) -> Measured {
    Measured { row, ours, reference, ours_adds: String::new(), reference_adds: String::new(), title }
}
