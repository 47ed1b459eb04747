//! `dev`: a project is built at each save, dropped into a node of its own, and run.
//!
//! *Invariant:* there is one node, in this process, on the project's own folder; it ends with the command, however that ends. A
//! build that fails leaves the version before in service, and the watch goes on.
//! *Doesn't know:* how a component is built, or what a job is.
//! *Start at:* [`dev`].

mod node;
mod round;
mod say;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use jaros_project::Sources;
use jaros_watch::{Watched, Watcher};
use tokio::signal::unix::{SignalKind, signal};

use self::node::Node;
use self::round::Round;
use super::build;
use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::problem::{Outcome, Problem};

/// An editor saves in several steps: this long after the last one it is done.
const QUIET: Duration = Duration::from_millis(60);
/// Between two looks at folders that the kernel tells nothing about.
const TICK: Duration = Duration::from_secs(1);

/// What wakes the loop.
pub(super) enum Event {
    /// Something changed in a folder of the project.
    Changed,
    /// The command is to end.
    Stop,
}

/// What the loop and its rounds share.
pub(super) struct Bell {
    events: Receiver<Event>,
    /// Set once the command is to end.
    pub(super) stop: Arc<AtomicBool>,
}

/// `dev`.
pub(crate) fn dev(context: &Context, args: &args::Dev) -> Outcome {
    let project = build::open(args.dir.as_deref())?;
    let (ring, events) = channel();
    let bell = Bell { events, stop: Arc::new(AtomicBool::new(false)) };
    let data_dir = context.named.clone().unwrap_or_else(|| project.folder.join(".jaros-data"));
    let place = context.elsewhere(data_dir);
    let node = Node::start(&place, &project)?;
    hear(&ring, &bell.stop)?;
    say::begin(&context.out, &project, &place)?;
    let mut round = Round::new(context, args, place);
    let mut seen = Sources::of(&project.folder);
    let mut watch = watch(&project.folder, &seen, &ring)?;
    let mut changed = Vec::new();
    loop {
        round.go(&changed, &bell)?;
        loop {
            if bell.wait() {
                drop(watch);
                node.stop()?;
                context.out.remark("stopped");
                return Ok(Exit::Ok);
            }
            let now = Sources::of(&project.folder);
            if !now.folders().eq(seen.folders()) {
                watch = self::watch(&project.folder, &now, &ring)?;
            }
            changed = seen.changed(&now);
            seen = now;
            if !changed.is_empty() {
                break;
            }
        }
    }
}

impl Bell {
    /// Waits until something happened, and until it is quiet again. Whether the command is to end.
    fn wait(&self) -> bool {
        let mut next = self.events.recv().map_err(drop);
        while let Ok(event) = next {
            if matches!(event, Event::Stop) {
                return true;
            }
            next = self.events.recv_timeout(QUIET).map_err(drop);
        }
        self.is_over()
    }

    /// Whether the command is to end.
    pub(super) fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Watches every folder of the project's sources.
fn watch(folder: &Path, sources: &Sources, ring: &Sender<Event>) -> Result<Watcher, Problem> {
    let folders: Vec<Watched> = sources.folders().map(|below| Watched::new(folder.join(below))).collect();
    let ring = ring.clone();
    Watcher::start(folders, TICK, move |_| {
        // Whoever doesn't listen any more is about to end.
        let _ = ring.send(Event::Changed);
    })
    .map_err(|error| {
        Problem::machine(format!("the project can't be watched: {error}"))
            .next("free some memory, and repeat")
    })
}

/// Ends the command at the first signal, and the process at the second.
fn hear(ring: &Sender<Event>, stop: &Arc<AtomicBool>) -> Result<(), Problem> {
    let deaf = |error: std::io::Error| Problem::machine(format!("signals can't be received: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(deaf)?;
    let entered = runtime.enter();
    let mut interrupt = signal(SignalKind::interrupt()).map_err(deaf)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(deaf)?;
    drop(entered);
    let (ring, stop) = (ring.clone(), Arc::clone(stop));
    thread::spawn(move || {
        runtime.block_on(async {
            loop {
                let exit = tokio::select! {
                    _ = interrupt.recv() => Exit::Interrupted,
                    _ = terminate.recv() => Exit::Terminated,
                };
                if stop.swap(true, Ordering::Relaxed) {
                    std::process::exit(i32::from(exit as u8));
                }
                let _ = ring.send(Event::Stop);
            }
        });
    });
    Ok(())
}
