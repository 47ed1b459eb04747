//! `config/grants.toml`: what the operator permits, by component.
//!
//! *Invariant:* a grant is what stands in the text, in the component's own section and in the roles that it names; no
//! name is a pattern. A text with any problem grants nothing new, and the same text always reads the same.
//! *Doesn't know:* which components exist, whether the folders do, what `config/limits.toml` says.
//! *Start at:* [`Grants::parse`]. A key of the file is a row in `section`, with a reader in a module of its own.

mod flag;
mod folders;
mod origins;
mod payload;
mod pins;
mod propose;
mod roles;
mod section;
mod word;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jaros_decision::Name;
use jaros_gate::AgentMay;

use crate::document::Document;
use crate::grant::{Folder, Permission};
use crate::{Grant, Role, SettingsError};

pub(crate) use section::{KEYS, Key, Kind, Shape};

/// Everything that a tenant's operator granted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    data_dir: PathBuf,
    roles: BTreeMap<Name, Permission>,
    agents: BTreeMap<Name, Entry>,
    tools: BTreeMap<Name, Entry>,
}

/// What stands in the file about one component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// In its own section.
    own: Permission,
    /// The roles that it names.
    roles: Vec<Name>,
    /// Both together: what counts.
    whole: Arc<Permission>,
}

/// Where a permission stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Via {
    /// Nowhere: every component of its kind has it.
    Default,
    /// In the component's own section.
    Section,
    /// In a role that the component has.
    Role(Name),
}

static OPEN: AgentMay = AgentMay::OPEN;

impl Grants {
    /// Reads `config/grants.toml`; an empty text grants what every component has anyway.
    ///
    /// Shape: `[agent.NAME]`, `[tool."NAME"]` and `[role.NAME]`, with the keys of `section::KEYS`. A folder's relative
    /// path begins at `data_dir`, the tenant's. Whether it exists shows when it is opened.
    /// # Errors
    /// Every problem, by line and column, with what is allowed there.
    pub fn parse(text: &str, data_dir: &Path) -> Result<Self, SettingsError> {
        let (document, table) = Document::parse("config/grants.toml", text)?;
        let grants = Self { data_dir: data_dir.into(), ..Self::default() };
        let mut reader = Reader { document, grants, bundles: BTreeMap::new() };
        for (key, _) in &table {
            if !SECTIONS.contains(&key.get_ref().as_ref()) {
                reader.document.unknown(key, "a grant stands under", SECTIONS.into_iter());
            }
        }
        // Roles first: the others use them.
        if let Some(value) = table.get("role") {
            reader.roles(value);
        }
        for role in [Role::Agent, Role::Tool] {
            if let Some(value) = table.get(role.word()) {
                reader.components(role, value);
            }
        }
        reader.document.finish(reader.grants)
    }

    /// What the tool of this name was granted; without an entry `job` and `log`.
    #[must_use]
    pub fn for_tool(&self, name: &Name) -> Grant {
        self.of(Role::Tool, name)
    }

    /// What the agent of this name was granted; without an entry `model`, `actions`, `job` and `log`, and proposing the
    /// built-ins and every tool that imports nothing but `job`, `log` and the virtual WASI.
    #[must_use]
    pub fn for_agent(&self, name: &Name) -> Grant {
        self.of(Role::Agent, name)
    }

    /// What the component of this kind and name was granted.
    #[must_use]
    pub fn of(&self, role: Role, name: &Name) -> Grant {
        let whole = self.entry(role, name).map(|entry| entry.whole.clone());
        Grant::new(role, name.clone(), whole.unwrap_or_default(), self.data_dir.clone())
    }

    /// What the agent of this name may propose.
    #[must_use]
    pub fn may(&self, agent: &Name) -> &AgentMay {
        self.agents.get(agent).map_or(&OPEN, |entry| &entry.whole.may)
    }

    /// The components that have an entry: a name here that no component has is probably a slip.
    pub fn names(&self) -> impl Iterator<Item = (Role, &Name)> {
        let agents = self.agents.keys().map(|name| (Role::Agent, name));
        agents.chain(self.tools.keys().map(|name| (Role::Tool, name)))
    }

    /// The roles that nobody has.
    pub fn unused_roles(&self) -> impl Iterator<Item = &Name> {
        let entries = || self.agents.values().chain(self.tools.values());
        self.roles.keys().filter(move |role| !entries().any(|entry| entry.roles.contains(role)))
    }

    /// Where it stands that this component has what `holds` looks for.
    pub(crate) fn via(&self, role: Role, name: &Name, holds: impl Fn(&Permission) -> bool) -> Vec<Via> {
        let Some(entry) = self.entry(role, name) else { return Vec::new() };
        let own = holds(&entry.own).then_some(Via::Section);
        let named = entry.roles.iter().filter(|role| self.roles.get(*role).is_some_and(&holds));
        own.into_iter().chain(named.cloned().map(Via::Role)).collect()
    }

    fn entry(&self, role: Role, name: &Name) -> Option<&Entry> {
        match role {
            Role::Agent => self.agents.get(name),
            Role::Tool => self.tools.get(name),
        }
    }
}

const SECTIONS: [&str; 3] = ["agent", "tool", "role"];

/// The file while it is read; its methods stand in the modules, one for each key.
pub(crate) struct Reader<'t> {
    document: Document<'t>,
    grants: Grants,
    bundles: roles::Bundles,
}

impl Reader<'_> {
    /// A folder as it was written; a relative path begins at the data directory.
    fn folder(&self, written: &str) -> Folder {
        Folder { written: written.into(), path: self.grants.data_dir.join(written) }
    }
}
