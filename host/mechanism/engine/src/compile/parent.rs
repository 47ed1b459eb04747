//! The parent: starts a child, feeds it, takes what it writes, and judges how it ended.
//!
//! *Invariant:* when this returns, the child is gone and reaped, whatever it did; nothing it writes is kept beyond its bound.
//! An end that anything but the component may have caused is the machine's and says nothing about the component.
//! *Doesn't know:* what code is.
//! *Start at:* [`compile`].

use std::ffi::OsString;
use std::io::{self, Read, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, Scope};
use std::time::Duration;

use jaros_decision::Failure;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};

use super::budget::Budget;
use super::order::{End, Order, Said, plain};
use super::{Uncompiled, uncompiled};
use crate::stop::EngineError;

/// Threads of a child. More wouldn't make a usual component faster, and each costs address space.
const THREADS_MAX: usize = 4;

/// What is started, and how long it is waited for.
pub(super) struct Program<'a> {
    pub(super) path: &'a Path,
    pub(super) args: &'a [OsString],
    pub(super) patience: Duration,
}

/// Compiles in a child; a child that was lost is given one more try at once.
pub(super) fn compile(program: &Program<'_>, order: &Order, bytes: &[u8]) -> Result<Vec<u8>, Uncompiled> {
    let attempt = || {
        let ended = run(program, order, bytes).map_err(|error| Lost::NotStarted(error.to_string()))?;
        judge(program, &order.budget(), ended)
    };
    let lost = match attempt().or_else(|lost| if lost.passes() { attempt() } else { Err(lost) }) {
        Ok(known) => return known,
        Err(lost) => lost,
    };
    Err(Uncompiled::Machine(EngineError::Machine(lost.to_string())))
}

/// Nothing was learned about the component.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("the compiler can't be started: {0}")]
    NotStarted(String),
    #[error("{0}")]
    Unready(String),
    #[error("the compiler was ended from outside, by signal {0}")]
    Killed(i32),
    #[error("the compiler didn't get its {cpu_s} s of processor time in {wall_s} s")]
    Starved { cpu_s: u64, wall_s: u64 },
    #[error("the compiler isn't one: it ended with {0}")]
    Strange(i32),
}

impl Lost {
    /// Whether it may be over already.
    fn passes(&self) -> bool {
        matches!(self, Self::NotStarted(_) | Self::Unready(_) | Self::Killed(_))
    }
}

/// How a child ended.
struct Ended {
    status: ExitStatus,
    output: Output,
    /// It had to be killed, since it took too long.
    late: bool,
}

/// What it wrote.
enum Output {
    Whole(Vec<u8>),
    /// More than may be.
    TooMuch,
    /// The pipe failed.
    Broken(io::Error),
}

/// What the parent waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Event {
    Over,
    TooMuch,
}

fn command(program: &Program<'_>, order: &Order) -> Command {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
    let mut command = Command::new(program.path);
    command
        .arg0("jaros")
        .args(program.args)
        .arg(serde_json::to_string(order).expect("numbers and a digest are JSON"))
        .env_clear()
        .env("RAYON_NUM_THREADS", threads.to_string())
        .current_dir("/")
        // Of its own, so that Ctrl-C on a terminal reaches the node alone, which knows how to stop.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

fn run(program: &Program<'_>, order: &Order, bytes: &[u8]) -> io::Result<Ended> {
    let max = order.budget().code_bytes();
    let mut child = command(program, order).spawn()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    std::thread::scope(|scope| {
        let (events, event) = channel();
        let started = stdin.zip(stdout).map_or_else(
            || Err(io::ErrorKind::BrokenPipe.into()),
            |pipes| serve(scope, pipes, Pid::from_child(&child), bytes, max, events),
        );
        let reader = match started {
            Ok(reader) => reader,
            Err(error) => {
                // Whatever thread waits for the child goes on once it is gone.
                kill(&child);
                child.wait()?;
                return Err(error);
            }
        };
        let late = !over_in_time(&event, program.patience, &child);
        // The child itself is over; whatever it may have started would hold the pipes open.
        kill(&child);
        let status = child.wait()?;
        let output = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok(Ended { status, output, late })
    })
}

/// Starts the threads that write, read and wait: with one thread for all, either side could wait for the other for ever.
fn serve<'scope>(
    scope: &'scope Scope<'scope, '_>,
    (stdin, stdout): (ChildStdin, ChildStdout),
    child: Pid,
    bytes: &'scope [u8],
    max: u64,
    events: Sender<Event>,
) -> io::Result<std::thread::ScopedJoinHandle<'scope, Output>> {
    let named = || Builder::new().name("jaros-compile".into());
    let waits = events.clone();
    named().spawn_scoped(scope, move || {
        wait_for_end(child);
        // Nobody waits any more where the child was given up.
        let _ = waits.send(Event::Over);
    })?;
    named().spawn_scoped(scope, move || feed(stdin, bytes))?;
    named().spawn_scoped(scope, move || {
        let output = take(stdout, max);
        if matches!(output, Output::TooMuch) {
            let _ = events.send(Event::TooMuch);
        }
        output
    })
}

