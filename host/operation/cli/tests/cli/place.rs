//! A data directory of its own, the program run on it, and nodes as its children.
//!
//! *Invariant:* nothing runs on for ever: commands and nodes have a deadline, and a node ends with its value.
//! *Doesn't know:* what a command should say.
//! *Start at:* [`Place`].

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// The longest that anything here may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder with a data directory `data` in it.
pub(crate) struct Place {
    dir: TempDir,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A node that runs.
pub(crate) struct Serving {
    child: Child,
}

impl Place {
    /// A folder with nothing in it.
    pub(crate) fn empty() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A data directory with the examples, and compiled code for them.
    pub(crate) fn new() -> Self {
        let place = Self::empty();
        place.ok(&["init", "--with-examples"]);
        for entry in fs::read_dir(warm().join("state/compiled")).expect("compiled code") {
            let entry = entry.expect("compiled code");
            fs::copy(entry.path(), place.data("state/compiled").join(entry.file_name())).expect("a copy");
        }
        place
    }

    /// A path beside the data directory; commands run here.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.dir.path().join(below)
    }

    /// A path in the data directory.
    pub(crate) fn data(&self, below: &str) -> PathBuf {
        self.dir.path().join("data").join(below)
    }

    /// Writes a file beside the data directory and names it.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), bytes).expect("a file");
        name.to_owned()
    }

    /// The program with these arguments, ready to be run.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, args: &[A]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jaros"));
        command.args(args).current_dir(self.dir.path());
        for unwanted in ["JAROS_LLM_PROVIDER", "JAROS_LLM_MODEL", "RUST_BACKTRACE"] {
            command.env_remove(unwanted);
        }
        command.env("JAROS_DATA_DIR", self.dir.path().join("data")).env("USER", "ann").stdin(Stdio::null());
        command
    }

    /// Runs the program.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, args: &[A]) -> Said {
        self.run_with(args, b"")
    }

    /// Runs the program with something to read.
    pub(crate) fn run_with<A: AsRef<OsStr>>(&self, args: &[A], stdin: &[u8]) -> Said {
        said(self.command(args), stdin, PATIENCE)
    }

    /// Runs the program, which has to end with 0, and gives what it printed.
    pub(crate) fn ok<A: AsRef<OsStr> + std::fmt::Debug>(&self, args: &[A]) -> String {
        let said = self.run(args);
        assert_eq!(said.code, 0, "{args:?}: {said:?}");
        said.out
    }

    /// The same as JSON.
    pub(crate) fn json<A: AsRef<OsStr> + std::fmt::Debug>(&self, args: &[A]) -> Value {
        let mut all: Vec<&OsStr> = args.iter().map(AsRef::as_ref).collect();
        all.push("--json".as_ref());
        serde_json::from_str(&self.ok(&all)).expect("one JSON document")
    }

    /// Starts a node and waits until it serves.
    pub(crate) fn serve(&self) -> Serving {
        let serving = Serving { child: self.spawn_node("serve.err") };
        until("a node that serves", || (self.run(&["status", "--check"]).code == 0).then_some(()));
        serving
    }

    fn spawn_node(&self, log: &str) -> Child {
        let mut command = self.command(&["serve"]);
        command.stdout(Stdio::null()).stderr(File::create(self.path(log)).expect("a file"));
        command.spawn().expect("the program starts")
    }
}

impl Said {
    /// One document of JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Serving {
    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("a signal is sent");
    }

    /// Waits for its end.
    pub(crate) fn end(&mut self) -> ExitStatus {
        ended(&mut self.child)
    }

    /// Asks it to stop, as a service manager does; it ends with 0.
    pub(crate) fn stop(mut self) {
        self.signal(Signal::TERM);
        let status = self.end();
        assert_eq!((status.code(), status.signal()), (Some(0), None));
    }

    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_none()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until `look` gives something.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < PATIENCE, "{what} never came");
        thread::sleep(Duration::from_millis(5));
    }
}

/// The built examples.
pub(crate) fn built(name: &str) -> String {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples-wasm/built");
    built.join(name).to_str().expect("a path of text").to_owned()
}

/// Runs a command to its end, with something to read.
pub(crate) fn said(mut command: Command, stdin: &[u8], patience: Duration) -> Said {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let (mut to, bytes) = (child.stdin.take().expect("a pipe"), stdin.to_owned());
    // Who doesn't read isn't to blame.
    thread::spawn(move || drop(to.write_all(&bytes)));
    let out = reading(child.stdout.take().expect("a pipe"));
    let err = reading(child.stderr.take().expect("a pipe"));
    let status = ended_within(&mut child, patience);
    let (out, err) = (out.join().expect("a reader"), err.join().expect("a reader"));
    Said { code: status.code().unwrap_or(-1), out, err }
}

fn ended(child: &mut Child) -> ExitStatus {
    ended_within(child, PATIENCE)
}

fn ended_within(child: &mut Child, patience: Duration) -> ExitStatus {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status;
        }
        if begin.elapsed() > patience {
            child.kill().expect("a child");
            panic!("it never ended");
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn reading(mut from: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).expect("a pipe");
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// A data directory in which a node has compiled every example, once for all tests.
fn warm() -> PathBuf {
    static WARM: OnceLock<Place> = OnceLock::new();
    let place = WARM.get_or_init(|| {
        let place = Place::empty();
        place.ok(&["init", "--with-examples"]);
        place.ok(&["serve", "--once"]);
        place
    });
    place.data("")
}
