//! What one component was granted, and what its imports still lack.
//!
//! *Invariant:* effective = imports ∩ grants: [`Grant::open`] makes handles for what is both asked for and granted.
//! *Doesn't know:* the component's bytes; imports come from whoever audited them.
//! *Start at:* [`Grant::admit`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use jaros_decision::{Code, Digest, Failure, Name};
use jaros_gate::{AgentMay, Kinds};
use serde::Serialize;

use crate::files_read::FilesRead;
use crate::files_write::FilesWrite;
use crate::folder::Folders;
use crate::host_facts::HostFacts;
use crate::http::{Http, Origin, Rule};
use crate::wasi;
use crate::{Capability, Handles, Role, Writable};

/// Versions in the message about one that isn't pinned, at most.
const PINS_SHOWN: usize = 8;

static NOTHING: AgentMay = AgentMay { kinds: Kinds::Only(BTreeSet::new()), rules: BTreeMap::new() };

/// What stands in one entry of `config/grants.toml`, its roles included. Whatever changes what a component may do is a
/// field here: where two are equal, a component that serves under one serves as well under the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Permission {
    /// Of an agent.
    pub(crate) may: AgentMay,
    pub(crate) files_read: BTreeMap<Name, Folder>,
    pub(crate) files_write: BTreeMap<Name, Folder>,
    pub(crate) store: bool,
    pub(crate) host_facts: bool,
    pub(crate) http: BTreeMap<Origin, Arc<Rule>>,
    pub(crate) wasi: bool,
    /// The versions that may serve; without, any.
    pub(crate) pins: Option<BTreeSet<Digest>>,
}

impl Permission {
    /// Whether it grants this; one that is had without a grant isn't.
    pub(crate) fn grants(&self, capability: Capability) -> bool {
        match capability {
            Capability::FilesRead => !self.files_read.is_empty(),
            Capability::FilesWrite => !self.files_write.is_empty(),
            Capability::Store => self.store,
            Capability::HostFacts => self.host_facts,
            Capability::Http => !self.http.is_empty(),
            Capability::Wasi => self.wasi,
            Capability::Model | Capability::Actions | Capability::Job | Capability::Log => false,
        }
    }

    /// The folders that it grants for this.
    pub(crate) fn folders(&self, capability: Capability) -> Option<&BTreeMap<Name, Folder>> {
        match capability {
            Capability::FilesRead => Some(&self.files_read),
            Capability::FilesWrite => Some(&self.files_write),
            _ => None,
        }
    }

    /// What it grants of this by name: folders, origins. Nothing for what is had or not.
    pub(crate) fn names(&self, capability: Capability) -> Vec<String> {
        match (capability, self.folders(capability)) {
            (Capability::Http, _) => self.http.keys().map(ToString::to_string).collect(),
            (_, folders) => folders.into_iter().flatten().map(|(name, _)| name.to_string()).collect(),
        }
    }

    /// The same in words, with what is granted of each.
    pub(crate) fn scope(&self, capability: Capability) -> Vec<String> {
        if capability == Capability::Http {
            let rule = |(origin, rule): (&Origin, &Arc<Rule>)| {
                let methods: Vec<&str> = rule.methods.iter().map(String::as_str).collect();
                format!("{} {origin}", methods.join("+"))
            };
            return self.http.iter().map(rule).collect();
        }
        let folders = self.folders(capability).into_iter().flatten();
        folders.map(|(name, folder)| format!("{name} = {}", folder.written)).collect()
    }

    /// The name that is one folder to read and another to write, where there is one.
    pub(crate) fn two_folders(&self) -> Option<&Name> {
        let differs = |name: &Name, folder: &Folder| {
            self.files_read.get(name).is_some_and(|other| other.path != folder.path)
        };
        self.files_write.iter().find(|(name, folder)| differs(name, folder)).map(|(name, _)| name)
    }
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

/// Something that a component imports and doesn't get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// What it imports.
    pub capability: Capability,
    /// Why it doesn't get it, as a sentence.
    pub why: String,
    /// What the operator may add to `config/grants.toml`, where that would help.
    pub next: Option<NextStep>,
}

/// A line to add to `config/grants.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

    /// What it may propose: a tool nothing.
    #[must_use]
    pub fn may(&self) -> &AgentMay {
        match self.role {
            Role::Agent => &self.permission.may,
            Role::Tool => &NOTHING,
        }
    }

    /// The versions that may serve; without, any.
    #[must_use]
    pub fn pins(&self) -> Option<&BTreeSet<Digest>> {
        self.permission.pins.as_ref()
    }

    /// Whether the operator named these very bytes: that agrees to whatever they ask for and are granted.
    #[must_use]
    pub fn names_version(&self, digest: Digest) -> bool {
        self.pins().is_some_and(|pins| pins.contains(&digest))
    }

    /// Whether this version may serve.
    /// # Errors
    /// `refused`, naming the versions that may and the line that would let this one.
    pub fn pinned(&self, digest: Digest) -> Result<(), Failure> {
        let Some(pins) = self.pins().filter(|pins| !pins.contains(&digest)) else { return Ok(()) };
        let Self { role, name, .. } = self;
        let serve: Vec<String> = pins.iter().take(PINS_SHOWN).map(Digest::short).collect();
        let more = if pins.len() > PINS_SHOWN { ", …" } else { "" };
        let message = format!(
            "{role} `{name}` is refused: this version, {}, isn't one of those that it is pinned to ({}{more}); to let it \
             serve, add its digest to `sha256` in config/grants.toml under {}:\n\"{digest}\"",
            digest.short(),
            serve.join(", "),
            self.section()
        );
        Err(Failure::new(Code::REFUSED, message))
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
        (capability.is_given() || self.permission.grants(capability)) && capability.open_to(self.role)
    }

    fn lacks(&self, capability: Capability) -> Missing {
        let role = self.role;
        let (why, line) = if !capability.open_to(role) {
            (format!("it imports `{capability}`, which isn't for {role}s"), None)
        } else {
            (format!("it imports `{capability}`, which isn't granted"), capability.sample())
        };
        let next = line.map(|line| NextStep { section: self.section(), line: line.into() });
        Missing { capability, why, next }
    }

    pub(crate) fn permission(&self) -> &Permission {
        &self.permission
    }

    /// The header of its section.
    #[must_use]
    pub fn section(&self) -> String {
        let Self { role, name, .. } = self;
        if name.as_str().contains('.') { format!("[{role}.\"{name}\"]") } else { format!("[{role}.{name}]") }
    }
}
