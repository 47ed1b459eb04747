//! `status` and `watch`: what the node says of itself.
//!
//! *Invariant:* one small file is read, and a lock is asked; nothing is started and nobody is disturbed.
//! *Doesn't know:* the ledger; the node counted for us.
//! *Start at:* [`Picture`].

use jaros_decision::Millis;
use jaros_fabric::LiveNode;
use jaros_node::{ComponentStatus, NodeState, Refused, Status};
use serde::Serialize;

use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Output, Paint};
use crate::problem::{Outcome, Problem, code};
use crate::text;
use crate::when::now;

/// Everything there is to say.
#[derive(Serialize)]
struct Picture {
    /// Whether a node runs.
    running: bool,
    /// The node that runs.
    live: Option<Live>,
    data_dir: String,
    /// Files that wait in the inbox.
    inbox: u64,
    /// What a node wrote last.
    status: Option<Status>,
}

#[derive(Serialize)]
struct Live {
    node: String,
    pid: u32,
    started_at_ms: Millis,
    epoch: u64,
}

impl Picture {
    fn of(context: &Context) -> Result<Self, Problem> {
        context.existing()?;
        let live = context.live()?;
        let status = read(context)?;
        // A file of a node before this one tells about that one.
        let fresh = |status: &Status| live.as_ref().is_none_or(|live| status.pid == live.pid);
        Ok(Self {
            running: live.is_some(),
            data_dir: context.root().to_string(),
            inbox: waiting(context),
            status: status.filter(fresh),
            live: live.map(Live::from),
        })
    }

    fn serves(&self) -> bool {
        self.running && self.status.as_ref().is_some_and(|status| status.state == NodeState::Serving)
    }
}

impl From<LiveNode> for Live {
    fn from(live: LiveNode) -> Self {
        Self { node: live.node.to_string(), pid: live.pid, started_at_ms: live.started, epoch: live.epoch.0 }
    }
}

/// The last words of a node, if any.
fn read(context: &Context) -> Result<Option<Status>, Problem> {
    match Status::read(&context.layout) {
        Ok(status) => Ok(Some(status)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Problem::machine(format!("status.json can't be read: {error}"))
            .next("remove it; a node writes it anew")),
    }
}

fn waiting(context: &Context) -> u64 {
    let entries = std::fs::read_dir(context.layout.inbox()).into_iter().flatten().flatten();
    // The node leaves alone what begins with a dot: somebody is still writing it.
    let counts = |name: &[u8]| name.ends_with(b".json") && !name.starts_with(b".");
    entries.filter(|entry| counts(entry.file_name().as_encoded_bytes())).count() as u64
}

/// `status`.
pub(crate) fn status(context: &Context, args: &args::Status) -> Outcome {
    let picture = Picture::of(context)?;
    if args.check {
        return check(context, &picture);
    }
    if !picture.running && picture.status.is_none() {
        let text = format!("no node has run on {} yet", context.root());
        return Err(Problem::new(Exit::No, code::NOTHING_YET, text).next("jaros serve"));
    }
    print(&context.out, &picture)?;
    Ok(Exit::Ok)
}

fn check(context: &Context, picture: &Picture) -> Outcome {
    if picture.serves() {
        return if context.out.is_json() {
            print(&context.out, picture).map(|()| Exit::Ok)
        } else {
            Ok(Exit::Ok)
        };
    }
    // Health checks know 0 and 1.
    let problem = match &picture.live {
        Some(live) => Problem::new(
            Exit::No,
            code::NO_NODE,
            format!("node {} doesn't serve (yet, or any more)", live.node),
        ),
        None => context.no_node(),
    };
    Err(Problem { exit: Exit::No, ..problem })
}

/// `watch`.
pub(crate) fn watch(context: &Context, args: &args::Watch) -> Outcome {
    loop {
        let picture = Picture::of(context)?;
        if context.out.is_terminal() && !context.out.is_json() {
            context.out.bytes(b"\x1b[H\x1b[2J")?;
        }
        if context.out.is_json() {
            context.out.record(&picture)?;
        } else {
            print(&context.out, &picture)?;
            context.out.line("")?;
        }
        context.out.flush()?;
        std::thread::sleep(args.interval);
    }
}

