//! `add-agent`, `add-tool` and `remove`: components come into service and leave it.
//!
//! *Invariant:* a file appears in its folder whole, by rename; the command returns when the node has said yes or no.
//! *Doesn't know:* how a component is loaded.
//! *Start at:* [`add`].

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jaros_capability::Role;
use jaros_decision::{Code, Digest, Failure, Name};
use jaros_fabric::write_atomic;
use jaros_node::ComponentStatus;
use serde::Serialize;

use super::versions;
use crate::args::{Add, Remove};
use crate::context::Context;
use crate::exit::Exit;
use crate::input;
use crate::output::Paint;
use crate::problem::{Outcome, Problem, code, mended};
use crate::text;

/// Between two looks at `status.json`.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(1);
pub(super) const LAST_PAUSE: Duration = Duration::from_millis(20);
/// How long a refusal of these very bytes from before may be an old one.
const STALE: Duration = Duration::from_millis(500);
/// How long a node may take to notice that a file is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// Which folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `agents/`.
    Agent,
    /// `tools/`.
    Tool,
}

impl Place {
    pub(crate) const ALL: [Self; 2] = [Self::Agent, Self::Tool];

    /// The folder of this role.
    pub(crate) fn of(role: Role) -> Self {
        match role {
            Role::Agent => Self::Agent,
            Role::Tool => Self::Tool,
        }
    }

    /// The folder of the role of this word.
    pub(crate) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.word() == word)
    }

    pub(crate) fn role(self) -> Role {
        match self {
            Self::Agent => Role::Agent,
            Self::Tool => Role::Tool,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Tool => "tool",
        }
    }

    pub(crate) fn folder(self, context: &Context) -> PathBuf {
        match self {
            Self::Agent => context.layout.agents(),
            Self::Tool => context.layout.tools(),
        }
    }
}

/// What is printed.
#[derive(Serialize)]
pub(crate) struct Placed<'a> {
    pub(crate) role: &'static str,
    pub(crate) name: &'a Name,
    pub(crate) digest: Option<Digest>,
    /// `serving`; `installed` where no node runs; `removed`.
    pub(crate) state: &'static str,
    pub(crate) description: Option<String>,
}

/// `add-agent`, `add-tool`.
pub(crate) fn add(context: &Context, place: Place, args: &Add) -> Outcome {
    context.existing()?;
    let limits = context.limits();
    let bytes = input::file(&args.file, limits.all().component_bytes, Some("component_bytes"))?;
    let name = match &args.name {
        Some(name) => name.clone(),
        None => name_of(&args.file)?,
    };
    let digest = Digest::of(&bytes);
    let running = context.live()?.is_some();
    if !running {
        unfit(place, &name, &bytes, limits.of(place.role(), name.as_str()))?;
    }
    let old = find(context, place, &name)?;
    let path = place.folder(context).join(format!("{name}.wasm"));
    write_atomic(&path, &bytes)?;
    if !running {
        return placed(
            context,
            &Placed {
                role: place.word(),
                name: &name,
                digest: Some(digest),
                state: "installed",
                description: None,
            },
        );
    }
    let refused_before =
        old.and_then(|old| old.refused).is_some_and(|refused| refused.digest == Some(digest));
    settle(context, place, &name, digest, refused_before, args.timeout)
}

/// That a component which no node would take doesn't get into the folder, where none is there to say so.
fn unfit(place: Place, name: &Name, bytes: &[u8], limits: &jaros_decision::Limits) -> Result<(), Problem> {
    let audit = jaros_engine::audit(bytes, limits).map_err(|failure| refusal(place, name, &failure))?;
    let role = audit.role.to_string();
    if role == place.word() {
        return Ok(());
    }
    let text =
        format!("{name} is no {} but {} {role}", place.word(), if role == "agent" { "an" } else { "a" });
    Err(Problem::refused(&Failure::new(Code::INVALID, text)).next(format!("jaros add-{role} FILE")))
}

pub(super) fn name_of(file: &Path) -> Result<Name, Problem> {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Name::new(&stem).map_err(|error| {
        Problem::input(format!("{stem:?} can be no component's name: {error}")).next("give one with --name")
    })
}

pub(super) fn find(context: &Context, place: Place, name: &Name) -> Result<Option<ComponentStatus>, Problem> {
    let status = context.live_status()?;
    let ours = |component: &ComponentStatus| component.role == place.word() && component.name == *name;
    Ok(status.and_then(|status| status.components.into_iter().find(ours)))
}

