//! A data directory of one side, and jobs in it.
//!
//! *Invariant:* a file comes into the inbox whole, by one rename. Nothing is removed before the whole run ends: a file system
//! may search through what was deleted a moment ago at each file that is made, and the next round would pay for that.
//! *Doesn't know:* which side it is; [`Subject`] does.
//! *Start at:* [`Place`].

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::arrivals::Arrivals;
use crate::process::{self, Process};
use crate::subject::{ANSWER, Subject};
use crate::trouble::{Trouble, doing};

/// How long one job may take.
const JOB: Duration = Duration::from_secs(30);

/// Jobs that are tried until a component is usable.
const TRIES: usize = 2_000;

/// A data directory.
pub(crate) struct Place<'a> {
    pub(crate) subject: &'a Subject,
    dir: PathBuf,
    submitted: usize,
}

impl<'a> Place<'a> {
    /// A directory that `init` has made.
    fn made(subject: &'a Subject, folder: &Path, words: &[&str]) -> Result<Self, Trouble> {
        let dir = TempDir::with_prefix_in("data-", folder).map_err(doing("make a data directory"))?.keep();
        let place = Self { subject, dir, submitted: 0 };
        process::run(subject.command(&place.root(), words))?;
        subject.put_agent(&place.root())?;
        Ok(place)
    }

    /// With every bundled agent and tool, as people begin; without schedules, whose jobs nobody asked for here.
    pub(crate) fn with_examples(subject: &'a Subject, folder: &Path) -> Result<Self, Trouble> {
        let place = Self::made(subject, folder, &["init", "--with-examples"])?;
        subject.put_tool(&place.root())?;
        for schedule in fs::read_dir(place.root().join("schedules")).into_iter().flatten().flatten() {
            fs::remove_file(schedule.path()).map_err(doing("remove a schedule"))?;
        }
        Ok(place)
    }

    /// With the agent and its tool, and nothing else.
    pub(crate) fn with_tool(subject: &'a Subject, folder: &Path) -> Result<Self, Trouble> {
        let place = Self::without_tool(subject, folder)?;
        subject.put_tool(&place.root())?;
        Ok(place)
    }

    /// With the agent alone, whose tool isn't there.
    pub(crate) fn without_tool(subject: &'a Subject, folder: &Path) -> Result<Self, Trouble> {
        Self::made(subject, folder, &["init"])
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.dir.join("data")
    }

    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Starts the node.
    pub(crate) fn serve(&self) -> Result<Process, Trouble> {
        Process::start(self.subject.command(&self.root(), &["serve"]), &self.dir.join("says"))
    }

    /// Puts a job into the inbox; its id.
    pub(crate) fn submit(&mut self) -> Result<String, Trouble> {
        self.submitted += 1;
        let id = format!("bench-{:08}", self.submitted);
        self.give(&id, &self.subject.job(&id))?;
        Ok(id)
    }

    /// Puts this job into the inbox.
    pub(crate) fn give(&self, id: &str, job: &str) -> Result<(), Trouble> {
        self.put(&format!("inbox/{id}.json"), job.as_bytes())
    }

    /// Puts a file into its place with one rename.
    pub(crate) fn put(&self, below: &str, bytes: &[u8]) -> Result<(), Trouble> {
        let aside = self.dir.join("aside");
        fs::write(&aside, bytes)
            .and_then(|()| fs::rename(&aside, self.folder(below)))
            .map_err(doing(format!("put {below}")))
    }

    /// Hears of results and of jobs that failed.
    pub(crate) fn listen(&self) -> Result<Arrivals, Trouble> {
        Arrivals::of(&[&self.folder("outbox"), &self.folder("failed")], Duration::ZERO)
    }

    /// Waits until this job has ended: when that was heard, and whether it ended well.
    pub(crate) fn ended(&self, id: &str, heard: &Arrivals) -> Result<(Instant, bool), Trouble> {
        let until = Instant::now() + JOB;
        while let Some(arrival) = heard.next(until)? {
            if arrival.name == id {
                return Ok((arrival.at, self.went_well(id)));
            }
        }
        Err(Trouble::Late { what: format!("{}: job {id}", self.subject.name()), seconds: JOB.as_secs() })
    }

    /// As [`Place::ended`], for a job that has to end well.
    pub(crate) fn result(&self, id: &str, heard: &Arrivals) -> Result<Instant, Trouble> {
        let (at, well) = self.ended(id, heard)?;
        if well { Ok(at) } else { Err(self.wrong(&format!("job {id} ended without `{ANSWER}`"))) }
    }

    /// Gives jobs until one ends well, or, with `anyhow`, ends at all: when that was heard.
    pub(crate) fn usable(&mut self, heard: &Arrivals, anyhow: bool) -> Result<Instant, Trouble> {
        for _ in 0..TRIES {
            let id = self.submit()?;
            let (at, well) = self.ended(&id, heard)?;
            if well || anyhow {
                return Ok(at);
            }
        }
        Err(self.wrong(&format!("{TRIES} jobs failed")))
    }

    /// Whether a job's result is there and right.
    pub(crate) fn went_well(&self, id: &str) -> bool {
        let text = fs::read_to_string(self.folder("outbox").join(format!("{id}.json")));
        text.is_ok_and(|text| text.contains(ANSWER))
    }

    /// This side did something else than it should.
    pub(crate) fn wrong(&self, what: &str) -> Trouble {
        let said = fs::read_to_string(self.dir.join("says")).unwrap_or_default();
        let last = said.lines().last().map(|line| format!("; it said last: {line}"));
        Trouble::Wrong(format!("{}: {what}{}", self.subject.name(), last.unwrap_or_default()))
    }
}
