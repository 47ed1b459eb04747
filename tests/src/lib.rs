//! A node in a folder of its own, for tests from end to end.
//!
//! *Invariant:* everything is real: components, folders, ledger, threads; only the folder is thrown away.
//! *Doesn't know:* the command line.
//! *Start at:* [`Place`].

pub mod canary;
pub mod conformance;
pub mod hostile;
pub mod process;
pub mod record;
pub mod server;
pub mod siege;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jaros_decision::{Digest, JobId};
use jaros_engine::Engine;
use jaros_fabric::{Fabric, Folder, Layout, new_job_id};
use jaros_node::{Node, NodeError, Options};
use jaros_replay::Report;
use serde_json::Value;
use tempfile::TempDir;

/// A data directory with the example components.
pub struct Place {
    dir: TempDir,
}

/// A node that runs in this process.
pub struct Running {
    stop: tokio::sync::watch::Sender<bool>,
    thread: Option<JoinHandle<Result<(), NodeError>>>,
}

/// The built examples.
#[must_use]
pub fn built() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples-wasm/built")
}

/// What the examples need to be granted.
pub const GRANTS: &str = r#"
[tool."sys.info"]
host-facts = true
[tool."fs.stat"]
files-read = { data = "shared" }
[tool."fs.disk_usage"]
host-facts = true
files-read = { data = "shared" }
[tool.notes]
store = true
[tool."file.save"]
files-write = { out = "shared" }
[agent.proposer]
propose = ["advance", "fs.write", "greet", "text.count", "notes", "file.save", "fs.stat"]
[agent.system-health]
propose = ["sys.info"]
[agent.disk-monitor]
propose = ["fs.disk_usage"]
[agent.inventory]
propose = ["fs.stat"]
"#;

impl Default for Place {
    fn default() -> Self {
        Self::new()
    }
}

impl Place {
    /// An empty data directory.
    #[must_use]
    pub fn empty() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        Layout::new(dir.path()).create().expect("a layout");
        Self { dir }
    }

    /// A data directory with every example and its grants.
    #[must_use]
    pub fn new() -> Self {
        let place = Self::empty();
        for folder in ["agents", "tools"] {
            for entry in std::fs::read_dir(built().join(folder)).expect("the built examples") {
                let entry = entry.expect("an example");
                std::fs::copy(entry.path(), place.path(folder).join(entry.file_name())).expect("a copy");
            }
        }
        std::fs::create_dir_all(place.path("shared")).expect("a folder");
        std::fs::write(place.path("shared/a.txt"), "hello").expect("a file");
        place.write("config/grants.toml", GRANTS);
        warm(&place.layout());
        place
    }

    /// Puts one built example into service.
    pub fn add(&self, example: &str) {
        let file = format!("{example}.wasm");
        self.drop_in(&file, &std::fs::read(built().join(&file)).expect("an example"));
    }

    /// Puts a file into its place with one rename, as every careful program does.
    ///
    /// # Panics
    /// Where it can't be put there.
    pub fn drop_in(&self, below: &str, bytes: &[u8]) {
        let aside = self.path("state/aside").join(below.replace('/', "-"));
        std::fs::write(&aside, bytes).expect("a file");
        std::fs::rename(aside, self.path(below)).expect("a rename");
    }

    /// A path in the data directory.
    #[must_use]
    pub fn path(&self, below: &str) -> PathBuf {
        self.dir.path().join(below)
    }

    /// Writes a file in the data directory.
    pub fn write(&self, below: &str, text: &str) {
        std::fs::create_dir_all(self.path("config")).expect("a folder");
        std::fs::write(self.path(below), text).expect("a file");
    }

    /// The paths in the data directory.
    #[must_use]
    pub fn layout(&self) -> Layout {
        Layout::new(self.dir.path())
    }

    /// The usual options for a node here.
    #[must_use]
    pub fn options(&self) -> Options {
        Options::new(self.dir.path(), jaros_engine::Compiler::InProcess)
    }

    /// Starts a node on a thread of its own.
    ///
    /// # Panics
    /// Where it can't start.
    #[must_use]
    pub fn serve(&self) -> Running {
        self.try_serve(self.options()).expect("the node starts")
    }

    /// Starts a node, or says why not.
    ///
    /// # Errors
    /// As [`Node::open`].
    pub fn try_serve(&self, options: Options) -> Result<Running, NodeError> {
        let node = Node::open(options)?;
        let stop = node.stopper();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
            runtime.block_on(node.run())
        });
        Ok(Running { stop, thread: Some(thread) })
    }

    /// Runs a node until nothing is left to do.
    ///
    /// # Panics
    /// Where it fails.
    pub fn serve_once(&self) {
        let mut running = self.try_serve(Options { once: true, ..self.options() }).expect("the node starts");
        running.join().expect("the node ends well");
    }

    /// Submits a job.
    ///
    /// # Panics
    /// Where it can't be written.
    pub fn submit(&self, agent: &str, input: &Value) -> JobId {
        let id = new_job_id();
        let file = serde_json::json!({"agent": agent, "id": id, "input": input}).to_string();
        let folder = Folder::open(self.layout(), 1 << 20).expect("a folder");
        folder.submit(&id, file.as_bytes()).expect("a submission");
        id
    }

    /// A job's result, once it is there.
    ///
    /// # Panics
    /// Where it isn't there after a minute.
    #[must_use]
    pub fn result(&self, job: &JobId) -> Value {
        let path = self.path(&format!("outbox/{job}.json"));
        until(&format!("the result of {job}"), || {
            let text = std::fs::read_to_string(&path).ok()?;
            Some(serde_json::from_str(&text).expect("a result is JSON"))
        })
    }

    /// Submits a job and waits for its result.
    #[must_use]
    pub fn ask(&self, agent: &str, input: &Value) -> Value {
        let job = self.submit(agent, input);
        self.result(&job)
    }

    /// Replays the ledger.
    ///
    /// # Panics
    /// Where there is no report.
    #[must_use]
    pub fn replay(&self, options: &jaros_replay::Options) -> Report {
        let settings = jaros_engine::Settings {
            compiled_dir: Some(self.layout().compiled()),
            limits: jaros_replay::engine_limits(&self.layout()),
            ..jaros_engine::Settings::new(jaros_engine::Compiler::InProcess)
        };
        let engine = Engine::new(&settings).expect("an engine");
        jaros_replay::replay(&self.layout(), &engine, options, &mut |_| {}).expect("a report")
    }

    /// Replays the ledger and checks that everything is found again.
    ///
    /// # Panics
    /// Where anything differs.
    pub fn replays_clean(&self) -> Report {
        let report = self.replay(&jaros_replay::Options::default());
        assert!(report.ok, "{}", serde_json::to_string_pretty(&report).expect("a report is JSON"));
        assert_eq!(report.model_calls, 0);
        report
    }
}

