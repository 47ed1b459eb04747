//! `grants`: who can reach what, and why.
//!
//! *Invariant:* it is worked out from the file and the components that lie in the folders, by the code that a node decides
//! with; no node has to run.
//! *Doesn't know:* how a grant is changed.
//! *Start at:* [`grants`].

use std::fs;
use std::io;

use jaros_capability::reach::{Action, Component, Danger, Granted, Proposes, Reach};
use jaros_capability::{Capability, Grants, Role, SettingsError, Via, edit};
use jaros_decision::Code;
use jaros_node::Survey;

use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::input;
use crate::output::{Output, Paint};
use crate::problem::{Outcome, Problem};
use crate::text;

/// Bytes of the file; a node takes no larger one.
const FILE_BYTES: u64 = 1 << 20;

/// `grants`.
pub(crate) fn grants(context: &Context, args: &args::Grants) -> Outcome {
    context.existing()?;
    let parsed = Grants::parse(&read(context)?, context.layout.root());
    let grants = parsed.map_err(|error| unusable(&error))?;
    let survey = Survey::of(&context.layout, &context.limits());
    let mut reach = survey.reach(&grants);
    if let Some(name) = &args.name {
        let known: Vec<String> = names(&reach);
        if !narrow(&mut reach, name.as_str()) {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let hint = text::suggestion(name.as_str(), &known, "component");
            return Err(Problem::new(
                Exit::No,
                Code::NOT_FOUND.as_str(),
                format!("nothing has the name {name}; {hint}"),
            )
            .next("jaros grants shows all"));
        }
    }
    if context.out.is_json() {
        context.out.document(&reach)?;
    } else {
        print(&context.out, &reach, args.name.is_some())?;
    }
    Ok(Exit::Ok)
}

/// The text of `config/grants.toml`; empty where there is none.
pub(super) fn read(context: &Context) -> Result<String, Problem> {
    let path = context.layout.config().join("grants.toml");
    match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        Ok(metadata) if metadata.is_symlink() => {
            let text = "config/grants.toml is a link, which no node follows";
            return Err(Problem::input(text).next("put the file itself there"));
        }
        _ => {}
    }
    String::from_utf8(input::file(&path, FILE_BYTES, None)?)
        .map_err(|_| Problem::input("config/grants.toml is not UTF-8 text").next("save it as UTF-8"))
}

/// A file with problems, each on a line.
pub(super) fn unusable(error: &SettingsError) -> Problem {
    let details = error.to_string().lines().map(text::plain).collect();
    Problem::input("config/grants.toml can't be used; the last good grants stay in force on a node that runs")
        .details(details)
        .next("mend it: docs/grants.md has every key")
}

fn names(reach: &Reach) -> Vec<String> {
    let components = reach.components.iter().map(|component| component.name.to_string());
    let mut names: Vec<String> = components.chain(reach.actions.iter().map(|a| a.kind.to_string())).collect();
    names.sort();
    names.dedup();
    names
}

/// Leaves only what concerns this name; whether that is anything.
fn narrow(reach: &mut Reach, name: &str) -> bool {
    reach.components.retain(|component| component.name.as_str() == name);
    reach.actions.retain(|action| {
        action.kind.as_str() == name || action.agents.iter().any(|agent| agent.agent.as_str() == name)
    });
    reach.nobody.retain(|nobody| nobody.name.as_str() == name);
    reach.no_kinds.retain(|one| one.agent.as_str() == name || one.kind.as_str() == name);
    reach.unused_roles.clear();
    reach.dangers.retain(|danger| danger.who.split(' ').nth(1) == Some(name));
    let built_in = reach.actions.iter().any(|action| action.kind.as_str() == name);
    built_in || !reach.components.is_empty() || !reach.nobody.is_empty()
}

fn print(out: &Output, reach: &Reach, one: bool) -> Result<(), Problem> {
    let width = reach.components.iter().map(|component| component.name.as_str().len()).max().unwrap_or(0);
    for component in &reach.components {
        let proposers =
            reach.actions.iter().find(|action| component.role == Role::Tool && action.kind == component.name);
        self::component(out, component, proposers, width)?;
    }
    if one || reach.components.is_empty() {
        for action in reach.actions.iter().filter(|action| action.reaches.is_none()) {
            out.line(format_args!("built-in {}: {}", action.kind, proposed(action)))?;
        }
    }
    capabilities(out, reach)?;
    slips(out, reach)?;
    for danger in &reach.dangers {
        self::danger(out, danger)?;
    }
    if reach.components.is_empty() && !one {
        out.remark(
            "There are no components.\nnext: jaros init --with-examples, or jaros add-agent FILE.wasm",
        );
    }
    Ok(())
}

