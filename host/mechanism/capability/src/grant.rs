//! What one component was granted, and what its imports still lack.
//!
//! *Invariant:* effective = imports ∩ grants: [`Grant::open`] makes handles for what is both asked for and granted.
//! *Doesn't know:* the component's bytes; imports come from whoever audited them.
//! *Start at:* [`Grant::admit`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use jaros_decision::{Code, Failure, Name};

use crate::files_read::FilesRead;
use crate::files_write::FilesWrite;
use crate::folder::Folders;
use crate::host_facts::HostFacts;
use crate::http::{Http, Origin, Rule};
use crate::wasi;
use crate::{Capability, Handles, Role, Writable};

/// What stands in one entry of `config/grants.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Permission {
    pub(crate) propose: Option<BTreeSet<Name>>,
    pub(crate) files_read: BTreeMap<Name, Folder>,
    pub(crate) files_write: BTreeMap<Name, Folder>,
    pub(crate) store: bool,
    pub(crate) host_facts: bool,
    pub(crate) http: BTreeMap<Origin, Arc<Rule>>,
    pub(crate) wasi: bool,
}

/// A granted folder: as the operator wrote it, for messages to the operator, and where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folder {
    pub(crate) written: String,
    pub(crate) path: PathBuf,
}

/// The operator's written permission for one component. Two that are equal open to the same handles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    role: Role,
    name: Name,
    permission: Arc<Permission>,
    data_dir: PathBuf,
}

/// What a component may propose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propose<'a> {
    /// A tool: nothing.
    Nothing,
    /// The built-ins, and every tool whose component imports nothing but `job`, `log` and the virtual WASI.
    Open,
    /// Exactly these kinds.
    Only(&'a BTreeSet<Name>),
}

impl Propose<'_> {
    /// Whether this kind may be proposed; `open` says that it is a built-in or a tool that imports nothing but `job`,
    /// `log` and the virtual WASI.
    #[must_use]
    pub fn allows(&self, kind: &Name, open: bool) -> bool {
        match self {
            Self::Nothing => false,
            Self::Open => open,
            Self::Only(kinds) => kinds.contains(kind),
        }
    }
}

/// Something that a component imports and doesn't get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What it imports.
    pub capability: Capability,
    /// Why it doesn't get it, as a sentence.
    pub why: String,
    /// What the operator may add to `config/grants.toml`, where that would help.
    pub next: Option<NextStep>,
}

/// A line to add to `config/grants.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// The section's header: `[tool."fs.stat"]`. It may be there already; TOML wants it once.
    pub section: String,
    /// The line: `host-facts = true`.
    pub line: String,
}

impl Missing {
    /// Why, with the names of the imports where the capability's own says less.
    fn sentence(&self, names: &[String]) -> String {
        if self.capability == Capability::Wasi {
            let named = wasi::named(names.iter().map(String::as_str));
            format!("it imports WASI ({named}), which isn't granted; {}", wasi::WITHOUT)
        } else {
            self.why.clone()
        }
    }
}

impl Grant {
    pub(crate) fn new(role: Role, name: Name, permission: Arc<Permission>, data_dir: PathBuf) -> Self {
        Self { role, name, permission, data_dir }
    }

    /// Whether it is an agent's or a tool's.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// The component's name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// All it may have, whether it imports it or not.
    #[must_use]
    pub fn capabilities(&self) -> BTreeSet<Capability> {
        Capability::all().filter(|capability| self.has(*capability)).collect()
    }

