//! Tables that need no data directory: the machine, and what shells complete.
//!
//! *Invariant:* shows the very table that the executor uses, and the very arguments that are read.
//! *Doesn't know:* jobs.
//! *Start at:* [`machine`].

use jaros_machine::{RULES, TABLE, Transition};
use serde::Serialize;

use crate::args::Completions;
use crate::context::Context;
use crate::exit::Exit;
use crate::help;
use crate::output::Paint;
use crate::problem::Outcome;

#[derive(Serialize)]
struct Machine {
    rules: u32,
    transitions: &'static [Transition],
}

/// `machine`.
pub(crate) fn machine(context: &Context) -> Outcome {
    let out = &context.out;
    if out.is_json() {
        out.document(&Machine { rules: RULES, transitions: &TABLE })?;
        return Ok(Exit::Ok);
    }
    out.line(out.paint(Paint::Strong, format_args!("{:<9} {:<9} {}", "from", "event", "to")))?;
    for row in &TABLE {
        out.line(format_args!("{:<9} {:<9} {}", row.from, row.event, row.to))?;
    }
    out.line("")?;
    out.line("A job begins PENDING; the host starts it before its first event. DONE is final.")?;
    Ok(Exit::Ok)
}

/// `completions`.
pub(crate) fn completions(context: &Context, args: &Completions) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut help::command(), "jaros", &mut script);
    context.out.bytes(&script)?;
    Ok(Exit::Ok)
}
