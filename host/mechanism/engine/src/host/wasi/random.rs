//! `wasi:random`: all three sources are one stream, seeded by the host.
//!
//! *Invariant:* what is drawn depends on the call's seed and on what was drawn from here before, and on nothing else; the stream
//! of `job.random` is another.
//! *Doesn't know:* where the seed comes from.
//! *Start at:* [`link`].

use jaros_decision::Code;
use wasmtime::Result;
use wasmtime::component::Linker;

use super::interface::Interface;
use crate::host::State;
use crate::stop::stop;

/// At once; the contract of WASI has no way to give fewer bytes than were asked for.
const BYTES_MAX: u64 = 64 << 10;

pub(super) fn link(linker: &mut Linker<State>) -> Result<()> {
    source(Interface::new(linker, "random/random")?, "get-random-bytes", "get-random-u64")?;
    source(
        Interface::new(linker, "random/insecure")?,
        "get-insecure-random-bytes",
        "get-insecure-random-u64",
    )?;
    Interface::new(linker, "random/insecure-seed")?
        .func("insecure-seed", |state, (): ()| Ok(((number(state), number(state)),)))
}

fn source(mut interface: Interface<'_>, some: &str, one: &str) -> Result<()> {
    // The host's work for a byte is about an instruction's.
    interface.costing(
        some,
        |(len,): &(u64,)| (*len).min(BYTES_MAX),
        |state, (len,)| Ok((bytes(state, len)?,)),
    )?;
    interface.func(one, |state, (): ()| Ok((number(state),)))
}

fn bytes(state: &mut State, len: u64) -> Result<Vec<u8>> {
    match usize::try_from(len) {
        Ok(fits) if len <= BYTES_MAX => Ok(state.wasi.random.take(fits)),
        _ => {
            let text = format!("it asked `wasi:random` for {len} bytes at once, more than {BYTES_MAX}");
            Err(stop(Code::LIMIT, text))
        }
    }
}

fn number(state: &mut State) -> u64 {
    u64::from_le_bytes(state.wasi.random.take(8).try_into().expect("eight bytes were asked for"))
}
