//! `wasi:cli`: no arguments, no environment, no terminal, and a way out.
//!
//! *Invariant:* every call of a component says the same.
//! *Doesn't know:* what the streams do.
//! *Start at:* [`link`].

use jaros_decision::Code;
use wasmtime::component::{Linker, Resource};
use wasmtime::{Error, Result};

use super::interface::Interface;
use super::streams;
use crate::host::State;
use crate::stop::stop;

enum TerminalInput {}
enum TerminalOutput {}

pub(super) fn link(linker: &mut Linker<State>) -> Result<()> {
    environment(Interface::new(linker, "cli/environment")?)?;
    exit(Interface::new(linker, "cli/exit")?)?;
    Interface::new(linker, "cli/stdin")?.func("get-stdin", |_, (): ()| Ok((streams::stdin(),)))?;
    Interface::new(linker, "cli/stdout")?.func("get-stdout", |_, (): ()| Ok((streams::stdout(),)))?;
    Interface::new(linker, "cli/stderr")?.func("get-stderr", |_, (): ()| Ok((streams::stderr(),)))?;
    terminals(linker)
}

fn environment(mut environment: Interface<'_>) -> Result<()> {
    environment.func("get-environment", |_, (): ()| Ok((Vec::<(String, String)>::new(),)))?;
    environment.func("get-arguments", |_, (): ()| Ok((Vec::<String>::new(),)))?;
    environment.func("initial-cwd", |_, (): ()| Ok((None::<String>,)))
}

/// A component answers by returning; one that leaves instead has no answer, however well it says it went.
fn exit(mut exit: Interface<'_>) -> Result<()> {
    exit.func("exit", |_, (status,): (Result<(), ()>,)| -> Result<()> {
        Err(left(if status.is_ok() { "ok" } else { "err" }))
    })?;
    exit.func("exit-with-code", |_, (code,): (u8,)| -> Result<()> { Err(left(&code.to_string())) })
}

fn left(status: &str) -> Error {
    stop(Code::FAILED, format!("it ended itself (`wasi:cli/exit`: {status}) and returned nothing"))
}

fn terminals(linker: &mut Linker<State>) -> Result<()> {
    Interface::new(linker, "cli/terminal-input")?.resource::<TerminalInput>("terminal-input", |_, _| {})?;
    Interface::new(linker, "cli/terminal-output")?
        .resource::<TerminalOutput>("terminal-output", |_, _| {})?;
    let no_output = |_: &mut State, (): ()| Ok((None::<Resource<TerminalOutput>>,));
    Interface::new(linker, "cli/terminal-stdin")?
        .func("get-terminal-stdin", |_, (): ()| Ok((None::<Resource<TerminalInput>>,)))?;
    Interface::new(linker, "cli/terminal-stdout")?.func("get-terminal-stdout", no_output)?;
    Interface::new(linker, "cli/terminal-stderr")?.func("get-terminal-stderr", no_output)
}
