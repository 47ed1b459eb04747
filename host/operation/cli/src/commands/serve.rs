//! `serve`: the node, until it is asked to stop.
//!
//! *Invariant:* the first SIGINT or SIGTERM ends what is under way and gives the folder back; a second one ends the process
//! at once, which loses nothing either.
//! *Doesn't know:* jobs.
//! *Start at:* [`serve`].

use std::io::{self, Write};
use std::process;

use jaros_fabric::TakeOverError;
use jaros_node::{Node, NodeError, Options, Stop};
use serde::Serialize;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::args;
use crate::context::{Context, compiler};
use crate::exit::Exit;
use crate::output::Paint;
use crate::problem::{Outcome, Problem, code, mended};

#[derive(Serialize)]
struct Serving<'a> {
    serving: String,
    node: &'a str,
    pid: u32,
}

/// `serve`.
pub(crate) fn serve(context: &Context, args: &args::Serve) -> Outcome {
    context.possible()?;
    context.layout.create()?;
    let mut options = Options::new(context.layout.root(), compiler());
    options.echo = true;
    options.once = args.once;
    if let Some(name) = &args.node {
        options.name = name.clone();
    }
    if let Some(workers) = args.workers {
        options.workers = workers;
    }
    if let Some(running) = args.running {
        options.running = running;
    }
    let (name, workers) = (options.name.clone(), options.workers);
    let node = Node::open(options).map_err(|error| not_opened(&error))?;
    // Nobody may be there to read it; the node serves all the same.
    let _ = told(context, name.as_str());
    runtime(workers)?.block_on(async {
        let stopper = node.stopper();
        let (interrupt, terminate) = (heard(SignalKind::interrupt())?, heard(SignalKind::terminate())?);
        tokio::spawn(obey(interrupt, terminate, stopper));
        node.run().await.map_err(|error| not_opened(&error))
    })?;
    context.out.remark("stopped");
    Ok(Exit::Ok)
}

fn told(context: &Context, name: &str) -> Result<(), Problem> {
    let (out, pid) = (&context.out, process::id());
    if out.is_json() {
        out.record(&Serving { serving: context.root().to_string(), node: name, pid })?;
    } else {
        let word = out.paint(Paint::Good, "serving");
        out.line(format_args!("{word} {} as {name} (process {pid}); Ctrl-C stops it", context.root()))?;
    }
    out.flush()
}

/// A runtime of this many threads.
pub(crate) fn runtime(workers: usize) -> Result<tokio::runtime::Runtime, Problem> {
    let built =
        tokio::runtime::Builder::new_multi_thread().worker_threads(workers.max(1)).enable_all().build();
    built.map_err(|error| {
        Problem::machine(format!("threads can't be started: {error}")).next("free some memory, and repeat")
    })
}

fn heard(kind: SignalKind) -> Result<Signal, Problem> {
    signal(kind)
        .map_err(|error| Problem::machine(format!("signals can't be received: {error}")).next("repeat"))
}

/// Asks the node to stop at the first signal, and ends the process at the second.
async fn obey(mut interrupt: Signal, mut terminate: Signal, stopper: watch::Sender<bool>) {
    let mut asked = false;
    loop {
        let exit = tokio::select! {
            _ = interrupt.recv() => Exit::Interrupted,
            _ = terminate.recv() => Exit::Terminated,
        };
        if asked {
            // Everything that counts is on the record already: this is what kill -9 does, and recovery is for that.
            process::exit(i32::from(exit as u8));
        }
        asked = true;
        // Whoever closed standard error doesn't want to know.
        let _ = writeln!(io::stderr(), "stopping: jobs that run may end; a second signal stops at once");
        stopper.send_replace(true);
    }
}

/// Why a node doesn't run, with what to do.
pub(crate) fn not_opened(error: &NodeError) -> Problem {
    let text = error.to_string();
    match error {
        NodeError::Folder { .. } => {
            Problem::machine(text).next("look at the folder's owner and rights, and at the disk")
        }
        NodeError::Held(TakeOverError::Held { .. }) => Problem::new(Exit::Refused, code::EXISTS, text)
            .next("jaros status tells about it; --data-dir names another folder"),
        NodeError::Held(TakeOverError::Io(failure)) => Problem::machine(text).next(mended(&failure.source)),
        NodeError::Held(_) => Problem::machine(text).next("repeat; jaros status tells who runs here"),
        NodeError::Ledger(_) => {
            Problem::new(Exit::No, code::BROKEN, text).next("jaros verify says what is wrong and where")
        }
        NodeError::Settings(_) => Problem::input(text).next("mend that file in config/"),
        NodeError::Engine(_) => Problem::machine(text).next("free some memory or address space, and repeat"),
        NodeError::Stopped(Stop::Fenced) => {
            Problem::new(Exit::Refused, code::EXISTS, text).next("jaros status tells who serves now")
        }
        NodeError::Stopped(Stop::Ledger(_) | Stop::Folder(_)) => {
            Problem::machine(text).next("look at the disk, then jaros serve: it goes on from the record")
        }
        NodeError::Stopped(_) => {
            Problem::machine(text).next("jaros logs, then jaros serve: it goes on from the record")
        }
    }
}
