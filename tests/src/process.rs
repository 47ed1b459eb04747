//! A node as a process of its own, looked at from outside.
//!
//! *Invariant:* what was started is ended, by its id, at the latest when the value is dropped.
//! *Doesn't know:* what the node does.
//! *Start at:* [`Process`].

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Place;

/// A node's process.
pub struct Process {
    child: Child,
}

/// Memory that a process holds, in KiB.
#[derive(Clone, Copy, Debug)]
pub struct Resident {
    /// Now.
    pub now: u64,
    /// At most, since it was last asked to forget.
    pub peak: u64,
}

impl Process {
    /// Starts `program` on a place; what it says goes into `says` there.
    ///
    /// # Panics
    /// Where it can't be started.
    #[must_use]
    pub fn start(program: &str, place: &Place, environment: &[(&str, &str)]) -> Self {
        let says = || File::options().create(true).append(true).open(place.path("says")).expect("a file");
        let mut command = Command::new(program);
        command.arg(place.path("")).envs(environment.iter().copied());
        command.stdin(Stdio::null()).stdout(says()).stderr(says());
        Self { child: command.spawn().expect("the node starts") }
    }

    /// What it holds.
    ///
    /// # Panics
    /// Where it has ended.
    #[must_use]
    pub fn resident(&self) -> Resident {
        let status = std::fs::read_to_string(self.proc("status")).expect("it is alive");
        let kib = |key: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(key)).expect("the kernel tells");
            line.trim().trim_end_matches(" kB").parse().expect("a number")
        };
        Resident { now: kib("VmRSS:"), peak: kib("VmHWM:") }
    }

    /// Makes the peak what it holds now. Some kernels and containers don't let anybody: then the peak is that of its life.
    pub fn forget_peak(&self) {
        let _ = std::fs::write(self.proc("clear_refs"), "5");
    }

    /// Its command line, as others on this machine may see it.
    ///
    /// # Panics
    /// Where it has ended.
    #[must_use]
    pub fn command_line(&self) -> Vec<u8> {
        std::fs::read(self.proc("cmdline")).expect("it is alive")
    }

    fn proc(&self, file: &str) -> std::path::PathBuf {
        Path::new("/proc").join(self.child.id().to_string()).join(file)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The next start goes on from the record, however this one ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
