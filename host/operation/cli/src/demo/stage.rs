//! The demo's folder and the node in it: a process of its own, started, killed and stopped.
//!
//! *Invariant:* however the demo ends (well, by an error, by a signal), no process of it stays, and no folder unless it
//! was asked for.
//! *Doesn't know:* what is shown.
//! *Start at:* [`Stage`].

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jaros_decision::JobId;
use jaros_fabric::{Fabric, Folder, new_job_id, write_atomic};
use jaros_node::{NodeState, Status};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use super::say::not_shown;
use super::tickets::{self, Ticket};
use crate::bundle::{self, Component};
use crate::context::{Context, operator};
use crate::exit::Exit;
use crate::problem::{Problem, mended};
use crate::text;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(2);
/// How long anything may take on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(60);
/// The swarm.
pub(super) const AGENTS: [&str; 3] = ["planner", "worker", "reviewer"];
pub(super) const TOOLS: [&str; 1] = ["swarm.handoff"];
/// Settings that would make it another model, or another folder.
const SETTINGS: [&str; 3] = ["JAROS_DATA_DIR", "JAROS_LLM_PROVIDER", "JAROS_LLM_MODEL"];

/// The folder, and the node if one runs.
pub(super) struct Stage {
    /// The data directory.
    pub(super) place: Context,
    /// A second one, for copies.
    pub(super) copy: Context,
    shared: Arc<Shared>,
}

/// What has to be cleared away, also by the thread that hears signals.
struct Shared {
    root: PathBuf,
    keep: bool,
    node: Mutex<Option<Child>>,
}

/// A node that serves.
pub(super) struct Served {
    pub(super) pid: u32,
    pub(super) epoch: u64,
    /// From its start to all components in service.
    pub(super) after: Duration,
}

impl Stage {
    /// Makes the folder, with the swarm's components and the model's script.
    pub(super) fn set(context: &Context, keep: bool, tickets: &[Ticket]) -> Result<Self, Problem> {
        let made = tempfile::Builder::new().prefix("jaros-demo-").tempdir();
        let root = made.map_err(|error| unmade(&std::env::temp_dir(), &error))?.keep();
        let (place, copy) = (context.elsewhere(root.join("data")), context.elsewhere(root.join("copy")));
        let shared = Arc::new(Shared { root, keep, node: Mutex::new(None) });
        let stage = Self { place, copy, shared };
        stage.clear_on_signals()?;
        stage.place.layout.create()?;
        let layout = &stage.place.layout;
        for component in agents() {
            write_atomic(&layout.agents().join(format!("{}.wasm", component.name)), component.bytes)?;
        }
        for component in tools() {
            write_atomic(&layout.tools().join(format!("{}.wasm", component.name)), component.bytes)?;
        }
        let model = json!({ "provider": "script", "options": { "file": "config/script.json" } });
        write_atomic(&layout.config().join("llm.json"), model.to_string().as_bytes())?;
        write_atomic(&layout.config().join("script.json"), tickets::script(tickets).as_bytes())?;
        Ok(stage)
    }

    /// The folder of everything.
    pub(super) fn root(&self) -> &Path {
        &self.shared.root
    }

    /// Gives a ticket to the planner.
    pub(super) fn submit(&self, ticket: &Ticket) -> Result<JobId, Problem> {
        let id = new_job_id();
        let input = json!({ "ticket": ticket.words() });
        let job = json!({ "agent": AGENTS[0], "by": operator(), "id": id, "input": input }).to_string();
        let folder = Folder::open(self.place.layout.clone(), self.place.limits().all().job_bytes)?;
        folder.submit(&id, job.as_bytes()).map_err(|error| Problem::machine(error.to_string()))?;
        Ok(id)
    }

    /// The bytes of a job's result, once it is there.
    pub(super) fn result(&self, id: &JobId) -> Option<Vec<u8>> {
        fs::read(self.place.layout.outbox().join(format!("{id}.json"))).ok()
    }

    /// Starts a node and waits until it serves every component.
    pub(super) fn start(&self) -> Result<Served, Problem> {
        let begin = Instant::now();
        let pid = self.spawn()?;
        let serving = |status: &Status| {
            status.pid == pid
                && status.state == NodeState::Serving
                && status.components.len() == AGENTS.len() + TOOLS.len()
                && status.components.iter().all(|component| component.state == "serving")
        };
        self.until("the node to serve", || Ok(self.place.live_status()?.filter(serving)))?;
        let live = self.place.running()?;
        Ok(Served { pid, epoch: live.epoch.0, after: begin.elapsed() })
    }