impl Running {
    /// Stops it and waits for its end.
    ///
    /// # Panics
    /// Where it doesn't end well.
    pub fn stop(mut self) {
        self.stop.send_replace(true);
        self.join().expect("the node ends well");
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// Why it stopped.
    pub fn join(&mut self) -> Result<(), NodeError> {
        let thread = self.thread.take().expect("it runs");
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// Gives a place the compiled examples, which are made once a test program: compiling them in each test would take most
/// of its time.
fn warm(layout: &Layout) {
    static COMPILED: OnceLock<TempDir> = OnceLock::new();
    let compiled = COMPILED.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let settings = jaros_engine::Settings {
            compiled_dir: Some(dir.path().join("c")),
            ..jaros_engine::Settings::new(jaros_engine::Compiler::InProcess)
        };
        let engine = Engine::new(&settings).expect("an engine");
        for (folder, is_agent) in [("agents", true), ("tools", false)] {
            for entry in std::fs::read_dir(built().join(folder)).expect("the built examples") {
                let bytes = std::fs::read(entry.expect("an example").path()).expect("an example");
                let digest = Digest::of(&bytes);
                if is_agent {
                    engine.compile_agent(&bytes, digest).map(drop).expect("an agent");
                } else {
                    engine.compile_tool(&bytes, digest).map(drop).expect("a tool");
                }
            }
        }
        dir
    });
    for entry in std::fs::read_dir(compiled.path().join("c")).expect("compiled code") {
        let entry = entry.expect("compiled code");
        std::fs::copy(entry.path(), layout.compiled().join(entry.file_name())).expect("a copy");
    }
}

/// A tool like `greet`, written as component text: it takes any payload and always answers with this greeting.
#[must_use]
pub fn greet_in_text(greeting: &str) -> Vec<u8> {
    let length = format!(r#"{{"greeting":"{greeting}"}}"#).len().to_string();
    let text = include_str!("greet.wat")
        .replace("GREETING\\", &format!("{greeting}\\"))
        .replace("LENGTH)", &format!("{length})"));
    wat::parse_str(text).expect("component text")
}

/// Waits until `look` gives something, for at most a minute.
///
/// # Panics
/// Where it never does.
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_within(Duration::from_secs(60), what, look)
}

/// As [`until`], for what may take longer on a busy machine.
///
/// # Panics
/// Where it never does.
pub fn until_within<T>(longest: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < longest, "{what} never came");
        std::thread::sleep(Duration::from_millis(2));
    }
}