/// One component: what it reaches, who may have it do so, and why it doesn't serve.
pub(super) fn component(
    out: &Output,
    component: &Component,
    action: Option<&Action>,
    width: usize,
) -> Result<(), Problem> {
    let mut says: Vec<String> = component.propose.iter().map(proposes).collect();
    let granted = component.granted.iter().filter(|granted| !granted.capability.is_given());
    says.extend(granted.map(|granted| self::granted(granted, component)));
    says.extend(action.map(proposed));
    let state = if component.refused.is_some() { Paint::Bad } else { Paint::Good };
    let name = format!("{:<width$}", component.name.as_str());
    let role = component.role.word();
    out.line(format_args!("{role:<5}  {}  {}", out.paint(state, name), says.join("; ")))?;
    let Some(failure) = &component.refused else { return Ok(()) };
    if component.missing.is_empty() {
        let why = text::lines(&failure.message).replace('\n', "\n       ");
        return out.line(format_args!("       {}: {why}", failure.code));
    }
    for missing in &component.missing {
        out.line(format_args!("       {}: {}", failure.code, text::plain(&missing.why)))?;
        if let Some(command) = edit::command(missing.capability, &component.name) {
            out.line(format_args!("       next: {}", out.advice(&command)))?;
        }
    }
    Ok(())
}

fn proposes(proposes: &Proposes) -> String {
    let narrowed = match &proposes.narrowed[..] {
        [] => String::new(),
        kinds => format!(", narrowed {}", listed(kinds)),
    };
    let what = match &proposes.kinds {
        None => "the built-ins and every tool that imports no capability".into(),
        Some(kinds) if kinds.is_empty() => "nothing".into(),
        Some(kinds) => listed(kinds),
    };
    format!("may propose {what}{narrowed}{}", by(&proposes.via))
}

fn granted(granted: &Granted, component: &Component) -> String {
    let scope =
        if granted.scope.is_empty() { String::new() } else { format!(": {}", granted.scope.join(", ")) };
    let unused = if component.imports.contains(&granted.capability) { "" } else { ", not imported" };
    format!("{}{scope}{}{unused}", granted.capability, by(&granted.via))
}

/// Who may propose a kind; those who may by default are counted.
fn proposed(action: &Action) -> String {
    let default = action.agents.iter().filter(|agent| agent.via == [Via::Default]).count() as u64;
    let mut who: Vec<String> = action
        .agents
        .iter()
        .filter(|agent| agent.via != [Via::Default])
        .map(|agent| format!("{}{}", agent.agent, by(&agent.via)))
        .collect();
    if default > 0 {
        who.push(format!("{} by default", text::several(default, "agent")));
    }
    if who.is_empty() { "nobody may propose it".into() } else { format!("proposed by {}", who.join(", ")) }
}

fn by(via: &[Via]) -> String {
    let via: Vec<String> = via.iter().map(ToString::to_string).collect();
    format!(" ({})", via.join(", "))
}

/// Who reaches each capability that has to be granted: by itself, or through a tool that it may propose.
fn capabilities(out: &Output, reach: &Reach) -> Result<(), Problem> {
    let mut lines = Vec::new();
    for capability in Capability::all().filter(|capability| !capability.is_given()) {
        let own = reach
            .components
            .iter()
            .filter(|component| component.role == Role::Agent && component.effective.contains(&capability))
            .map(|component| format!("agent {}", component.name));
        let through = reach
            .actions
            .iter()
            .filter(|action| action.reaches.as_ref().is_some_and(|reaches| reaches.contains(&capability)))
            .map(|action| {
                let agents: Vec<&str> = action.agents.iter().map(|agent| agent.agent.as_str()).collect();
                let from = if agents.is_empty() { "nobody".into() } else { agents.join(", ") };
                format!("tool {} for {from}", action.kind)
            });
        let who: Vec<String> = own.chain(through).collect();
        if !who.is_empty() {
            lines.push(format!("  {:<12} {}", capability.interface(), who.join("; ")));
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    out.line("")?;
    out.line(out.paint(Paint::Strong, "Reached"))?;
    lines.iter().try_for_each(|line| out.line(line))
}

fn slips(out: &Output, reach: &Reach) -> Result<(), Problem> {
    let mut lines: Vec<String> = reach
        .nobody
        .iter()
        .map(|one| {
            let near = one.near.as_ref().map_or_else(String::new, |near| format!("; did you mean {near}?"));
            format!("there is no {} {}, which config/grants.toml has an entry for{near}", one.role, one.name)
        })
        .collect();
    let kind = |one: &jaros_capability::reach::NoKind| {
        format!("nothing carries out {}, which stands under agent {}", one.kind, one.agent)
    };
    lines.extend(reach.no_kinds.iter().map(kind));
    lines.extend(reach.unused_roles.iter().map(|role| format!("no component has the role {role}")));
    if lines.is_empty() {
        return Ok(());
    }
    out.line("")?;
    lines.iter().try_for_each(|line| out.line(format_args!("{} {line}", out.paint(Paint::Care, "slip?"))))
}

pub(super) fn danger(out: &Output, danger: &Danger) -> Result<(), Problem> {
    out.line("")?;
    out.line(format_args!(
        "{} {} ({}): {}",
        out.paint(Paint::Bad, "danger"),
        danger.who,
        danger.kind,
        danger.what
    ))?;
    out.line(format_args!("  next: {}", out.advice(&danger.next)))
}

fn listed(names: &[jaros_decision::Name]) -> String {
    names.iter().map(jaros_decision::Name::as_str).collect::<Vec<_>>().join(", ")
}
