//! `approve` and `rollback`: an operator lets a held version go into service, or puts an earlier one back.
//!
//! *Invariant:* what is agreed to is one digest, the one that was shown; the command returns when that version serves, or
//! with the reason why it doesn't.
//! *Doesn't know:* what a version may do; the node says.
//! *Start at:* [`approve`], [`rollback`].

use std::path::Path;
use std::time::Duration;

use jaros_capability::Role;
use jaros_content::Content;
use jaros_decision::{Code, Digest, Name};
use jaros_fabric::write_atomic;
use jaros_ledger::record;
use jaros_node::{ComponentStatus, History, Reply, Request, Served, Slot, Versions};

use super::install::{self, Place, Placed};
use super::operate::{ask, unexpected};
use super::versions;
use crate::args;
use crate::context::{Context, operator};
use crate::exit::Exit;
use crate::input;
use crate::problem::{Outcome, Problem, code};

/// How long a node may take until an approved version serves: it is compiled first.
const PATIENCE: Duration = Duration::from_secs(120);

/// `approve`.
pub(crate) fn approve(context: &Context, args: &args::Approve) -> Outcome {
    context.running()?;
    let status = context.live_status()?.map_or_else(Vec::new, |status| status.components);
    let (place, digest) = the_held(args, &status)?;
    let version = version(place, &args.name, digest);
    tell(context, &Request::Approve { version, by: operator() }, &args.name)?;
    install::settle(context, place, &args.name, digest, true, PATIENCE)
}

/// The one held version that is meant.
fn the_held(args: &args::Approve, status: &[ComponentStatus]) -> Result<(Place, Digest), Problem> {
    let name = &args.name;
    let begins = |digest: &Digest| {
        args.digest.as_ref().is_none_or(|begin| digest.to_hex().starts_with(&begin.to_lowercase()))
    };
    let mut held = Vec::new();
    for role in args.which.roles() {
        let ours = |component: &&ComponentStatus| {
            component.role == role.to_string() && component.name == *name && component.state == "held"
        };
        let digest = status.iter().find(ours).and_then(|component| component.refused.as_ref()?.digest);
        held.extend(digest.map(|digest| (Place::of(*role), digest)));
    }
    match held[..] {
        [(place, digest)] if begins(&digest) => Ok((place, digest)),
        [(place, digest)] => {
            let text = format!("the version of {} {name} that is held is {}", place.word(), digest.short());
            Err(Problem::unknown(text).next(format!("jaros components {name} tells more about it")))
        }
        [] => Err(Problem::unknown(format!("no version of {name} is held"))
            .next("jaros components lists what is there and how it stands")),
        _ => {
            let text = format!("an agent and a tool {name} are held");
            Err(Problem::new(Exit::Input, code::AMBIGUOUS, text).next("say --agent or --tool"))
        }
    }
}

/// `rollback`.
pub(crate) fn rollback(context: &Context, args: &args::Rollback) -> Outcome {
    context.existing()?;
    let recorded = versions::read(context)?;
    let place = the_place(context, args, &recorded)?;
    let slot = Slot { role: place.role(), name: args.name.clone() };
    let history = recorded.get(&slot).expect("the place was found by it");
    let file = place.folder(context).join(format!("{}.wasm", args.name));
    let present = input::file(&file, context.limits().all().component_bytes, None).ok();
    let present = present.map(|bytes| Digest::of(&bytes));
    let target = target(place, &args.name, history, present, args.to.as_deref())?;
    if context.live()?.is_none() {
        return write(context, place, &args.name, history, target, &file);
    }
    let version = version(place, &args.name, target.digest);
    tell(context, &Request::Rollback { version, by: operator() }, &args.name)?;
    install::settle(context, place, &args.name, target.digest, true, args.timeout)
}

