//! Running the lines of a recipe.
//!
//! *Invariant:* a line that was started has ended when this returns, also when it is stopped; what it printed is kept up to a
//! bound, its end rather than its beginning.
//! *Doesn't know:* what the lines are for.
//! *Start at:* [`Runner`].

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

/// Bytes of what a line printed that are kept.
const KEPT_BYTES: usize = 8 << 20;
/// Between two looks at a line that runs.
const PAUSE: Duration = Duration::from_millis(5);

/// How lines are run.
#[derive(Clone, Copy, Debug)]
pub struct Runner<'a> {
    /// What lines say to standard error goes there at once, instead of being kept.
    pub verbose: bool,
    /// Set from elsewhere: what runs is ended.
    pub stop: &'a AtomicBool,
}

/// A line that ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: ExitStatus,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Runner<'_> {
    /// Runs one line in this folder to its end. `None`: it was stopped.
    pub(crate) fn run(
        &self,
        words: &[String],
        env: &[(&'static str, String)],
        folder: &Path,
    ) -> io::Result<Option<Ran>> {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).envs(env.iter().map(|(name, value)| (name, value))).current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(if self.verbose { Stdio::inherit() } else { Stdio::piped() });
        // A group of its own: what it starts in turn is ended with it.
        let mut child = command.process_group(0).spawn()?;
        let out = child.stdout.take().map(kept);
        let err = child.stderr.take().map(kept);
        let status = self.wait(&mut child)?;
        let text = |reader: Option<JoinHandle<String>>| {
            reader.map_or_else(String::new, |reader| reader.join().expect("reading doesn't panic"))
        };
        Ok(status.map(|status| Ran { status, out: text(out), err: text(err) }))
    }

    fn wait(&self, child: &mut Child) -> io::Result<Option<ExitStatus>> {
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            if self.stop.load(Ordering::Relaxed) {
                // It may have ended just now; then there is nothing to end.
                let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
                child.wait()?;
                return Ok(None);
            }
            thread::sleep(PAUSE);
        }
    }
}

/// Reads to the end on a thread of its own, so that nobody waits for a full pipe.
fn kept(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let (mut all, mut chunk) = (Vec::new(), [0; 16 << 10]);
        while let Ok(read @ 1..) = from.read(&mut chunk) {
            all.extend_from_slice(&chunk[..read]);
            if all.len() > 2 * KEPT_BYTES {
                all.drain(..all.len() - KEPT_BYTES);
            }
        }
        String::from_utf8_lossy(&all[all.len().saturating_sub(KEPT_BYTES)..]).into_owned()
    })
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn sh(text: &str, stop: bool) -> Option<Ran> {
        let stop = AtomicBool::new(stop);
        let runner = Runner { verbose: false, stop: &stop };
        let words = ["/bin/sh", "-c", text].map(str::to_owned);
        runner.run(&words, &[("MARK", "m".into())], Path::new("/")).unwrap()
    }

    #[test]
    fn what_a_line_said_and_how_it_ended_is_told() {
        let ran = sh("echo out $MARK; pwd; echo err >&2; exit 3", false).unwrap();
        assert_eq!((ran.out.as_str(), ran.err.as_str(), ran.status.code()), ("out m\n/\n", "err\n", Some(3)));
    }

    #[test]
    fn a_line_that_prints_without_end_costs_no_more_than_the_bound() {
        let ran = sh("head -c 40000000 /dev/zero; echo end", false).unwrap();
        assert!(ran.out.len() <= KEPT_BYTES && ran.out.ends_with("end\n"), "{}", ran.out.len());
    }

    #[test]
    fn a_line_is_stopped_with_what_it_started() {
        let begin = Instant::now();
        assert!(sh("sleep 600 & sleep 600", true).is_none());
        assert!(begin.elapsed() < Duration::from_secs(60));
    }
}