    /// What it may propose.
    #[must_use]
    pub fn propose(&self) -> Propose<'_> {
        match (self.role, &self.permission.propose) {
            (Role::Tool, _) => Propose::Nothing,
            (Role::Agent, None) => Propose::Open,
            (Role::Agent, Some(kinds)) => Propose::Only(kinds),
        }
    }

    /// The imports that it doesn't get, in the order of the registry.
    #[must_use]
    pub fn missing(&self, imports: &BTreeSet<Capability>) -> Vec<Missing> {
        imports.iter().filter(|import| !self.has(**import)).map(|import| self.lacks(*import)).collect()
    }

    /// Whether a component with these imports may be loaded; `names` are the imports as they stand in the component, of
    /// which a refusal names those of WASI.
    /// # Errors
    /// `refused`, naming every import that it doesn't get and the lines that would grant them.
    pub fn admit(&self, imports: &BTreeSet<Capability>, names: &[String]) -> Result<(), Failure> {
        let missing = self.missing(imports);
        if missing.is_empty() {
            return Ok(());
        }
        let whys: Vec<String> = missing.iter().map(|missing| missing.sentence(names)).collect();
        let steps: Vec<&NextStep> = missing.iter().filter_map(|missing| missing.next.as_ref()).collect();
        let mut message = format!("{} `{}` is refused: {}", self.role, self.name, whys.join("; "));
        if let Some(first) = steps.first() {
            let lines: Vec<&str> = steps.iter().map(|step| step.line.as_str()).collect();
            message += &format!(
                "; to grant it, write in config/grants.toml under {}:\n{}",
                first.section,
                lines.join("\n")
            );
        }
        Err(Failure::new(Code::REFUSED, message))
    }

    /// Makes the handles for what is imported *and* granted; a folder is opened once, here, and stays that folder
    /// however its path changes later.
    /// # Errors
    /// `not-found`, `invalid` or `refused` for a folder that can't be opened, in words for the operator: the message
    /// holds the path as it stands in the grant.
    pub fn open(&self, imports: &BTreeSet<Capability>) -> Result<Handles, Failure> {
        let facts = self.gets(imports, Capability::HostFacts);
        // The folders serve both: `host-facts` tells about the volumes that they lie on.
        let reads = if facts || self.gets(imports, Capability::FilesRead) {
            let opened = Folders::open(&self.permission.files_read, &self.data_dir);
            opened.map_err(|failure| self.unopened(Capability::FilesRead, &failure))?
        } else {
            Folders::none()
        };
        let writes = if self.gets(imports, Capability::FilesWrite) {
            let opened = Folders::open_writable(&self.permission.files_write, &self.data_dir);
            opened.map_err(|failure| self.unopened(Capability::FilesWrite, &failure))?
        } else {
            Folders::none()
        };
        Ok(self.handles(imports, reads, writes))
    }

    /// Handles for a replay: what is imported and granted answers from the record, and no folder is opened.
    #[must_use]
    pub fn recorded(&self, imports: &BTreeSet<Capability>) -> Handles {
        self.handles(imports, Folders::none(), Folders::none())
    }

    /// The folders that it may write into, opened to put files there that are on the record. Its component's imports don't
    /// matter any more.
    /// # Errors
    /// As [`Grant::open`].
    pub fn writable(&self) -> Result<Writable, Failure> {
        let opened = Folders::open_writable(&self.permission.files_write, &self.data_dir);
        opened.map(Writable::new).map_err(|failure| self.unopened(Capability::FilesWrite, &failure))
    }

    fn handles(&self, imports: &BTreeSet<Capability>, reads: Folders, writes: Folders) -> Handles {
        let gets = |capability| self.gets(imports, capability);
        let reads = Arc::new(reads);
        let names = self.permission.files_read.keys().cloned().collect();
        Handles {
            files_read: gets(Capability::FilesRead).then(|| FilesRead::new(&reads, names)),
            files_write: gets(Capability::FilesWrite).then(|| FilesWrite::new(Arc::new(writes))),
            store: gets(Capability::Store),
            host_facts: gets(Capability::HostFacts).then(|| HostFacts::new(&reads)),
            // Nothing of it is opened: the rules are what a request is checked against, in a replay too.
            http: gets(Capability::Http).then(|| Http::new(&self.permission.http)),
        }
    }

    fn unopened(&self, capability: Capability, failure: &Failure) -> Failure {
        let message = format!("`{capability}` of {} `{}`: {}", self.role, self.name, failure.message);
        Failure::new(failure.code.clone(), message)
    }

    fn gets(&self, imports: &BTreeSet<Capability>, capability: Capability) -> bool {
        imports.contains(&capability) && self.has(capability)
    }

    fn has(&self, capability: Capability) -> bool {
        let granted = match capability {
            Capability::FilesRead => !self.permission.files_read.is_empty(),
            Capability::FilesWrite => !self.permission.files_write.is_empty(),
            Capability::Store => self.permission.store,
            Capability::HostFacts => self.permission.host_facts,
            Capability::Http => !self.permission.http.is_empty(),
            Capability::Wasi => self.permission.wasi,
            other => other.is_given(),
        };
        granted && capability.open_to(self.role)
    }

    fn lacks(&self, capability: Capability) -> Missing {
        let role = self.role;
        let (why, line) = if !capability.open_to(role) {
            (format!("it imports `{capability}`, which isn't for {role}s"), None)
        } else if !capability.is_offered() {
            (format!("it imports `{capability}`, which isn't offered by this version of the host"), None)
        } else {
            (format!("it imports `{capability}`, which isn't granted"), capability.sample())
        };
        let next = line.map(|line| NextStep { section: self.section(), line: line.into() });
        Missing { capability, why, next }
    }

    fn section(&self) -> String {
        let Self { role, name, .. } = self;
        if name.as_str().contains('.') { format!("[{role}.\"{name}\"]") } else { format!("[{role}.{name}]") }
    }
}
