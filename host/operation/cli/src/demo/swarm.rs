//! Step 1: the swarm comes into service and is given its tickets.
//!
//! *Invariant:* what is told about a component is what the node and the component itself say.
//! *Doesn't know:* what becomes of the tickets.
//! *Start at:* [`open`].

use std::time::Duration;

use jaros_decision::{Digest, JobId, Name};
use jaros_node::{ComponentStatus, Status};
use serde::Serialize;

use super::say::{Say, holds, not_shown};
use super::stage::{self, Stage};
use super::tickets::{self, Ticket};
use crate::problem::Problem;
use crate::text;

/// What was seen.
#[derive(Serialize)]
pub(super) struct Swarm {
    components: Vec<Piece>,
    /// Answers in the model's script.
    answers: usize,
    wrong_answers: usize,
    pid: u32,
    pub(super) epoch: u64,
    serving_after_ms: u64,
    submitted: usize,
    #[serde(skip)]
    pub(super) jobs: Vec<JobId>,
}

/// A component in service.
#[derive(Serialize)]
struct Piece {
    role: String,
    name: Name,
    bytes: usize,
    digest: Digest,
    description: String,
    /// The host's interfaces that it asked for, and all that it can reach.
    imports: Vec<String>,
}

/// Starts the node and hands in all tickets but the late ones.
pub(super) fn open(say: &Say<'_>, stage: &Stage, tickets: &[Ticket]) -> Result<Swarm, Problem> {
    say.step(1, "A support desk: three agents and a tool, each in a WebAssembly sandbox")?;
    say.wait("compiling the components");
    let served = stage.start()?;
    let status = Status::read(&stage.place.layout).map_err(not_shown)?;
    let components = pieces(&status)?;
    for piece in &components {
        say.row(piece.name.as_str(), text::brief(&piece.description, 80))?;
    }
    let reach: Vec<String> = components.iter().map(Piece::reach).collect();
    say.row("can reach", reach.join(" · "))?;
    let wrong_answers = tickets.iter().filter(|ticket| !ticket.is_right).count();
    let answers = tickets.len();
    say.row(
        "model",
        format_args!("none, a script stands in for it: {answers} answers, {wrong_answers} of them wrong"),
    )?;
    let (pid, after) = (served.pid, text::duration(served.after));
    say.row("node", format_args!("process {pid} serves {after} after its start, compiling included"))?;
    let early = &tickets[..tickets.len() - tickets::LATE];
    let jobs = early.iter().map(|ticket| stage.submit(ticket)).collect::<Result<Vec<_>, _>>()?;
    say.row("work", format_args!("{} tickets submitted, each a file in the inbox", jobs.len()))?;
    Ok(Swarm {
        components,
        answers,
        wrong_answers,
        pid,
        epoch: served.epoch,
        serving_after_ms: millis(served.after),
        submitted: jobs.len(),
        jobs,
    })
}

/// The components that were staged, in the order of their work, each with the very bytes that this program carries.
fn pieces(status: &Status) -> Result<Vec<Piece>, Problem> {
    let carried: Vec<_> = stage::agents().chain(stage::tools()).collect();
    let mut pieces = Vec::new();
    for name in stage::AGENTS.iter().chain(&stage::TOOLS) {
        let served = status.components.iter().find(|component| component.name.as_str() == *name);
        let bytes = carried.iter().find(|component| component.name == *name).map(|component| component.bytes);
        let piece = served.zip(bytes).and_then(|(served, bytes)| Piece::of(served, bytes));
        holds(piece.is_some(), format_args!("{name} doesn't serve"))?;
        pieces.extend(piece);
    }
    Ok(pieces)
}

impl Piece {
    fn of(served: &ComponentStatus, bytes: &[u8]) -> Option<Self> {
        let digest = served.digest.filter(|digest| *digest == Digest::of(bytes))?;
        Some(Self {
            role: served.role.clone(),
            name: served.name.clone(),
            bytes: bytes.len(),
            digest,
            description: served.description.clone()?,
            imports: served.imports.clone(),
        })
    }

    /// `planner: model`; types and last words reach nothing.
    fn reach(&self) -> String {
        let names: Vec<&str> = self
            .imports
            .iter()
            .map(|import| short(import))
            .filter(|name| !matches!(*name, "types" | "panic"))
            .collect();
        let names = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        format!("{}: {names}", self.name)
    }
}

/// `jaros:plugin/model@1.0.0` is `model`.
fn short(import: &str) -> &str {
    import.rsplit('/').next().and_then(|name| name.split('@').next()).unwrap_or(import)
}

/// A duration as data.
pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
