//! One limit as `config` shows it: its value, where it comes from, and what the running node makes of it.
//!
//! *Invariant:* a row is made from the table of limits; there is no list of names here.
//! *Doesn't know:* files, how rows are printed.
//! *Start at:* [`Row`].

use jaros_capability::{Origin, Role, Section};
use jaros_decision::{LIMITS, Limit, Limits, Name, Unit};
use serde::Serialize;

use super::{FILE, Live, Sources, has};

/// One limit.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) value: u64,
    pub(super) unit: &'static str,
    /// Whose it is: `component`, `agent`, `tool`, `job`, `node`.
    pub(super) scope: &'static str,
    pub(super) default: u64,
    /// `default`, `config/limits.toml:12`, `[tool.x]`, `ceiling`, or `last good` while the file can't be used.
    pub(super) from: String,
    /// The line in the file, where it stands in one.
    pub(super) line: Option<usize>,
    pub(super) ceiling: Option<u64>,
    /// Whether a higher value needs the node to start again.
    pub(super) restart: bool,
    /// What a running node has in force.
    pub(super) in_force: Option<u64>,
    pub(super) about: &'static str,
    #[serde(skip)]
    pub(super) limit: &'static Limit,
    #[serde(skip)]
    origin: Origin,
}

impl Row {
    fn new(sources: &Sources, section: Section<'_>, limit: &'static Limit) -> Self {
        let set = sources.shown();
        let origin = set.origin(section, limit);
        let (mut from, line) = match origin {
            Origin::Default => ("default".to_owned(), None),
            Origin::Top(line) => (format!("{FILE}:{line}"), Some(line)),
            Origin::Own(line) => (section_name(section), Some(line)),
            Origin::Ceiling(ceiling) => ("ceiling".to_owned(), Some(ceiling.line)),
        };
        if sources.file.is_err() && origin != Origin::Default {
            // Its lines are those of a text that isn't there any more.
            "last good".clone_into(&mut from);
        }
        Self {
            name: limit.name,
            value: limit.of(limits_of(set, section)),
            unit: match limit.unit {
                Unit::Bytes => "bytes",
                Unit::Fuel => "fuel",
                Unit::Millis => "milliseconds",
                Unit::Number => "number",
            },
            scope: limit.scope.as_str(),
            default: limit.default(),
            from,
            line: line.filter(|_| sources.file.is_ok()),
            ceiling: set.ceilings().of(limit).map(|ceiling| ceiling.value),
            restart: limit.restart,
            in_force: sources.live.as_ref().map(|live| live.value(section, limit)),
            about: limit.about,
            limit,
            origin,
        }
    }

    /// Whether it isn't the default, or a running node has another.
    pub(super) fn is_changed(&self) -> bool {
        self.origin != Origin::Default || self.is_other()
    }

    /// Whether the component's own section has it.
    pub(super) fn is_own(&self) -> bool {
        matches!(self.origin, Origin::Own(_))
    }

    /// Whether a running node has another in force.
    pub(super) fn is_other(&self) -> bool {
        self.in_force.is_some_and(|in_force| in_force != self.value)
    }
}

impl Live {
    /// What a call gets: the value that came into force, as far as the node set itself up for it.
    fn value(&self, section: Section<'_>, limit: &Limit) -> u64 {
        let value = limit.of(limits_of(&self.limits, section));
        match self.made_with.get(limit.name) {
            // The pool holds so much; less is no matter.
            Some(made_with) if limit.scope == jaros_decision::Scope::Component => value.min(*made_with),
            Some(made_with) => *made_with,
            None => value,
        }
    }
}

fn limits_of<'a>(set: &'a jaros_capability::LimitSet, section: Section<'_>) -> &'a Limits {
    match section {
        Section::Top => set.all(),
        Section::Of(role, name) => set.of(role, name.as_str()),
    }
}

pub(super) fn section_name(section: Section<'_>) -> String {
    match section {
        Section::Top => FILE.to_owned(),
        Section::Of(role, name) if name.as_str().contains('.') => format!("[{role}.\"{name}\"]"),
        Section::Of(role, name) => format!("[{role}.{name}]"),
    }
}

/// What holds where no component has its own.
pub(super) fn everybodys(sources: &Sources) -> Vec<Row> {
    LIMITS.iter().map(|limit| Row::new(sources, Section::Top, limit)).collect()
}

/// What holds for one component.
pub(super) fn of(sources: &Sources, role: Role, name: &Name) -> Vec<Row> {
    let own = LIMITS.iter().filter(|limit| has(role, limit.scope));
    own.map(|limit| Row::new(sources, Section::Of(role, name), limit)).collect()
}