/// Waits for the node's word on these bytes, and prints it.
pub(crate) fn settle(
    context: &Context,
    place: Place,
    name: &Name,
    digest: Digest,
    refused_before: bool,
    timeout: Duration,
) -> Outcome {
    match word(context, place, name, digest, refused_before, timeout)? {
        Ok(description) => placed(
            context,
            &Placed { role: place.word(), name, digest: Some(digest), state: "serving", description },
        ),
        Err(failure) => Err(refusal(place, name, &failure)),
    }
}

/// Waits for the node's word on these bytes: they serve, with what the component says of itself, or why not.
pub(super) fn word(
    context: &Context,
    place: Place,
    name: &Name,
    digest: Digest,
    refused_before: bool,
    timeout: Duration,
) -> Result<Result<Option<String>, Failure>, Problem> {
    let begin = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        if let Some(found) = find(context, place, name)?.filter(|found| found.state != "loading") {
            if found.digest == Some(digest) && found.state == "serving" {
                return Ok(Ok(found.description));
            }
            // The same bytes were refused before: the word may be an old one, until the node had time to look again.
            let new = !refused_before || begin.elapsed() > STALE;
            if let Some(refused) = found.refused.filter(|refused| refused.digest == Some(digest) && new) {
                return Ok(Err(refused.failure));
            }
        }
        waited(context, begin, timeout, &format!("{} {name}", place.word()))?;
        std::thread::sleep(pause);
        pause = (pause * 2).min(LAST_PAUSE);
    }
}

/// Ends the waiting when it takes too long, or when nobody is there to answer.
pub(super) fn waited(
    context: &Context,
    begin: Instant,
    timeout: Duration,
    what: &str,
) -> Result<(), Problem> {
    if begin.elapsed() > timeout {
        let text = format!("the node hasn't said anything about {what} within {}", text::duration(timeout));
        return Err(
            Problem::new(Exit::Unanswered, Code::TIMEOUT.as_str(), text).next("jaros status, and jaros logs")
        );
    }
    if context.live()?.is_none() {
        return Err(Problem::new(
            Exit::Unanswered,
            code::NO_NODE,
            format!("the node stopped before it said anything about {what}"),
        )
        .next("jaros serve"));
    }
    Ok(())
}

pub(super) fn refusal(place: Place, name: &Name, failure: &Failure) -> Problem {
    let mut problem = Problem::refused(failure);
    if failure.code == Code::HELD {
        problem.message = format!("{} {name} is held: {}", place.word(), text::lines(&failure.message));
        return problem.next(format!(
            "jaros approve {name}, if you agree; jaros inspect FILE --against {name} shows what differs"
        ));
    }
    problem.message = format!("{} {name} was refused: {}", place.word(), text::lines(&failure.message));
    problem.next("mend it and add it again; jaros inspect FILE tells more")
}

pub(crate) fn placed(context: &Context, placed: &Placed<'_>) -> Outcome {
    let out = &context.out;
    if out.is_json() {
        out.document(placed)?;
        return Ok(Exit::Ok);
    }
    let digest = placed.digest.map_or_else(String::new, |digest| format!(" @{}", digest.short()));
    out.line(format_args!(
        "{} {}{digest} {}",
        placed.role,
        placed.name,
        out.paint(Paint::Good, placed.state)
    ))?;
    if placed.state == "installed" {
        out.remark("No node is running; it serves when one starts.\nnext: jaros serve");
    }
    Ok(Exit::Ok)
}

/// `remove`.
pub(crate) fn remove(context: &Context, args: &Remove) -> Outcome {
    context.existing()?;
    let name = &args.name;
    let file = |place: Place| place.folder(context).join(format!("{name}.wasm"));
    let wanted = args.which.roles();
    let is_there = |place: &Place| fs::symlink_metadata(file(*place)).is_ok();
    let there: Vec<Place> = wanted.iter().copied().map(Place::of).filter(is_there).collect();
    let place = match there[..] {
        [place] => place,
        [] => return Err(versions::unknown(context, wanted, name)),
        _ => {
            let text = format!("there are an agent and a tool {name}");
            return Err(Problem::new(Exit::Input, code::AMBIGUOUS, text).next("say --agent or --tool"));
        }
    };
    match fs::remove_file(file(place)) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => {
            let text = format!("{} can't be removed: {error}", file(place).display());
            return Err(Problem::machine(text).next(mended(&error)));
        }
    }
    let begin = Instant::now();
    while context.live()?.is_some() && find(context, place, name)?.is_some() {
        waited(context, begin, PATIENCE, &format!("the end of {} {name}", place.word()))?;
        std::thread::sleep(FIRST_PAUSE);
    }
    placed(context, &Placed { role: place.word(), name, digest: None, state: "removed", description: None })
}
