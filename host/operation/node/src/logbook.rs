//! Diagnostics: what components and the node say for people, beside the record and never part of it.
//!
//! *Invariant:* writing never fails a job: a line that can't be written is dropped. The file is bounded.
//! *Doesn't know:* the ledger.
//! *Start at:* [`Logbook`].

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jaros_decision::{JobId, Json};
use jaros_engine::{Level, LogSink};
use serde::{Deserialize, Serialize};

use crate::clock::now;

/// Bytes of one log file; the one before it is kept beside it.
const FILE_BYTES: u64 = 16 << 20;

/// One line of `state/log/node.ndjson`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
    /// `node`, `agent:NAME` or `tool:NAME`.
    pub source: String,
    /// The job at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// What was said. Control characters are escaped, so that a guest can't write a line of its own.
    pub message: String,
}

/// A tenant's diagnostics file.
pub(crate) struct Logbook {
    path: PathBuf,
    file: Mutex<Option<(File, u64)>>,
    echo: bool,
}

impl Logbook {
    /// Opens (or makes) the file in `dir`. With `echo`, warnings and errors of the node itself go to standard error too.
    pub(crate) fn open(dir: &Path, echo: bool) -> Self {
        let path = dir.join("node.ndjson");
        let file = std::fs::create_dir_all(dir).and_then(|()| append_to(&path)).ok();
        Self { path, file: Mutex::new(file), echo }
    }

    /// Writes one line about the node itself.
    pub(crate) fn node(&self, level: Level, message: &str) {
        if self.echo && matches!(level, Level::Error | Level::Warn) {
            let _ = writeln!(std::io::stderr(), "{}: {}", level.as_str(), printable(message));
        }
        self.write(level, "node", None, message);
    }

    /// A sink for what a component says while it works on a job.
    pub(crate) fn sink(self: &Arc<Self>, source: String, job: Option<&JobId>) -> Arc<dyn LogSink> {
        Arc::new(Sink { logbook: self.clone(), source, job: job.map(ToString::to_string) })
    }

    fn write(&self, level: Level, source: &str, job: Option<&str>, message: &str) {
        let line = LogLine {
            at_ms: now().0,
            level: level.as_str().into(),
            source: source.into(),
            job: job.map(Into::into),
            message: message.into(),
        };
        let Ok(json) = Json::of(&line) else { return };
        let mut file = self.file.lock().expect("no writer panics");
        let Some((open, bytes)) = file.as_mut() else { return };
        if *bytes > FILE_BYTES {
            let _ = std::fs::rename(&self.path, self.path.with_extension("ndjson.1"));
            let Ok(fresh) = append_to(&self.path) else { return };
            (*open, *bytes) = fresh;
        }
        let mut text = json.as_str().to_owned();
        text.push('\n');
        if open.write_all(text.as_bytes()).is_ok() {
            *bytes += text.len() as u64;
        }
    }
}

fn append_to(path: &Path) -> std::io::Result<(File, u64)> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    let bytes = file.metadata()?.len();
    Ok((file, bytes))
}

/// `text` without anything that could move a terminal's cursor or change its colours.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

struct Sink {
    logbook: Arc<Logbook>,
    source: String,
    job: Option<String>,
}

impl LogSink for Sink {
    fn write(&self, level: Level, message: &str) {
        self.logbook.write(level, &self.source, self.job.as_deref(), message);
    }
}
