//! `grant` and `revoke`: what a component may do, changed in `config/grants.toml` as a person would.
//!
//! *Invariant:* the file is written whole, and only as one that a node takes; one with problems isn't touched. The command
//! returns when the node that runs has looked at the component again.
//! *Doesn't know:* how a text of TOML is changed.
//! *Start at:* [`grant`], [`revoke`].

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use jaros_capability::edit::{self, EditError, Target};
use jaros_capability::reach::{Component, Danger};
use jaros_capability::{Grants, Role};
use jaros_decision::{Code, Digest, Failure, Name};
use jaros_fabric::write_atomic;
use jaros_node::{ComponentStatus, Survey};
use serde::Serialize;

use super::grants::{self, component, danger, unusable};
use super::install::{FIRST_PAUSE, LAST_PAUSE, waited};
use crate::args::{self, Which};
use crate::context::Context;
use crate::exit::Exit;
use crate::output::Paint;
use crate::problem::{Outcome, Problem, code};
use crate::text;

/// How long a problem with the settings may be one of before.
const STALE: Duration = Duration::from_millis(500);

/// What is printed.
#[derive(Serialize)]
struct Changed<'a> {
    role: Role,
    name: &'a Name,
    /// Whether the file is different now.
    changed: bool,
    /// The lines that went and came, each with its sign.
    difference: Vec<String>,
    /// What the component may do now, where it lies in its folder.
    component: Option<&'a Component>,
    /// Pairs of permissions that weren't there before.
    dangers: Vec<&'a Danger>,
    /// What the node that runs made of it; `None` where none runs.
    node: Option<Word>,
}

/// The node's word on the component.
#[derive(Serialize)]
struct Word {
    /// `serving`, `refused`, `held` or `absent`.
    state: &'static str,
    digest: Option<Digest>,
    refused: Option<Failure>,
}

/// `grant`.
pub(crate) fn grant(context: &Context, args: &args::Grant) -> Outcome {
    let word = Some(args.capability.as_str());
    change(context, &args.name, word, &args.which, args.timeout, |text, target| {
        edit::grant(text, target, &args.capability, &args.scope, &args.methods)
    })
}

/// `revoke`.
pub(crate) fn revoke(context: &Context, args: &args::Revoke) -> Outcome {
    let word = args.capability.as_deref();
    change(context, &args.name, word, &args.which, args.timeout, |text, target| {
        edit::revoke(text, target, word, &args.scope)
    })
}