/// Whether the child was over before its time was, or had said more than it may; it is over in any case.
fn over_in_time(event: &Receiver<Event>, patience: Duration, child: &Child) -> bool {
    let first = event.recv_timeout(patience);
    if first != Ok(Event::Over) {
        kill(child);
        // It isn't reaped before the waiting thread has seen its end, so that its number stays its own.
        while event.recv().is_ok_and(|event| event != Event::Over) {}
    }
    first.is_ok()
}

/// Ends the child, and whatever it started in its group. Before it is reaped, its number can't be another's.
fn kill(child: &Child) {
    // An error says that nothing is left.
    let _ = rustix::process::kill_process_group(Pid::from_child(child), Signal::KILL);
    let _ = rustix::process::kill_process(Pid::from_child(child), Signal::KILL);
}

/// Waits until the child is over and leaves it to be reaped.
fn wait_for_end(child: Pid) {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while rustix::process::waitid(WaitId::Pid(child), options).is_err_and(|error| error == Errno::INTR) {}
}

fn feed(mut stdin: ChildStdin, bytes: &[u8]) {
    // A child that doesn't read to the end has its reasons, and says them by how it ends.
    let _ = stdin.write_all(bytes);
}

fn take(stdout: ChildStdout, max: u64) -> Output {
    let mut output = Vec::new();
    match stdout.take(max.saturating_add(1)).read_to_end(&mut output) {
        Ok(_) if output.len() as u64 > max => Output::TooMuch,
        Ok(_) => Output::Whole(output),
        Err(error) => Output::Broken(error),
    }
}

/// The component's doing, or the machine's.
fn judge(program: &Program<'_>, budget: &Budget, ended: Ended) -> Result<Result<Vec<u8>, Uncompiled>, Lost> {
    let hopeless = |failure: Failure| Ok(Err(Uncompiled::Hopeless(failure)));
    let output = match ended.output {
        Output::TooMuch => return hopeless(budget.too_much_code()),
        Output::Broken(error) => {
            return Err(Lost::Unready(format!("the compiler's code can't be read: {error}")));
        }
        Output::Whole(output) => output,
    };
    if ended.late {
        return Err(Lost::Starved { cpu_s: budget.cpu_s, wall_s: program.patience.as_secs() });
    }
    if let Some(signal) = ended.status.signal() {
        return match Some(signal) {
            s if s == Some(Signal::XCPU.as_raw()) => hopeless(budget.out_of_time()),
            // A program of Rust aborts where it gets no memory, and hardly anywhere else.
            s if s == Some(Signal::ABORT.as_raw()) => hopeless(budget.out_of_memory()),
            s if CRASHES.iter().any(|crash| Some(crash.as_raw()) == s) => {
                hopeless(uncompiled("the compiler crashed over it"))
            }
            _ => Err(Lost::Killed(signal)),
        };
    }
    let exit = ended.status.code().unwrap_or(-1);
    let said = || serde_json::from_slice::<Said>(&output).map(Said::failure).map_err(|_| Lost::Strange(exit));
    match End::of(exit).ok_or(Lost::Strange(exit))? {
        End::Compiled if output.is_empty() => Err(Lost::Strange(exit)),
        End::Compiled => Ok(Ok(output)),
        End::Unfit => Ok(Err(Uncompiled::Unfit(said()?))),
        End::Uncompilable => hopeless(said()?),
        End::Panicked => hopeless(uncompiled("the compiler failed")),
        End::OutOfMemory => hopeless(budget.out_of_memory()),
        End::Unready => Err(Lost::Unready(plain(&String::from_utf8_lossy(&output)))),
    }
}

/// Signals that a process sends itself by what it does.
const CRASHES: [Signal; 5] = [Signal::SEGV, Signal::BUS, Signal::ILL, Signal::FPE, Signal::SYS];