fn print(out: &Output, picture: &Picture) -> Result<(), Problem> {
    if out.is_json() {
        return out.document(picture);
    }
    let row = |name: &str, what: String| {
        out.line(format_args!("{} {what}", out.paint(Paint::Dim, format_args!("{name:<9}"))))
    };
    row("node", node(out, picture))?;
    row("folder", picture.data_dir.clone())?;
    let Some(status) = &picture.status else { return Ok(()) };
    let head = status.ledger.head.short();
    row("ledger", format!("{}, head {head}", entries(status.ledger.entries.0)))?;
    row("jobs", jobs(out, status, picture.inbox))?;
    row("work", work(status))?;
    for role in ["agent", "tool"] {
        let of_role = || status.components.iter().filter(|component| component.role == role);
        row(
            &format!("{role}s"),
            of_role().map(|component| name(out, component)).collect::<Vec<_>>().join("  "),
        )?;
    }
    for (component, refused) in unserved(status).filter(|(_, refused)| !refused.asks.is_empty()) {
        let digest = refused.digest.map_or_else(String::new, |digest| format!(" {}", digest.short()));
        let what = format!("{} {}{digest}: {}", component.role, component.name, refused.failure.message);
        let next = out.advice(&format!("jaros approve {}", component.name));
        row("held", format!("{}  next: {next}", out.paint(Paint::Care, text::lines(&what))))?;
    }
    for problem in refusals(status).chain(status.problems.iter().cloned()) {
        row("problem", out.paint(Paint::Bad, text::lines(&problem)))?;
    }
    for job in &status.jobs.blocked {
        row("blocked", format!("{job}  next: {}", out.advice(&format!("jaros unblock {job}"))))?;
    }
    Ok(())
}

fn jobs(out: &Output, status: &Status, inbox: u64) -> String {
    let jobs = &status.jobs;
    format!(
        "{} accepted, {} done, {} failed; now {} running, {} waiting, {} blocked, {} in the inbox",
        text::count(jobs.accepted),
        text::count(jobs.done),
        painted(out, Paint::Bad, jobs.failed),
        text::count(jobs.running),
        text::count(jobs.waiting),
        painted(out, Paint::Care, jobs.blocked_count),
        text::count(inbox),
    )
}

fn work(status: &Status) -> String {
    let jobs = &status.jobs;
    format!(
        "{}, {}, {} refused, {}",
        text::several(jobs.turns, "turn"),
        text::several(jobs.decisions, "decision"),
        text::count(jobs.refusals),
        text::several(jobs.model_calls, "model call"),
    )
}

fn entries(number: u64) -> String {
    format!("{} {}", text::count(number), if number == 1 { "entry" } else { "entries" })
}

fn painted(out: &Output, paint: Paint, number: u64) -> String {
    let shown = text::count(number);
    if number == 0 { shown } else { out.paint(paint, shown) }
}

fn node(out: &Output, picture: &Picture) -> String {
    let state = picture.status.as_ref().map(|status| status.state);
    let Some(live) = &picture.live else {
        let last = picture
            .status
            .as_ref()
            .map(|status| format!("; {} ran last, until {}", status.node, text::moment(status.at_ms)));
        return format!("{}{}", out.paint(Paint::Care, "none is running"), last.unwrap_or_default());
    };
    let word = match state {
        None => out.paint(Paint::Care, "starting"),
        Some(NodeState::Serving) => out.paint(Paint::Good, "serving"),
        Some(NodeState::Stopping | NodeState::Stopped) => out.paint(Paint::Care, "stopping"),
    };
    let since = text::duration(text::between(live.started_at_ms, now()));
    format!("{} (process {}) {word} for {since}", live.node, live.pid)
}

fn name(out: &Output, component: &ComponentStatus) -> String {
    let paint = match component.state.as_str() {
        "serving" => return component.name.to_string(),
        "loading" => Paint::Dim,
        "held" => Paint::Care,
        _ => Paint::Bad,
    };
    let shown = if component.digest.is_some() && component.state == "refused" {
        format!("{} (older version)", component.name)
    } else if component.digest.is_some() && component.state == "held" {
        format!("{} (new version held)", component.name)
    } else {
        format!("{} ({})", component.name, component.state)
    };
    out.paint(paint, shown)
}

fn refusals(status: &Status) -> impl Iterator<Item = String> + '_ {
    unserved(status).filter(|(_, refused)| refused.asks.is_empty()).map(|(component, refused)| {
        format!("{} {} was refused: {}", component.role, component.name, refused.failure.message)
    })
}

/// Versions that aren't in service.
fn unserved(status: &Status) -> impl Iterator<Item = (&ComponentStatus, &Refused)> {
    status.components.iter().filter_map(|component| Some((component, component.refused.as_ref()?)))
}
