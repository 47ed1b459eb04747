//! `wasi:io/streams` and `wasi:io/error`: stdin, which is at its end, and the two outputs.
//!
//! *Invariant:* no operation fails, so no guest is ever given an `error`; an output takes whatever it is given.
//! *Doesn't know:* what becomes of lines.
//! *Start at:* [`link`].

use jaros_decision::Code;
use wasmtime::Result;
use wasmtime::component::{ComponentType, Lift, Linker, Lower, Resource};

use super::interface::Interface;
use super::poll::AT_ONCE;
use crate::host::State;
use crate::stop::stop;

/// Stdin; there is no other.
pub(super) enum InputStream {}

/// Stdout or stderr.
pub(super) enum OutputStream {}

/// What went wrong with a stream: never anything.
enum IoError {}

#[derive(ComponentType, Lift, Lower)]
#[component(variant)]
enum StreamError {
    /// A shape that the contract has and no answer here.
    #[component(name = "last-operation-failed")]
    LastOperationFailed(Resource<IoError>),
    #[component(name = "closed")]
    Closed,
}

/// Which output a handle stands for.
const STDOUT: u32 = 1;
const STDERR: u32 = 2;

/// What an output says it takes at once, and the most zeroes that it makes at once.
const WRITE_BYTES_MAX: u64 = 64 << 10;

type Input = (Resource<InputStream>,);
type Output = (Resource<OutputStream>,);
type Answer<T> = Result<(Result<T, StreamError>,)>;

pub(super) fn stdin() -> Resource<InputStream> {
    Resource::new_own(0)
}

pub(super) fn stdout() -> Resource<OutputStream> {
    Resource::new_own(STDOUT)
}

pub(super) fn stderr() -> Resource<OutputStream> {
    Resource::new_own(STDERR)
}

pub(super) fn link(linker: &mut Linker<State>) -> Result<()> {
    let mut error = Interface::new(linker, "io/error")?;
    error.resource::<IoError>("error", |_, _| {})?;
    error.absent(&["[method]error.to-debug-string"])?;
    let mut streams = Interface::new(linker, "io/streams")?;
    input(&mut streams)?;
    output(&mut streams)
}

/// At the end of a stream every way to read says so.
fn input(streams: &mut Interface<'_>) -> Result<()> {
    streams.resource::<InputStream>("input-stream", |_, _| {})?;
    for name in ["read", "blocking-read"] {
        streams.func(
            &format!("[method]input-stream.{name}"),
            |_, _: (Resource<InputStream>, u64)| -> Answer<Vec<u8>> { Ok((Err(StreamError::Closed),)) },
        )?;
    }
    for name in ["skip", "blocking-skip"] {
        streams.func(
            &format!("[method]input-stream.{name}"),
            |_, _: (Resource<InputStream>, u64)| -> Answer<u64> { Ok((Err(StreamError::Closed),)) },
        )?;
    }
    streams
        .func("[method]input-stream.subscribe", |state, _: Input| Ok((state.wasi.pollables.open(AT_ONCE),)))
}

fn output(streams: &mut Interface<'_>) -> Result<()> {
    streams.resource::<OutputStream>("output-stream", |_, _| {})?;
    streams.func("[method]output-stream.check-write", |_, _: Output| -> Answer<u64> {
        Ok((Ok(WRITE_BYTES_MAX),))
    })?;
    for name in ["write", "blocking-write-and-flush"] {
        streams.func(
            &format!("[method]output-stream.{name}"),
            |state, (stream, bytes): (Resource<OutputStream>, Vec<u8>)| -> Answer<()> {
                state.hand(bytes.len())?;
                write(state, &stream, &bytes);
                Ok((Ok(()),))
            },
        )?;
    }
    for name in ["write-zeroes", "blocking-write-zeroes-and-flush"] {
        streams.func(&format!("[method]output-stream.{name}"), |state, (stream, len)| {
            zeroes(state, &stream, len)
        })?;
    }
    // A line is written when it is at its end, not when a guest flushes: many flush after each word.
    for name in ["flush", "blocking-flush"] {
        streams
            .func(&format!("[method]output-stream.{name}"), |_, _: Output| -> Answer<()> { Ok((Ok(()),)) })?;
    }
    for name in ["splice", "blocking-splice"] {
        streams.func(
            &format!("[method]output-stream.{name}"),
            |_, _: (Resource<OutputStream>, Resource<InputStream>, u64)| -> Answer<u64> {
                Ok((Err(StreamError::Closed),))
            },
        )?;
    }
    streams
        .func("[method]output-stream.subscribe", |state, _: Output| Ok((state.wasi.pollables.open(AT_ONCE),)))
}

fn write(state: &mut State, stream: &Resource<OutputStream>, bytes: &[u8]) {
    let State { wasi, log, .. } = state;
    let output = if stream.rep() == STDERR { &mut wasi.stderr } else { &mut wasi.stdout };
    output.write(bytes, log);
}

fn zeroes(state: &mut State, stream: &Resource<OutputStream>, len: u64) -> Answer<()> {
    let Some(len) = usize::try_from(len).ok().filter(|len| *len as u64 <= WRITE_BYTES_MAX) else {
        let text = format!(
            "it wrote {len} zeroes at once, more than the {WRITE_BYTES_MAX} that `check-write` permits"
        );
        return Err(stop(Code::TRAP, text));
    };
    write(state, stream, &vec![0; len]);
    Ok((Ok(()),))
}