    /// This very program, as anybody would start it.
    fn spawn(&self) -> Result<u32, Problem> {
        let unstarted = |error: io::Error| {
            Problem::machine(format!("the node can't be started: {error}")).next("jaros serve shows the same")
        };
        let said = File::create(self.said()).map_err(|error| unmade(&self.said(), &error))?;
        let mut command = Command::new(std::env::current_exe().map_err(unstarted)?);
        command.arg("--data-dir").arg(self.place.layout.root()).arg("serve");
        SETTINGS.iter().for_each(|name| {
            command.env_remove(name);
        });
        command.current_dir(self.root()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(said);
        let mut node = self.shared.node();
        let child = command.spawn().map_err(unstarted)?;
        let pid = child.id();
        *node = Some(child);
        Ok(pid)
    }

    /// What the node says to standard error.
    fn said(&self) -> PathBuf {
        self.root().join("serve.err")
    }

    /// `kill -9`.
    pub(super) fn kill(&self) -> Result<ExitStatus, Problem> {
        self.end(Child::kill)
    }

    /// Asks the node to stop.
    pub(super) fn stop(&self) -> Result<ExitStatus, Problem> {
        self.end(|child| {
            let pid =
                i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::NotFound)?;
            Ok(kill_process(pid, Signal::TERM)?)
        })
    }

    fn end(&self, ask: impl FnOnce(&mut Child) -> io::Result<()>) -> Result<ExitStatus, Problem> {
        let mut node = self.shared.node();
        let ended = node.as_mut().map(|child| ask(child).and_then(|()| child.wait()));
        *node = None;
        match ended {
            Some(Ok(status)) => Ok(status),
            Some(Err(error)) => Err(Problem::machine(format!("the node can't be stopped: {error}"))),
            None => Err(Problem::machine("no node runs that could be stopped")),
        }
    }

    /// Looks again and again until there is something; the node may not end meanwhile.
    pub(super) fn until<T>(
        &self,
        what: &str,
        mut look: impl FnMut() -> Result<Option<T>, Problem>,
    ) -> Result<T, Problem> {
        let begin = Instant::now();
        loop {
            if let Some(found) = look()? {
                return Ok(found);
            }
            self.lives()?;
            if begin.elapsed() > PATIENCE {
                return Err(not_shown(format_args!("waited {} for {what}", text::duration(PATIENCE))));
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn lives(&self) -> Result<(), Problem> {
        let ended = self.shared.node().as_mut().and_then(|child| child.try_wait().ok().flatten());
        let Some(status) = ended else { return Ok(()) };
        let said = fs::read_to_string(self.said()).unwrap_or_default();
        Err(not_shown(format_args!("the node ended by itself ({status})"))
            .details(said.lines().map(text::plain).collect()))
    }

    /// Clears away when the demo is interrupted, and ends the process.
    fn clear_on_signals(&self) -> Result<(), Problem> {
        let deaf = |error: io::Error| Problem::machine(format!("signals can't be received: {error}"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(deaf)?;
        let entered = runtime.enter();
        let mut interrupt = signal(SignalKind::interrupt()).map_err(deaf)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(deaf)?;
        let mut hangup = signal(SignalKind::hangup()).map_err(deaf)?;
        drop(entered);
        let shared = self.shared.clone();
        std::thread::spawn(move || {
            let exit = runtime.block_on(async {
                tokio::select! {
                    _ = interrupt.recv() => Exit::Interrupted,
                    _ = terminate.recv() => Exit::Terminated,
                    _ = hangup.recv() => Exit::Terminated,
                }
            });
            // Held to the end of the process, so that no other node is started behind it.
            let mut node = shared.node();
            shared.clear(&mut node);
            let _ = writeln!(io::stderr(), "\nstopped; the node is gone{}", shared.remains());
            std::process::exit(i32::from(exit as u8));
        });
        Ok(())
    }
}

impl Shared {
    fn node(&self) -> MutexGuard<'_, Option<Child>> {
        self.node.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Best effort: what can't be cleared away now nobody could clear away later.
    fn clear(&self, node: &mut Option<Child>) {
        if let Some(mut child) = node.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if !self.keep {
            let _ = fs::remove_dir_all(&self.root);
        }
    }

    fn remains(&self) -> String {
        if self.keep { format!(", {} stays", self.root.display()) } else { " and its folder too".to_owned() }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let mut node = self.shared.node();
        self.shared.clear(&mut node);
    }
}

/// The swarm's agents, as they are carried in this program.
pub(super) fn agents() -> impl Iterator<Item = Component> {
    bundle::agents().filter(|component| AGENTS.contains(&component.name))
}

/// The swarm's tools.
pub(super) fn tools() -> impl Iterator<Item = Component> {
    bundle::tools().filter(|component| TOOLS.contains(&component.name))
}

/// Whether a process was ended by SIGKILL.
pub(super) fn was_killed(status: ExitStatus) -> bool {
    status.signal() == Some(Signal::KILL.as_raw())
}

/// A result as the node wrote it.
pub(super) fn parsed(bytes: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(bytes).map_err(|error| not_shown(format_args!("a result is no JSON: {error}")))
}

/// That a file or folder couldn't be made.
pub(super) fn unmade(path: &Path, error: &io::Error) -> Problem {
    Problem::machine(format!("{} can't be written: {error}", path.display())).next(mended(error))
}
