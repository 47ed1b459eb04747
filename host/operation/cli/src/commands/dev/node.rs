//! The node of `dev`: in this process, on the project's own data directory, with the examples in it.
//!
//! *Invariant:* it ends with its value; a second node on the same folder is refused by the folder's lease.
//! *Doesn't know:* builds, or jobs.
//! *Start at:* [`Node`].

use std::thread::{self, JoinHandle};
use std::time::Duration;

use jaros_fabric::write_atomic;
use jaros_node::{NodeError, Options};
use jaros_project::Project;
use tokio::sync::watch;

use crate::bundle;
use crate::commands::install::Place;
use crate::commands::serve::{not_opened, runtime};
use crate::context::{Context, compiler};
use crate::input;
use crate::problem::Problem;

/// How long jobs that run may go on once the command is to end: they are tries.
const PATIENCE: Duration = Duration::from_secs(1);

/// A node that serves.
pub(super) struct Node {
    stopper: watch::Sender<bool>,
    thread: Option<JoinHandle<Result<(), NodeError>>>,
}

impl Node {
    /// Lays the folder out and starts the node.
    pub(super) fn start(place: &Context, project: &Project) -> Result<Self, Problem> {
        place.possible()?;
        place.layout.create()?;
        settings(place)?;
        components(place, project)?;
        let mut options = Options::new(place.layout.root(), compiler());
        options.patience = PATIENCE;
        let workers = options.workers;
        let node = jaros_node::Node::open(options).map_err(|error| not_opened(&error))?;
        let (stopper, runtime) = (node.stopper(), runtime(workers)?);
        let run = move || runtime.block_on(node.run());
        let thread = thread::Builder::new().name("jaros-dev-node".into()).spawn(run).map_err(|error| {
            Problem::machine(format!("the node can't be started: {error}"))
                .next("free some memory, and repeat")
        })?;
        Ok(Self { stopper, thread: Some(thread) })
    }

    /// Ends it, and says how it ended.
    pub(super) fn stop(mut self) -> Result<(), Problem> {
        self.stopper.send_replace(true);
        let thread = self.thread.take().expect("it is taken here and in `drop` alone");
        thread.join().expect("a node doesn't panic").map_err(|error| not_opened(&error))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.stopper.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // Something else is being reported already.
            let _ = thread.join();
        }
    }
}

/// Settings that are missing; what is there was changed by somebody, or by a round before.
fn settings(place: &Context) -> Result<(), Problem> {
    for (name, text) in [("limits.toml", bundle::LIMITS), ("llm.json", bundle::MODEL)] {
        let path = place.layout.config().join(name);
        if !path.exists() {
            write_atomic(&path, text.as_bytes())?;
        }
    }
    let shared = place.layout.root().join("shared");
    std::fs::create_dir_all(&shared)
        .map_err(|error| Problem::machine(format!("{} can't be made: {error}", shared.display())))?;
    write_atomic(&shared.join("hello.txt"), bundle::SHARED.as_bytes())?;
    Ok(())
}

/// The examples; the project's own component, and what it names, come with each round.
fn components(place: &Context, project: &Project) -> Result<(), Problem> {
    let put = |place_of: Place, name: &str, bytes: &[u8]| -> Result<(), Problem> {
        let own = place_of.role() == project.kind && name == project.name.as_str();
        let path = place_of.folder(place).join(format!("{name}.wasm"));
        if !own && input::file(&path, u64::MAX - 1, None).ok().as_deref() != Some(bytes) {
            write_atomic(&path, bytes)?;
        }
        Ok(())
    };
    bundle::tools().try_for_each(|tool| put(Place::Tool, tool.name, tool.bytes))?;
    bundle::agents().try_for_each(|agent| put(Place::Agent, agent.name, agent.bytes))
}