/// The one component of this name of which a version served.
fn the_place(context: &Context, args: &args::Rollback, recorded: &Versions) -> Result<Place, Problem> {
    let name = &args.name;
    let roles = args.which.roles();
    let served = |role: &&Role| {
        let slot = Slot { role: **role, name: name.clone() };
        recorded.get(&slot).is_some_and(|history| history.last().is_some())
    };
    let found: Vec<Role> = roles.iter().filter(served).copied().collect();
    match found[..] {
        [role] => Ok(Place::of(role)),
        [] => {
            let problem = versions::unknown(context, roles, name);
            Err(Problem { message: format!("no version of {name} has served yet"), ..problem })
        }
        _ => {
            let text = format!("an agent and a tool {name} have served");
            Err(Problem::new(Exit::Input, code::AMBIGUOUS, text).next("say --agent or --tool"))
        }
    }
}

/// The version to put back: the one that is named; else the last that served, where its file now holds something else; else
/// the one that served before it.
fn target<'h>(
    place: Place,
    name: &Name,
    history: &'h History,
    present: Option<Digest>,
    to: Option<&str>,
) -> Result<&'h Served, Problem> {
    let what = format!("{} {name}", place.word());
    let list = format!("jaros components {name} lists the versions that served");
    let last = history.last().expect("a version served");
    let found = match to {
        Some(begin) => named(&what, history, begin).map_err(|problem| problem.next(list.clone()))?,
        None if present != Some(last.digest) => last,
        None => history.before_last().ok_or_else(|| {
            let text = format!("{what} has had no other version in service than {}", last.digest.short());
            Problem::new(Exit::No, Code::NOT_FOUND.as_str(), text).next(list.clone())
        })?,
    };
    let serves = history.serving().is_some_and(|now| now.digest == found.digest);
    if serves && present == Some(found.digest) {
        let text = format!("version {} of {what} is in service already", found.digest.short());
        return Err(Problem::new(Exit::Input, code::EXISTS, text).next(list));
    }
    Ok(found)
}

/// The one version that served and whose digest begins like this.
fn named<'h>(what: &str, history: &'h History, begin: &str) -> Result<&'h Served, Problem> {
    let begin = begin.to_lowercase();
    let mut found: Vec<&Served> = Vec::new();
    for served in history.served().iter().rev() {
        let known = found.iter().any(|known| known.digest == served.digest);
        if !known && served.digest.to_hex().starts_with(&begin) {
            found.push(served);
        }
    }
    match found[..] {
        [only] => Ok(only),
        [] => Err(Problem::unknown(format!(
            "no version of {what} that served has a digest that begins with {begin:?}"
        ))),
        _ => {
            let text = format!("{} versions of {what} have digests that begin with {begin:?}", found.len());
            Err(Problem::new(Exit::Input, code::AMBIGUOUS, text))
        }
    }
}

/// Puts the version into its folder while no node runs. Nobody is there to write down who did it.
fn write(
    context: &Context,
    place: Place,
    name: &Name,
    history: &History,
    target: &Served,
    file: &Path,
) -> Outcome {
    let bytes = Content::open(context.layout.content())?.get(&target.digest)?;
    write_atomic(file, &bytes)?;
    let (role, digest) = (place.word(), Some(target.digest));
    let placed = Placed { role, name, digest, state: "installed", description: None };
    let exit = install::placed(context, &placed)?;
    let growth = history.growth(target.digest, &target.imports);
    context.out.remark(match growth {
        Some(growth) => {
            format!("The next node holds it, since {growth}.\nnext: jaros approve {name}, while it runs")
        }
        None => "The record will show the change, but not who made it.".into(),
    });
    Ok(exit)
}

pub(super) fn version(place: Place, name: &Name, digest: Digest) -> record::Version {
    let role = match place {
        Place::Agent => record::Role::Agent,
        Place::Tool => record::Role::Tool,
    };
    record::Version { digest, name: name.clone(), role }
}

/// Asks the node, which has put it on the record when this returns.
pub(super) fn tell(context: &Context, request: &Request, name: &Name) -> Result<(), Problem> {
    let next = format!("jaros components {name} tells how it stands");
    match ask(context, request)? {
        Reply::Done => Ok(()),
        Reply::Refused(failure) if failure.code == Code::NOT_FOUND => {
            Err(Problem { exit: Exit::Input, ..Problem::refused(&failure) }.next(next))
        }
        Reply::Refused(failure) => Err(Problem::refused(&failure).next(next)),
        Reply::Checkpoint { .. } => Err(unexpected()),
    }
}
