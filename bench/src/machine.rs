//! The machine, as far as it decides what the figures come to.
//!
//! *Invariant:* nothing here says when or where; two runs on one quiet machine say the same.
//! *Doesn't know:* what is measured.
//! *Start at:* [`Machine`].

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use crate::figure::{Figure, ms};
use crate::trouble::{Trouble, doing};

/// Appends that are synced to see how fast the disk is.
const SYNCS: usize = 40;

/// What it is and how busy it was before.
#[derive(Serialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) kernel: String,
    /// Median of an append of 4 KiB made durable.
    pub(crate) fdatasync_ms: f64,
    /// Processes that wanted to run in the last minute.
    pub(crate) load_before: f64,
}

impl Machine {
    pub(crate) fn look(folder: &Path) -> Result<Self, Trouble> {
        let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
        Ok(Self {
            processor: model.map_or("unknown", |(_, name)| name.trim()).to_owned(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: rustix::system::uname().release().to_string_lossy().into_owned(),
            load_before: load(),
            fdatasync_ms: sync_ms(folder)?,
        })
    }
}

/// The load over the last minute.
pub(crate) fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or_default()
}

fn sync_ms(folder: &Path) -> Result<f64, Trouble> {
    let mut file = tempfile::tempfile_in(folder).map_err(doing("make a file to sync"))?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let begin = Instant::now();
        file.write_all(&[b'x'; 4096]).and_then(|()| file.sync_data()).map_err(doing("sync a file"))?;
        times.push(ms(begin.elapsed()));
    }
    Ok(Figure::of(times).expect("it was synced").median)
}
