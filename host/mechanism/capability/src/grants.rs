//! `config/grants.toml`: what the operator permits, by component.
//!
//! *Invariant:* a grant is what stands in the text, under the component's own name; nothing is inherited and no name is
//! a pattern. A text with any problem grants nothing new.
//! *Doesn't know:* which components exist, whether the folders do.
//! *Start at:* [`Grants::parse`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jaros_decision::Name;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::document::Document;
use crate::grant::{Folder, Permission};
use crate::words::{listed, near, shown};
use crate::{Capability, Grant, Role, SettingsError, http};

/// Everything that a tenant's operator granted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    data_dir: PathBuf,
    permissions: BTreeMap<(Role, Name), Arc<Permission>>,
}

impl Grants {
    /// Reads `config/grants.toml`; an empty text grants what every component has anyway.
    ///
    /// Shape: `[agent.NAME]` with `propose`, `files-read` and `wasi`, `[tool."NAME"]` with every capability that is granted to
    /// tools. A folder's relative path begins at `data_dir`, the tenant's. Whether it exists shows when it is opened.
    /// # Errors
    /// Every problem, by line and column, with what is allowed there.
    pub fn parse(text: &str, data_dir: &Path) -> Result<Self, SettingsError> {
        let (document, table) = Document::parse("config/grants.toml", text)?;
        let grants = Self { data_dir: data_dir.into(), permissions: BTreeMap::new() };
        let mut reader = Reader { document, grants };
        for (key, value) in &table {
            match key.get_ref().as_ref() {
                "agent" => reader.role(Role::Agent, value),
                "tool" => reader.role(Role::Tool, value),
                _ => reader.document.unknown(key, "a grant stands under", ["agent", "tool"].into_iter()),
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

    /// The components that have an entry: a name here that no component has is probably a slip.
    pub fn names(&self) -> impl Iterator<Item = (Role, &Name)> {
        self.permissions.keys().map(|(role, name)| (*role, name))
    }

    fn of(&self, role: Role, name: &Name) -> Grant {
        let permission = self.permissions.get(&(role, name.clone()));
        Grant::new(role, name.clone(), permission.cloned().unwrap_or_default(), self.data_dir.clone())
    }
}

struct Reader<'t> {
    document: Document<'t>,
    grants: Grants,
}

impl Reader<'_> {
    fn role(&mut self, role: Role, value: &Spanned<DeValue<'_>>) {
        let Some(sections) = value.get_ref().as_table() else {
            return self.document.mistyped(&role.to_string(), value, "a section for each name");
        };
        for (key, value) in sections {
            let Some(name) = self.name(key.get_ref(), key.span(), "component") else { continue };
            let Some(section) = value.get_ref().as_table() else {
                self.document.mistyped(key.get_ref(), value, &format!("a section, `[{role}.NAME]`"));
                continue;
            };
            let permission = self.permission(role, &name, section);
            self.grants.permissions.insert((role, name), Arc::new(permission));
        }
    }

    fn permission(&mut self, role: Role, name: &Name, section: &DeTable<'_>) -> Permission {
        let mut permission = Permission::default();
        for (key, value) in section {
            match (key.get_ref().as_ref(), role) {
                ("propose", Role::Agent) => permission.propose = self.kinds(value),
                ("files-read", _) => permission.files_read = self.folders(key.get_ref(), value),
                ("files-write", Role::Tool) => {
                    permission.files_write = self.folders(key.get_ref(), value);
                }
                ("store", Role::Tool) => permission.store = self.yes(key.get_ref(), value),
                ("host-facts", Role::Tool) => permission.host_facts = self.yes(key.get_ref(), value),
                ("http", Role::Tool) => {
                    permission.http = http::read(&mut self.document, &self.grants.data_dir, value);
                }
                ("wasi", _) => permission.wasi = self.wasi(value),
                _ => self.misplaced(role, name, key, value),
            }
        }
        self.one_folder_a_name(section, &permission);
        permission
    }

    /// A call reads its own writes by the path that it wrote, so a name means one folder in an entry.
    fn one_folder_a_name(&mut self, section: &DeTable<'_>, permission: &Permission) {
        for (name, folder) in &permission.files_write {
            let other = permission.files_read.get(name).filter(|other| other.path != folder.path);
            if other.is_some() {
                let at = section.get("files-write").map_or(0..0, Spanned::span);
                let what = format!(
                    "`{name}` is one folder under `files-read` and another under `files-write`; give them two names"
                );
                self.document.complain(at, what);
            }
        }
    }

    /// A key that an entry of this role doesn't have: says why, where that is known.
    fn misplaced(
        &mut self,
        role: Role,
        name: &Name,
        key: &Spanned<impl AsRef<str>>,
        value: &Spanned<DeValue<'_>>,
    ) {
        let word = key.get_ref().as_ref();
        let known = known_keys(role);
        let known = known.iter().copied();
        let what = match Capability::from_interface(word) {
            Some(capability) if !capability.is_offered() => {
                format!(
                    "`{word}` isn't offered by this version of the host; {role} entries have {}",
                    listed(known)
                )
            }
            Some(capability) if !capability.open_to(role) => {
                format!("`{word}` isn't for {role}s; {role} entries have {}", listed(known))
            }
            Some(_) => format!("every {role} has `{word}`, it isn't granted"),
            None if word == "propose" => String::from("`propose` is for agents: tools propose nothing"),
            None if value.get_ref().is_table() && near(word, known.clone()).is_none() => format!(
                "unknown key {}; if the {role}'s name has a dot, it stands in quotes: `[{role}.\"{name}.{}\"]`",
                shown(word),
                shown(word).trim_matches('`')
            ),
            None => return self.document.unknown(key, &format!("{role} entries have"), known),
        };
        self.document.complain(key.span(), what);
    }

    fn kinds(&mut self, value: &Spanned<DeValue<'_>>) -> Option<BTreeSet<Name>> {
        let Some(list) = value.get_ref().as_array() else {
            self.document.mistyped("propose", value, "a list of kinds: [\"advance\", \"text.count\"]");
            return None;
        };
        let mut kinds = BTreeSet::new();
        for item in list.iter() {
            let Some(text) = item.get_ref().as_str() else {
                self.document.mistyped("propose", item, "a list of kinds, each a string");
                continue;
            };
            let Some(kind) = self.name(text, item.span(), "kind") else { continue };
            if !kinds.insert(kind) {
                self.document.complain(item.span(), format!("the kind {} stands here twice", shown(text)));
            }
        }
        Some(kinds)
    }

    fn folders(&mut self, word: &str, value: &Spanned<DeValue<'_>>) -> BTreeMap<Name, Folder> {
        let mut folders = BTreeMap::new();
        let Some(table) = value.get_ref().as_table() else {
            self.document.mistyped(word, value, "a table of folders: { data = \"/srv/data\" }");
            return folders;
        };
        if table.is_empty() {
            let what = format!("`{word}` names no folder: {{ data = \"/srv/data\" }}, or leave it out");
            self.document.complain(value.span(), what);
        }
        for (key, value) in table {
            let Some(name) = self.name(key.get_ref(), key.span(), "folder") else { continue };
            match value.get_ref().as_str() {
                None => self.document.mistyped(key.get_ref(), value, "a folder's path, a string"),
                Some(path) if path.is_empty() || path.contains('\0') => {
                    self.document
                        .complain(value.span(), String::from("a folder's path isn't empty and has no NUL"));
                }
                Some(path) => {
                    folders.insert(name, self.folder(path));
                }
            }
        }
        folders
    }

    fn folder(&self, written: &str) -> Folder {
        Folder { written: written.into(), path: self.grants.data_dir.join(written) }
    }

    fn yes(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> bool {
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.document.mistyped(key, value, "`true` or `false`");
            false
        })
    }

    /// There is one kind of WASI; a word in place of `true` leaves room for others and says what one gets.
    fn wasi(&mut self, value: &Spanned<DeValue<'_>>) -> bool {
        match value.get_ref().as_str() {
            Some("virtual") => return true,
            Some(other) => {
                let what = format!("`wasi` is \"virtual\", not {}; leave it out for none", shown(other));
                self.document.complain(value.span(), what);
            }
            None => self.document.mistyped("wasi", value, "\"virtual\""),
        }
        false
    }

    fn name(&mut self, text: &str, span: Range<usize>, what: &str) -> Option<Name> {
        Name::new(text)
            .inspect_err(|error| {
                let what = format!("{} is no {what}'s name: {error}", shown(text));
                self.document.complain(span, what);
            })
            .ok()
    }
}

fn known_keys(role: Role) -> Vec<&'static str> {
    let granted =
        Capability::all().filter(|c| c.open_to(role) && c.sample().is_some()).map(Capability::interface);
    let propose = (role == Role::Agent).then_some("propose");
    propose.into_iter().chain(granted).collect()
}
