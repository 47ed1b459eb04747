//! The limits of a tenant: every component's, and those of its own that single components have.
//!
//! *Invariant:* immutable, and nothing in it is over a ceiling; asking for a component's limits builds nothing.
//! *Doesn't know:* how the file is read (see [`settings`](crate::settings)), who enforces a limit.
//! *Start at:* [`LimitSet::of`].

use std::collections::BTreeMap;

use jaros_decision::{LIMITS, Limit, Limits, Name, Scope};

use crate::Role;

/// What `config/limits.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitSet {
    pub(crate) all: Limits,
    pub(crate) agents: BTreeMap<Name, Limits>,
    pub(crate) tools: BTreeMap<Name, Limits>,
    pub(crate) ceilings: Ceilings,
    pub(crate) written: Written,
}

/// The most that may be set, for the limits that have such a ceiling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ceilings {
    pub(crate) of: BTreeMap<&'static str, Ceiling>,
    /// Whether this is for a tenant below the root, which doesn't set the engine up.
    pub(crate) below_root: bool,
}

/// The most that one limit may be set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// The value.
    pub value: u64,
    /// Its line in the file.
    pub line: usize,
    /// Whether it stands in the root tenant's file, and this is another's.
    pub from_root: bool,
}

/// A section of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section<'a> {
    /// The top: every component's.
    Top,
    /// `[agent.NAME]`, `[tool.NAME]`.
    Of(Role, &'a Name),
}

/// Which limits stand in the file, with their lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) top: BTreeMap<&'static str, usize>,
    pub(crate) of: BTreeMap<(Role, Name), BTreeMap<&'static str, usize>>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// The top of the file, at this line.
    Top(usize),
    /// The component's own section, at this line.
    Own(usize),
    /// The default is over this ceiling.
    Ceiling(Ceiling),
}

impl LimitSet {
    /// The same limits for every component.
    #[must_use]
    pub fn uniform(limits: Limits) -> Self {
        Self { all: limits, ..Self::default() }
    }

    /// What holds for jobs, for the node, and for components without a section of their own.
    #[must_use]
    pub fn all(&self) -> &Limits {
        &self.all
    }

    /// What holds for the component of this name.
    #[must_use]
    pub fn of(&self, role: Role, name: &str) -> &Limits {
        match role {
            Role::Agent => self.agents.get(name),
            Role::Tool => self.tools.get(name),
        }
        .unwrap_or(&self.all)
    }

    /// The components with a section of their own.
    pub fn names(&self) -> impl Iterator<Item = (Role, &Name)> {
        let agents = self.agents.keys().map(|name| (Role::Agent, name));
        agents.chain(self.tools.keys().map(|name| (Role::Tool, name)))
    }

    /// The ceilings that these limits obey.
    #[must_use]
    pub fn ceilings(&self) -> &Ceilings {
        &self.ceilings
    }

    /// The largest of every limit anywhere in here: what an engine has to be made with, so that each component finds room. A
    /// limit that the engine holds and that has a ceiling counts as that high, so that raising it later needs no restart.
    #[must_use]
    pub fn largest(&self) -> Limits {
        let own = self.agents.values().chain(self.tools.values());
        let mut largest = own.fold(self.all, Limits::or_larger);
        for limit in LIMITS.iter().filter(|limit| limit.restart && limit.scope == Scope::Component) {
            if let Some(ceiling) = self.ceilings.of(limit) {
                limit.set(&mut largest, ceiling.value);
            }
        }
        largest
    }

    /// As they come to be under an engine that was made with `engine`.
    #[must_use]
    pub fn within(mut self, engine: &Limits) -> Self {
        self.all = self.all.within(engine);
        for limits in self.agents.values_mut().chain(self.tools.values_mut()) {
            *limits = limits.within(engine);
        }
        self
    }

    /// Where a component's value, or with [`Section::Top`] everybody's, comes from.
    #[must_use]
    pub fn origin(&self, section: Section<'_>, limit: &Limit) -> Origin {
        let own = match section {
            Section::Top => None,
            Section::Of(role, name) => {
                self.written.of.get(&(role, name.clone())).and_then(|lines| lines.get(limit.name))
            }
        };
        match (own, self.written.top.get(limit.name), self.ceilings.of(limit)) {
            (Some(line), ..) => Origin::Own(*line),
            (None, Some(line), _) => Origin::Top(*line),
            (None, None, Some(ceiling)) if ceiling.value < limit.default() => Origin::Ceiling(ceiling),
            (None, None, _) => Origin::Default,
        }
    }
}

impl Ceilings {
    /// This limit's, if it has one.
    #[must_use]
    pub fn of(&self, limit: &Limit) -> Option<Ceiling> {
        self.of.get(limit.name).copied()
    }

    /// The same for the tenants below: whoever reads their files learns that it is the root's.
    #[must_use]
    pub fn for_tenants(&self) -> Self {
        let from_root = |ceiling: &Ceiling| Ceiling { from_root: true, ..*ceiling };
        let of = self.of.iter().map(|(name, ceiling)| (*name, from_root(ceiling))).collect();
        Self { of, below_root: true }
    }
}
