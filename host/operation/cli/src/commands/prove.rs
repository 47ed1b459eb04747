//! `verify` and `checkpoint`: that the ledger is what was written, and a signature to hold it to later.
//!
//! *Invariant:* `verify` only reads, and needs no node; a flaw is named by its entry, file and byte.
//! *Doesn't know:* whether outcomes follow from decisions; `replay` tells that.
//! *Start at:* [`verify`].

use jaros_content::Content;
use jaros_decision::{Digest, Seq};
use jaros_ledger::{Verified, Verify};
use jaros_node::{Node, NodeError, Options, Reply, Request};
use serde::Serialize;

use super::operate;
use super::serve::not_opened;
use crate::args;
use crate::context::{Context, compiler};
use crate::exit::Exit;
use crate::input;
use crate::output::{Output, Paint};
use crate::problem::{Outcome, Problem, code};
use crate::record::{self, Damage};
use crate::text;

/// Bytes of a checkpoint.
const NOTE_BYTES: u64 = 64 << 10;

/// What `verify --json` prints.
#[derive(Default, Serialize)]
struct Verdict {
    ok: bool,
    ledger: Option<String>,
    entries: u64,
    segments: usize,
    head: Option<Head>,
    state: Option<Digest>,
    unsealed_from: Option<Seq>,
    checkpoints: Vec<Seq>,
    erased: usize,
    /// An end that is being written, or was cut short.
    torn: Option<String>,
    broken: Option<Damage>,
}

#[derive(Serialize)]
struct Head {
    seq: Seq,
    hash: Digest,
}

/// `verify`.
pub(crate) fn verify(context: &Context, args: &args::Verify) -> Outcome {
    context.existing()?;
    let content = Content::open(context.layout.content())?;
    let notes: Vec<String> = args
        .witness
        .iter()
        .map(|path| {
            let bytes = input::file(path, NOTE_BYTES, None)?;
            String::from_utf8(bytes).map_err(|_| {
                Problem::input(format!("{} is no checkpoint", path.display()))
                    .next("name a file that jaros checkpoint printed")
            })
        })
        .collect::<Result<_, _>>()?;
    let witnessed: Vec<&str> = notes.iter().map(String::as_str).collect();
    let what = Verify { dir: &context.layout.ledger(), content: &content, witnessed: &witnessed };
    // A node that runs may be in the middle of a line. Without one, an end that isn't whole is what a crash left, or
    // what somebody changed: nobody can tell which, so the answer is no until a start has mended it.
    let writing = context.live()?.is_some();
    let verdict = match jaros_ledger::verify(what) {
        Ok(verified) => match verified.torn.as_ref().filter(|_| !writing) {
            Some(torn) => Verdict { broken: Some(Damage::torn(torn)), ..Verdict::default() },
            None => Verdict::of(verified),
        },
        Err(error) => {
            let damage = Damage::of(error).map_err(|error| record::unverified(context, error))?;
            Verdict { broken: Some(damage), ..Verdict::default() }
        }
    };
    if context.out.is_json() {
        context.out.document(&verdict)?;
    } else if let Some(flaw) = verdict.broken {
        return Err(Problem::new(Exit::No, code::BROKEN, flaw.what).next(flaw.next));
    } else {
        print(&context.out, &verdict)?;
    }
    Ok(if verdict.ok { Exit::Ok } else { Exit::No })
}

impl Verdict {
    fn of(verified: Verified) -> Self {
        Self {
            ok: true,
            ledger: Some(verified.ledger),
            entries: verified.entries,
            segments: verified.segments,
            head: Some(Head { seq: verified.head.seq, hash: verified.head.hash }),
            state: Some(verified.head.state),
            unsealed_from: Some(verified.unsealed),
            checkpoints: verified.checkpoints,
            erased: verified.erased,
            torn: verified.torn.map(|torn| torn.broken.to_string()),
            broken: None,
        }
    }
}

fn print(out: &Output, verdict: &Verdict) -> Result<(), Problem> {
    out.line(format_args!(
        "{}: {} entries in {}, all intact",
        out.paint(Paint::Good, "verified"),
        text::count(verdict.entries),
        text::several(verdict.segments as u64, "segment"),
    ))?;
    if let Some(head) = &verdict.head {
        out.line(format_args!("head        {} {}", head.seq, head.hash))?;
    }
    let last = verdict
        .checkpoints
        .last()
        .map_or_else(String::new, |last| format!(", the last one signs entry {last}"));
    out.line(format_args!(
        "signatures  {}{last}",
        text::several(verdict.checkpoints.len() as u64, "checkpoint")
    ))?;
    if verdict.erased > 0 {
        out.line(format_args!("erased      {}", text::several(verdict.erased as u64, "datum")))?;
    }
    if let Some(torn) = &verdict.torn {
        out.line(format_args!("last line   unfinished, and never acknowledged: {torn}"))?;
    }
    Ok(())
}

/// `checkpoint`.
pub(crate) fn checkpoint(context: &Context) -> Outcome {
    context.existing()?;
    let note = if context.live()?.is_some() { ask(context)? } else { sign(context)? };
    if context.out.is_json() {
        context.out.document(&serde_json::json!({ "note": note }))?;
    } else {
        context.out.bytes(note.as_bytes())?;
    }
    Ok(Exit::Ok)
}

fn ask(context: &Context) -> Result<String, Problem> {
    match operate::ask(context, &Request::Checkpoint)? {
        Reply::Checkpoint { note } => Ok(note),
        Reply::Refused(failure) => Err(Problem::machine(failure.message).next("jaros status")),
        Reply::Done => Err(operate::unexpected()),
    }
}

/// Opens the ledger for a moment, as a node does.
fn sign(context: &Context) -> Result<String, Problem> {
    match Node::checkpoint(Options::new(context.layout.root(), compiler())) {
        Ok(note) => Ok(note),
        // One started just now.
        Err(NodeError::Held(_)) if context.live()?.is_some() => ask(context),
        Err(error) => Err(not_opened(&error)),
    }
}
