//! `config`: the limits and the model that hold, and where each comes from.
//!
//! *Invariant:* what is shown is what a call gets: the file's word, or the running node's where that is another. Secrets are
//! never among it.
//! *Doesn't know:* how settings come into force.
//! *Start at:* [`config`].

mod limits;
mod model;
mod print;

use std::collections::BTreeMap;

use jaros_capability::{Ceilings, LimitSet, Role, Section, SettingsError};
use jaros_decision::{Name, Scope};
use jaros_node::SettingsStatus;
use serde::Serialize;

use self::limits::Row;
use self::model::Model;
use super::components;
use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::problem::{Outcome, Problem};
use crate::text;

/// The file's name as it is told.
const FILE: &str = "config/limits.toml";

/// Everything there is to say.
#[derive(Serialize)]
struct Picture {
    /// Whether a node runs, whose settings are the ones in force.
    running: bool,
    /// What keeps a file from coming into force.
    problems: Vec<String>,
    /// What holds where no component has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<Vec<Row>>,
    /// What components have of their own; for one that was asked for, all that holds for it.
    components: Vec<Component>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<Model>,
}

#[derive(Serialize)]
struct Component {
    role: String,
    name: Name,
    /// As it stands in the file, or would: `[tool."text.count"]`.
    section: String,
    limits: Vec<Row>,
}

impl Component {
    fn new(role: Role, name: &Name, limits: Vec<Row>) -> Self {
        let section = limits::section_name(Section::Of(role, name));
        Self { role: role.to_string(), name: name.clone(), section, limits }
    }
}

/// What the limits are read from.
struct Sources {
    /// What the file says; nothing where it can't be used.
    file: Result<LimitSet, SettingsError>,
    /// What the running node has in force.
    live: Option<Live>,
}

/// What a running node has in force.
struct Live {
    limits: LimitSet,
    made_with: BTreeMap<String, u64>,
}

impl Live {
    fn of(settings: &SettingsStatus) -> Option<Self> {
        let limits = LimitSet::parse(&settings.limits, &Ceilings::default()).ok()?;
        Some(Self { limits, made_with: settings.made_with.clone() })
    }
}

impl Sources {
    /// What is shown: the file's, or the last good one.
    fn shown(&self) -> &LimitSet {
        match (&self.file, &self.live) {
            (Ok(set), _) => set,
            (Err(_), Some(live)) => &live.limits,
            (Err(_), None) => unreachable!("without a node, a file that can't be used is the answer"),
        }
    }
}

/// `config`.
pub(crate) fn config(context: &Context, args: &args::Config) -> Outcome {
    context.existing()?;
    let status = context.live_status()?;
    let settings = status.as_ref().and_then(|status| status.settings.as_ref());
    let sources = Sources {
        file: LimitSet::parse(&context.setting("limits.toml"), &Ceilings::default()),
        live: settings.and_then(Live::of),
    };
    if let (Err(error), None) = (&sources.file, &sources.live) {
        return Err(unusable(error));
    }
    let (model, of_model) = model::model(context, settings.and_then(|settings| settings.model.as_ref()));
    let problems = problems(&sources).into_iter().chain(of_model).collect();
    let mut picture = Picture {
        running: sources.live.is_some(),
        problems,
        limits: None,
        components: Vec::new(),
        model: None,
    };
    match &args.name {
        Some(name) => picture.components = one(context, &sources, name)?,
        None => {
            picture.limits = Some(limits::everybodys(&sources));
            picture.components = own(&sources);
            picture.model = Some(model);
        }
    }
    if args.changed {
        picture.only_changed();
    }
    print::print(&context.out, &picture)?;
    Ok(if picture.problems.is_empty() { Exit::Ok } else { Exit::No })
}

impl Picture {
    fn only_changed(&mut self) {
        for rows in self.limits.iter_mut().chain(self.components.iter_mut().map(|one| &mut one.limits)) {
            rows.retain(Row::is_changed);
        }
        if let Some(model) = &mut self.model {
            model.only_changed();
        }
    }
}

fn problems(sources: &Sources) -> Vec<String> {
    let error = sources.file.as_ref().err();
    error.map_or_else(Vec::new, |error| error.to_string().lines().map(ToOwned::to_owned).collect())
}

fn unusable(error: &SettingsError) -> Problem {
    let details = error.to_string().lines().map(text::plain).collect();
    Problem::input(format!("{FILE} can't be used, and no node runs that has other limits in force"))
        .details(details)
        .next("mend what is named, and repeat")
}

/// The components with a section of their own, and what stands there.
fn own(sources: &Sources) -> Vec<Component> {
    let set = sources.shown();
    let component = |(role, name): (Role, &Name)| {
        let mut limits = limits::of(sources, role, name);
        limits.retain(Row::is_own);
        Component::new(role, name, limits)
    };
    set.names().map(component).collect()
}

/// Everything that holds for the components of this name: there may be an agent and a tool.
fn one(context: &Context, sources: &Sources, name: &Name) -> Result<Vec<Component>, Problem> {
    let mut known: Vec<(Role, Name)> =
        sources.shown().names().map(|(role, name)| (role, name.clone())).collect();
    for (role, folder) in [(Role::Agent, context.layout.agents()), (Role::Tool, context.layout.tools())] {
        known.extend(components::names(&folder).into_iter().map(|name| (role, name)));
    }
    known.sort();
    known.dedup();
    let found: Vec<Component> = known
        .iter()
        .filter(|(_, known)| known == name)
        .map(|(role, name)| Component::new(*role, name, limits::of(sources, *role, name)))
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let names: Vec<&str> = known.iter().map(|(_, name)| name.as_str()).collect();
    let hint = text::suggestion(name.as_str(), &names, "component");
    Err(Problem::unknown(format!("there is no component {name}; {hint}"))
        .next("jaros config shows what holds for all; jaros components lists them"))
}

/// Whether a component of this role has this limit.
fn has(role: Role, scope: Scope) -> bool {
    match scope {
        Scope::Component => true,
        Scope::Agent => role == Role::Agent,
        Scope::Tool => role == Role::Tool,
        Scope::Job | Scope::Node => false,
    }
}
