//! `files-read = { data = "/srv/data" }`: folders by the name that a component sees.
//!
//! *Invariant:* within a component a name stands for one folder.
//! *Doesn't know:* whether a folder exists.
//! *Start at:* [`files_read`].

use std::collections::BTreeMap;

use jaros_decision::Name;
use toml::Spanned;
use toml::de::DeValue;

use super::Reader;
use super::section::Section;
use crate::grant::Folder;
use crate::words::shown;

pub(super) fn files_read(
    reader: &mut Reader<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    section: &mut Section,
) {
    section.permission.files_read = reader.folders(key, value);
}

pub(super) fn files_write(
    reader: &mut Reader<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    section: &mut Section,
) {
    section.permission.files_write = reader.folders(key, value);
}

impl Reader<'_> {
    fn folders(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> BTreeMap<Name, Folder> {
        let mut folders = BTreeMap::new();
        let Some(table) = value.get_ref().as_table() else {
            self.document.mistyped(key, value, "a table of folders: { data = \"/srv/data\" }");
            return folders;
        };
        if table.is_empty() {
            let what = format!("`{key}` names no folder: {{ data = \"/srv/data\" }}, or leave it out");
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
}

/// Adds a role's folders to a component's; says which names would stand for two.
pub(super) fn join(
    key: &str,
    whole: &mut BTreeMap<Name, Folder>,
    more: &BTreeMap<Name, Folder>,
) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, folder) in more {
        let there = whole.entry(name.clone()).or_insert_with(|| folder.clone());
        if there.path != folder.path {
            let (one, other) = (shown(&folder.written), shown(&there.written));
            problems.push(format!(
                "has {one} as `{name}` of `{key}`, which is {other} here already; give one of them another name"
            ));
        }
    }
    problems
}