fn change(
    context: &Context,
    name: &Name,
    word: Option<&str>,
    which: &Which,
    timeout: Duration,
    edit: impl Fn(&str, &Target<'_>) -> Result<String, EditError>,
) -> Outcome {
    context.existing()?;
    let before = grants::read(context)?;
    let root = context.layout.root();
    let old = Grants::parse(&before, root).map_err(|error| unusable(&error))?;
    let survey = Survey::of(&context.layout, &context.limits());
    let role = role(&survey, &old, name, word, which)?;
    let target = Target { role, name };
    let after = edit(&before, &target).map_err(|error| unchanged(&error, name, word))?;
    let new = Grants::parse(&after, root).map_err(|error| unusable(&error))?;
    if after != before {
        write(context, &before, &after)?;
    }
    let (was, is) = (survey.reach(&old), survey.reach(&new));
    let found = is.components.iter().find(|one| one.role == role && one.name == *name);
    let dangers = is.dangers.iter().filter(|danger| !was.dangers.contains(danger)).collect();
    let node = settle(context, &target, &after, timeout)?;
    let changed = Changed {
        role,
        name,
        changed: after != before,
        difference: difference(&before, &after),
        component: found,
        dangers,
        node,
    };
    if context.out.is_json() {
        context.out.document(&changed)?;
    } else {
        let action = is.actions.iter().find(|action| role == Role::Tool && action.kind == *name);
        let list = was.components.iter().find(|one| one.role == role && one.name == *name);
        let listed = list.and_then(|one| one.propose.as_ref()).is_some_and(|was| was.kinds.is_none())
            && found.and_then(|one| one.propose.as_ref()).is_some_and(|is| is.kinds.is_some());
        print(context, &changed, action, listed)?;
    }
    Ok(Exit::Ok)
}

/// What the component of this name is for: by the flags, by what lies in the folders, by what stands in the file, and among
/// those by whom the capability fits.
fn role(
    survey: &Survey,
    grants: &Grants,
    name: &Name,
    word: Option<&str>,
    which: &Which,
) -> Result<Role, Problem> {
    if let [role] = which.roles() {
        return Ok(*role);
    }
    let is_there = |role: Role| {
        survey.present().iter().any(|one| one.role == role && one.name == *name)
            || grants.names().any(|(of, known)| of == role && known == name)
    };
    let there: Vec<Role> = [Role::Agent, Role::Tool].into_iter().filter(|role| is_there(*role)).collect();
    let fits = |role: &Role| word.is_none_or(|word| edit::fits(word, *role) == Some(true));
    let fit: Vec<Role> = there.iter().copied().filter(fits).collect();
    match (&there[..], &fit[..]) {
        // One that the capability doesn't fit is told so by whoever changes the text.
        ([role], _) | (_, [role]) => Ok(*role),
        ([], _) => {
            let known: Vec<&str> = survey.present().iter().map(|one| one.name.as_str()).collect();
            let hint = text::suggestion(name.as_str(), &known, "component");
            Err(Problem::unknown(format!("there is no component {name}; {hint}"))
                .next("for one that isn't there yet, say --agent or --tool"))
        }
        _ => {
            let text = format!("there are an agent and a tool {name}");
            Err(Problem::new(Exit::Input, code::AMBIGUOUS, text).next("say --agent or --tool"))
        }
    }
}

fn unchanged(error: &EditError, name: &Name, word: Option<&str>) -> Problem {
    let message = text::lines(&error.to_string());
    match error {
        EditError::Bad(problems) => unusable(problems),
        EditError::Would(problems) => {
            let details = problems.to_string().lines().map(text::plain).collect();
            Problem::input(message)
                .details(details)
                .next("nothing was changed; say something that can stand there")
        }
        EditError::ByRole { by, .. } => Problem::new(Exit::Refused, Code::REFUSED.as_str(), message)
            .next(format!("jaros revoke {name} roles {by}")),
        EditError::More { .. } => Problem::new(Exit::Refused, Code::REFUSED.as_str(), message)
            .next("write in config/grants.toml what it may do instead"),
        EditError::Unknown { .. } | EditError::Misfit { .. } => {
            Problem::input(message).next(format!("jaros grants {name} shows what it asks for"))
        }
        EditError::Scope(_) => {
            let word = word.unwrap_or_default();
            Problem::input(message).next(format!("jaros grants {name} shows what `{word}` is now"))
        }
        EditError::ByHand { .. } | EditError::Unusual { .. } => Problem::input(message)
            .next("change config/grants.toml in an editor; docs/grants.md has every key"),
    }
}

/// Puts the file in the place of the old one, whole, with the old one's rights.
fn write(context: &Context, before: &str, after: &str) -> Result<(), Problem> {
    let config = context.layout.config();
    let path = config.join("grants.toml");
    if grants::read(context)? != before {
        let text = "config/grants.toml was changed by somebody else just now";
        return Err(Problem::new(Exit::Refused, Code::REFUSED.as_str(), text).next("repeat the command"));
    }
    let rights = fs::metadata(&path).map(|metadata| metadata.permissions()).ok();
    write_atomic(&path, after.as_bytes())?;
    if let Some(rights) = rights {
        restore(&path, rights);
    }
    Ok(())
}

/// A file that a person made readable for some stays so; where that can't be, the account's usual rights do.
fn restore(path: &Path, rights: fs::Permissions) {
    let now = fs::metadata(path).map(|metadata| metadata.permissions());
    if now.is_ok_and(|now| now != rights) {
        let _ = fs::set_permissions(path, rights);
    }
}

/// Waits until the node that runs has the file in force and has looked at the component.
fn settle(
    context: &Context,
    target: &Target<'_>,
    text: &str,
    timeout: Duration,
) -> Result<Option<Word>, Problem> {
    let wanted = Digest::of(text.as_bytes());
    let begin = Instant::now();
    let mut pause = FIRST_PAUSE;
    while context.live()?.is_some() {
        if let Some(status) = context.live_status()? {
            let ours = |one: &&ComponentStatus| one.role == target.role.word() && one.name == *target.name;
            let found = status.components.iter().find(ours);
            let settings = status.settings.as_ref();
            let taken = settings.and_then(|settings| settings.grants) == Some(wanted);
            if taken && found.is_none_or(|one| one.state != "loading") {
                return Ok(Some(word(found)));
            }
            let problem = settings.and_then(|settings| settings.problem.clone());
            if let Some(problem) = problem.filter(|_| begin.elapsed() > STALE) {
                let what = "the file is written, but the node can't take its settings over";
                let details = problem.lines().map(text::plain).collect();
                let problem = Problem::new(Exit::Refused, Code::REFUSED.as_str(), what).details(details);
                return Err(problem.next("mend that file in config/; the node looks again by itself"));
            }
        }
        waited(context, begin, timeout, "config/grants.toml, which is written")?;
        std::thread::sleep(pause);
        pause = (pause * 2).min(LAST_PAUSE);
    }
    Ok(None)
}

fn word(found: Option<&ComponentStatus>) -> Word {
    let Some(found) = found else { return Word { state: "absent", digest: None, refused: None } };
    Word {
        state: match (&*found.state, &found.refused) {
            ("held", _) => "held",
            (_, Some(_)) => "refused",
            (_, None) => "serving",
        },
        digest: found.digest,
        refused: found.refused.as_ref().map(|refused| refused.failure.clone()),
    }
}

/// The lines that went and those that came, each with its sign.
fn difference(before: &str, after: &str) -> Vec<String> {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = before.iter().zip(&after).take_while(|(old, new)| old == new).count();
    let (old, new) = (&before[same..], &after[same..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let gone = old[..old.len() - tail].iter().map(|line| format!("-{line}"));
    let come = new[..new.len() - tail].iter().map(|line| format!("+{line}"));
    gone.chain(come).collect()
}

fn print(
    context: &Context,
    changed: &Changed<'_>,
    action: Option<&jaros_capability::reach::Action>,
    listed: bool,
) -> Result<(), Problem> {
    let out = &context.out;
    if !changed.changed {
        out.line("config/grants.toml says so already; nothing was changed.")?;
    }
    for line in &changed.difference {
        let paint = if line.starts_with('-') { Paint::Bad } else { Paint::Good };
        out.line(out.paint(paint, text::plain(line)))?;
    }
    match changed.component {
        Some(found) => component(out, found, action, found.name.as_str().len())?,
        None => {
            out.line(format_args!("{} {}: there is no such component yet", changed.role, changed.name))?;
        }
    }
    if listed {
        out.line(
            "       it has a list now: before, it could propose whatever is open; without `advance` in it, it can't finish a job",
        )?;
    }
    changed.dangers.iter().try_for_each(|one| danger(out, one))?;
    match &changed.node {
        None => out.remark("No node is running; one that starts takes it over."),
        Some(Word { state: "serving", digest, .. }) => {
            let digest = digest.map_or_else(String::new, |digest| format!(" @{}", digest.short()));
            let serving = out.paint(Paint::Good, "serving");
            out.line(format_args!(
                "{} {}{digest} {serving}, under these grants",
                changed.role, changed.name
            ))?;
        }
        Some(Word { state: "held", .. }) => {
            let held = out.paint(Paint::Care, "held");
            out.line(format_args!(
                "{} {} is {held}: it asks for more than the one before",
                changed.role, changed.name
            ))?;
            let approve = format!("jaros approve {}", changed.name);
            out.line(format_args!("       next: {}", out.advice(&approve)))?;
        }
        Some(Word { digest: Some(digest), .. }) => {
            let digest = digest.short();
            out.line(format_args!("{} {} serves on in its version {digest}", changed.role, changed.name))?;
        }
        Some(Word { state: "refused", refused, .. }) => {
            let serves = out.paint(Paint::Bad, "doesn't serve");
            // What the bytes alone don't tell stands here for the first time.
            let told = changed.component.is_some_and(|found| found.refused.is_some());
            let why = refused.as_ref().filter(|_| !told).map_or_else(String::new, |failure| {
                format!(": {}", text::lines(&failure.message).replace('\n', "\n         "))
            });
            out.line(format_args!("{} {} {serves} now{why}", changed.role, changed.name))?;
        }
        Some(_) => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_what_went_and_what_came() {
        for (before, after, want) in [
            ("a\nb\nc\n", "a\nb\nc\n", &[][..]),
            ("a\nb\nc\n", "a\nB\nc\n", &["-b", "+B"]),
            ("a\nc\n", "a\nb\nc\n", &["+b"]),
            ("a\na\n", "a\na\na\n", &["+a"]),
            ("a\n", "", &["-a"]),
            ("", "a\n", &["+a"]),
        ] {
            assert_eq!(difference(before, after), want, "{before:?} {after:?}");
        }
    }
}
