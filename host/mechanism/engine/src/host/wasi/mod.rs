//! The virtual WASI: everything of `wasi:cli/imports` in 0.2.x, as a world that is deterministic and empty.
//!
//! *Invariant:* nothing here reaches the machine and nothing waits. Time is the call's own and jumps to the deadline that is
//! waited for, randomness comes from the call's seed, output goes to the call's diagnostics, and there are no files and no
//! sockets. So both engines link the same functions, and a replay needs no record of their answers.
//! *Doesn't know:* who was granted it; the audit lets nobody else import it.
//! *Start at:* [`link`]; then a module for each package.
//!
//! Not the crate wasmtime-wasi: its poll sleeps in real time whatever clock it is given, and its synchronous functions can't be
//! called on an asynchronous runtime's threads.

mod absent;
mod cli;
mod clock;
mod interface;
mod output;
mod poll;
mod random;
mod sockets;
mod streams;

use jaros_decision::Millis;
use wasmtime::Result;
use wasmtime::component::Linker;

use self::clock::Clock;
use self::output::Output;
use self::poll::Pollables;
use super::State;
use crate::log::Log;
use crate::random::Random;

/// What one call has of it.
#[derive(Debug)]
pub(super) struct Wasi {
    clock: Clock,
    pollables: Pollables,
    random: Random,
    stdout: Output,
    stderr: Output,
}

impl Wasi {
    pub(super) fn new(accepted_at: Millis, seed: [u8; 32]) -> Self {
        Self {
            clock: Clock::new(accepted_at),
            pollables: Pollables::default(),
            // Beside the stream of `job.random`, which stays the same whatever a toolchain draws from here.
            random: Random::new(seed, "wasi"),
            stdout: Output::stdout(),
            stderr: Output::stderr(),
        }
    }

    /// At a call's end: what was written without an end of line is a line too.
    pub(super) fn finish(&mut self, log: &mut Log) {
        self.stdout.finish(log);
        self.stderr.finish(log);
    }
}

/// Links all of it: the functions that can be called, and those that can't for want of anything to call them on.
pub(super) fn link(linker: &mut Linker<State>) -> Result<()> {
    poll::link(linker)?;
    streams::link(linker)?;
    clock::link(linker)?;
    random::link(linker)?;
    cli::link(linker)?;
    sockets::link(linker)?;
    absent::link(linker)
}
