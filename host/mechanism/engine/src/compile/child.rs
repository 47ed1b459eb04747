//! The child: binds itself, reads a component from standard input, writes its code to standard output.
//!
//! *Invariant:* every limit is in force, and the compiler was tried on nothing, before the first byte of the component is
//! read; so what fails later is the component's doing.
//! *Doesn't know:* who asks, where the code will lie.
//! *Start at:* [`compile_in_child`].

use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use jaros_capability::Role;
use rustix::process::{Resource, Rlimit, Signal};
use wasmtime::Engine;

use super::order::{End, Order, Said};
use super::uncompiled;
use crate::stop::is_machine;
use crate::{identity, settings, validity};

/// Behind everything that serves, but not so far that a component waits long on a busy node.
const NICE: i32 = 5;

/// Open files: what is there at the start, and what the threads' library looks at.
const FILES: u64 = 32;

/// A component without anything in it.
const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

/// Compiles one component for the parent that asked, as [`Compiler::Program`](super::Compiler::Program) expects: for the
/// `main` of a program, before it does anything else. `args` is what stands behind the program's own arguments.
///
/// Never returns to code that opens files or asks the environment: it has neither.
pub fn compile_in_child(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    // Nobody reads what a panic would print.
    std::panic::set_hook(Box::new(|_| {}));
    let order = args.into_iter().next().and_then(|arg| arg.into_string().ok());
    let Some(order) = order.and_then(|text| serde_json::from_str::<Order>(&text).ok()) else {
        let _ = writeln!(
            io::stderr(),
            "error: this is asked only by a program that compiles in a child of itself"
        );
        return ExitCode::from(2);
    };
    let (end, words) = match run(&order) {
        Ok(code) => (End::Compiled, code),
        Err((end, words)) => (end, words),
    };
    let mut out = io::stdout().lock();
    match out.write_all(&words).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::from(end as u8),
        // The parent is gone, or has read enough.
        Err(_) => ExitCode::from(End::Unready as u8),
    }
}

type Ended = (End, Vec<u8>);

fn unready(what: &str, error: impl std::fmt::Display) -> Ended {
    (End::Unready, format!("{what}: {error}").into_bytes())
}

fn run(order: &Order) -> Result<Vec<u8>, Ended> {
    limit_itself(order)?;
    let engine = prepare(order)?;
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(order.bytes + 1).read_to_end(&mut bytes);
    read.map_err(|error| unready("the component can't be read", error))?;
    if bytes.len() as u64 != order.bytes {
        return Err(unready("the component can't be read", "it came in part"));
    }
    let compiled = catch_unwind(AssertUnwindSafe(|| compile(&engine, &bytes)));
    compiled.unwrap_or_else(|_| Err((End::Panicked, Vec::new())))
}

fn compile(engine: &Engine, bytes: &[u8]) -> Result<Vec<u8>, Ended> {
    let said = |end, failure| {
        let said = serde_json::to_vec(&Said::new(&failure)).expect("two texts are JSON");
        (end, said)
    };
    validity::validate(bytes).map_err(|unfit| said(End::Unfit, unfit.failure()))?;
    engine.precompile_component(bytes).map_err(|error| {
        // The compiler worked a moment ago: what it can't get now, the budget denies.
        if is_machine(&error) {
            (End::OutOfMemory, Vec::new())
        } else {
            said(End::Uncompilable, uncompiled(&format!("{error:#}")))
        }
    })
}

/// The engine that the parent has, without its pools; tried once, so that its threads are there.
fn prepare(order: &Order) -> Result<Engine, Ended> {
    let role = if order.agent { Role::Agent } else { Role::Tool };
    let prepared = catch_unwind(|| -> wasmtime::Result<Engine> {
        let engine = Engine::new(&settings::code(role, order.guest_memory_bytes))?;
        engine.precompile_component(EMPTY)?;
        Ok(engine)
    });
    let engine = prepared
        .map_err(|_| unready("the compiler can't start", "it panicked"))?
        .map_err(|error| unready("the compiler can't start", format!("{error:#}")))?;
    if identity::config_digest(&engine) == order.config {
        Ok(engine)
    } else {
        Err(unready("the compiler can't be used", "it is of another version, or for another machine"))
    }
}

/// Gives up all that compiling doesn't need.
fn limit_itself(order: &Order) -> Result<(), Ended> {
    let unbound = |error: rustix::io::Errno| unready("the compiler can't be limited", io::Error::from(error));
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).map_err(unbound)?;
    // It may have ended before that was said.
    let parent = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get().unsigned_abs());
    if parent != Some(order.parent) {
        return Err(unready("the compiler has no one to work for", "its parent has ended"));
    }
    rustix::thread::set_no_new_privs(true).map_err(unbound)?;
    // Where memory runs out, this process should go, not the node. A system without this file decides as it likes.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    // Refused where it is lower already.
    let _ = rustix::process::setpriority_process(None, NICE);
    let limits = [
        (Resource::Core, 0, 0),
        (Resource::Fsize, 0, 0),
        (Resource::Nofile, FILES, FILES),
        // The first is a signal of its own, by which the parent tells this end from every other; the second can't be
        // missed.
        (Resource::Cpu, order.cpu_s, order.cpu_s.saturating_add(1)),
        (Resource::As, order.memory_bytes, order.memory_bytes),
    ];
    for (resource, current, maximum) in limits {
        let limit = Rlimit { current: Some(current), maximum: Some(maximum) };
        rustix::process::setrlimit(resource, limit).map_err(unbound)?;
    }
    Ok(())
}
