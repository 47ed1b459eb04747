//! Processes that are measured.
//!
//! *Invariant:* whoever was started is ended, by its id, at the latest when the value is dropped; a wait has an end.
//! *Doesn't know:* what they do.
//! *Start at:* [`Process`].

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::trouble::{Trouble, doing};

/// How long a process may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a command may run.
const LONGEST: Duration = Duration::from_secs(300);

/// A process that runs until it is stopped.
pub(crate) struct Process {
    child: Child,
    pub(crate) started: Instant,
}

impl Process {
    /// Starts it; what it says goes into this file.
    pub(crate) fn start(mut command: Command, says: &Path) -> Result<Self, Trouble> {
        let file = |_| File::options().create(true).append(true).open(says).map_err(doing("make a log"));
        command.stdin(Stdio::null()).stdout(file(())?).stderr(file(())?);
        let what = format!("start {}", command.get_program().display());
        let started = Instant::now();
        Ok(Self { child: command.spawn().map_err(doing(what))?, started })
    }

    /// Resident memory in MiB.
    pub(crate) fn resident_mib(&self) -> Result<f64, Trouble> {
        let path = format!("/proc/{}/status", self.child.id());
        let text = std::fs::read_to_string(&path).map_err(doing(format!("read {path}")))?;
        let kib = text.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        let kib: Option<f64> = kib.and_then(|kib| kib.parse().ok());
        kib.map(|kib| kib / 1024.0).ok_or_else(|| Trouble::Wrong(format!("{path} tells no memory")))
    }

    /// Asks it to end, and waits for that.
    pub(crate) fn stop(mut self) -> Result<(), Trouble> {
        // One that has ended already is not there to be asked.
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            if self.child.try_wait().map_err(doing("wait for a process"))?.is_some() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Err(Trouble::Late { what: "the end of a process".into(), seconds: PATIENCE.as_secs() })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Runs a command to its end; its output and how long it took.
pub(crate) fn run(mut command: Command) -> Result<(Output, Duration), Trouble> {
    let what = format!("run {}", command.get_program().display());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let begin = Instant::now();
    let child = command.spawn().map_err(doing(what.clone()))?;
    let guard = Guard::of(Pid::from_child(&child));
    let output = child.wait_with_output().map_err(doing(what.clone()))?;
    let took = begin.elapsed();
    drop(guard);
    if output.status.success() {
        return Ok((output, took));
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ");
    Err(Trouble::Wrong(format!("{what}: {}: {said}", output.status)))
}

/// Ends a process that takes too long.
struct Guard {
    ended: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Guard {
    fn of(process: Pid) -> Self {
        let (ended, wait) = channel::<()>();
        let thread = std::thread::spawn(move || {
            if wait.recv_timeout(LONGEST) == Err(RecvTimeoutError::Timeout) {
                let _ = kill_process(process, Signal::KILL);
            }
        });
        Self { ended: Some(ended), thread: Some(thread) }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.ended = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
