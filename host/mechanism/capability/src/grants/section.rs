//! The sections of the file and the keys that they may have.
//!
//! *Invariant:* a key that isn't in the table, or isn't for this kind of section, is an error at its place.
//! *Doesn't know:* what a key means; its reader does.
//! *Start at:* [`KEYS`]: a new key is a row here, a reader in a module of its own, and a field of [`Permission`].

use std::ops::Range;
use std::sync::Arc;

use jaros_decision::Name;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Entry, Reader, flag, folders, origins, payload, pins, propose, roles, word};
use crate::grant::Permission;
use crate::words::{listed, near, shown};
use crate::{Capability, Role};

/// What a section is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `[agent.NAME]`, `[tool.NAME]`.
    Of(Role),
    /// `[role.NAME]`.
    Bundle,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Of(role) => role.word(),
            Self::Bundle => "role",
        }
    }
}

/// How a key's value is written, for whoever changes one by a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `true`.
    Flag,
    /// A list of names.
    Names,
    /// A table of folders by the name that a component sees.
    Folders,
    /// A section for each origin, with its methods.
    Origins,
    /// This one word.
    Word(&'static str),
    /// Too rich for a command: it is written by hand.
    ByHand,
}

/// A key of a section.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// Whose sections may have it.
    pub(crate) of: &'static [Role],
    /// Whether a role may have it.
    pub(crate) in_roles: bool,
    pub(crate) shape: Shape,
    read: Read,
}

/// Takes a key's value into the section; complains about what is wrong with it.
type Read = fn(&mut Reader<'_>, &str, &Spanned<DeValue<'_>>, &mut Section);

const AGENTS: &[Role] = &[Role::Agent];
const TOOLS: &[Role] = &[Role::Tool];
const BOTH: &[Role] = &[Role::Agent, Role::Tool];

const fn key(name: &'static str, of: &'static [Role], in_roles: bool, shape: Shape, read: Read) -> Key {
    Key { name, of, in_roles, shape, read }
}

/// Every key; those of capabilities have the interface's name.
pub(crate) const KEYS: &[Key] = &[
    key("roles", BOTH, false, Shape::Names, roles::named),
    key("sha256", BOTH, false, Shape::ByHand, pins::read),
    key("propose", AGENTS, true, Shape::Names, propose::read),
    key("payload", AGENTS, true, Shape::ByHand, payload::read),
    key("files-read", BOTH, true, Shape::Folders, folders::files_read),
    key("files-write", TOOLS, true, Shape::Folders, folders::files_write),
    key("store", TOOLS, true, Shape::Flag, flag::store),
    key("host-facts", TOOLS, true, Shape::Flag, flag::host_facts),
    key("http", TOOLS, true, Shape::Origins, origins::read),
    key("wasi", BOTH, true, Shape::Word("virtual"), word::wasi),
];

impl Key {
    pub(crate) fn fits(&self, kind: Kind) -> bool {
        match kind {
            Kind::Of(role) => self.of.contains(&role),
            Kind::Bundle => self.in_roles,
        }
    }
}

/// The keys that such a section may have.
pub(crate) fn known_keys(kind: Kind) -> Vec<&'static str> {
    KEYS.iter().filter(|key| key.fits(kind)).map(|key| key.name).collect()
}

/// What one section says.
#[derive(Default)]
pub(super) struct Section {
    pub(super) permission: Permission,
    /// The roles that it names, and where.
    pub(super) roles: Vec<(Name, Range<usize>)>,
    /// The keys that it has.
    pub(super) keys: Vec<&'static str>,
}

impl Reader<'_> {
    /// `[agent]` or `[tool]` with all that is below it.
    pub(super) fn components(&mut self, role: Role, value: &Spanned<DeValue<'_>>) {
        for (name, section) in self.sections(Kind::Of(role), value) {
            let mut whole = section.permission.clone();
            for (used, span) in &section.roles {
                self.use_role(role, used, span, &mut whole);
            }
            let entry = Entry {
                own: section.permission,
                roles: section.roles.into_iter().map(|(name, _)| name).collect(),
                whole: Arc::new(whole),
            };
            match role {
                Role::Agent => self.grants.agents.insert(name, entry),
                Role::Tool => self.grants.tools.insert(name, entry),
            };
        }
    }

    /// The sections below `[agent]`, `[tool]` or `[role]`, by name.
    pub(super) fn sections(&mut self, kind: Kind, value: &Spanned<DeValue<'_>>) -> Vec<(Name, Section)> {
        let word = kind.word();
        let mut sections = Vec::new();
        let Some(table) = value.get_ref().as_table() else {
            self.document.mistyped(word, value, "a section for each name");
            return sections;
        };
        let what = if kind == Kind::Bundle { "role" } else { "component" };
        for (key, value) in table {
            let Some(name) = self.name(key.get_ref(), key.span(), what) else { continue };
            let Some(table) = value.get_ref().as_table() else {
                self.document.mistyped(key.get_ref(), value, &format!("a section, `[{word}.NAME]`"));
                continue;
            };
            let section = self.section(kind, &name, table);
            sections.push((name, section));
        }
        sections
    }

    fn section(&mut self, kind: Kind, name: &Name, table: &DeTable<'_>) -> Section {
        let mut section = Section::default();
        for (key, value) in table {
            let word = key.get_ref().as_ref();
            let known = KEYS.iter().find(|key| key.name == word && key.fits(kind));
            match known {
                Some(known) => {
                    section.keys.push(known.name);
                    (known.read)(self, known.name, value, &mut section);
                }
                None => self.misplaced(kind, name, key, value),
            }
        }
        // A call reads its own writes by the path that it wrote, so a name means one folder in an entry.
        if let Some(name) = section.permission.two_folders() {
            let at = table.get("files-write").map_or(0..0, Spanned::span);
            let what = format!(
                "`{name}` is one folder under `files-read` and another under `files-write`; give them two names"
            );
            self.document.complain(at, what);
        }
        section
    }

    /// A key that such a section doesn't have: says why, where that is known.
    fn misplaced(
        &mut self,
        kind: Kind,
        name: &Name,
        key: &Spanned<impl AsRef<str>>,
        value: &Spanned<DeValue<'_>>,
    ) {
        let word = key.get_ref().as_ref();
        let section = kind.word();
        let known = known_keys(kind);
        let known = known.iter().copied();
        let have = format!("{section} entries have {}", listed(known.clone()));
        let what = match Capability::from_interface(word) {
            Some(capability) if capability.is_given() => match kind {
                Kind::Of(role) if !capability.open_to(role) => format!("`{word}` isn't for {role}s; {have}"),
                _ => format!("every {} has `{word}`, it isn't granted", capability.whose()),
            },
            Some(_) => format!("`{word}` isn't for {section}s; {have}"),
            None => match (word, kind) {
                ("propose", _) => String::from("`propose` is for agents: tools propose nothing"),
                ("payload", _) => String::from("`payload` is for agents: tools propose nothing"),
                ("sha256", _) => String::from("`sha256` stands with a component: a role is for several"),
                ("roles", _) => String::from("a role has no roles: each says by itself what it grants"),
                _ if value.get_ref().is_table() && near(word, known.clone()).is_none() => format!(
                    "unknown key {}; if the {section}'s name has a dot, it stands in quotes: `[{section}.\"{name}.{}\"]`",
                    shown(word),
                    shown(word).trim_matches('`')
                ),
                _ => return self.document.unknown(key, &format!("{section} entries have"), known),
            },
        };
        self.document.complain(key.span(), what);
    }

    /// `text` as a name of this thing; complains where it can't be one.
    pub(super) fn name(&mut self, text: &str, span: Range<usize>, what: &str) -> Option<Name> {
        Name::new(text)
            .inspect_err(|error| {
                let what = format!("{} is no {what}'s name: {error}", shown(text));
                self.document.complain(span, what);
            })
            .ok()
    }

    /// A list of different names; complains about what is none.
    pub(super) fn names(
        &mut self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        what: &str,
        sample: &str,
    ) -> Option<Vec<(Name, Range<usize>)>> {
        let Some(list) = value.get_ref().as_array() else {
            self.document.mistyped(key, value, &format!("a list of {what}s: {sample}"));
            return None;
        };
        let mut names: Vec<(Name, Range<usize>)> = Vec::new();
        for item in list.iter() {
            let Some(text) = item.get_ref().as_str() else {
                self.document.mistyped(key, item, &format!("a list of {what}s, each a string"));
                continue;
            };
            let Some(name) = self.name(text, item.span(), what) else { continue };
            if names.iter().any(|(known, _)| *known == name) {
                self.document.complain(item.span(), format!("the {what} {} stands here twice", shown(text)));
            } else {
                names.push((name, item.span()));
            }
        }
        Some(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capability_that_is_granted_has_a_key_for_those_who_may_have_it() {
        let mut seen = 0;
        for capability in Capability::all().filter(|c| !c.is_given()) {
            let key = KEYS.iter().find(|key| key.name == capability.interface()).expect("a row");
            for role in [Role::Agent, Role::Tool] {
                assert_eq!(key.fits(Kind::Of(role)), capability.open_to(role), "{capability} {role}");
            }
            assert!(key.in_roles, "{capability}");
            seen += 1;
        }
        assert!(seen >= 2, "only {seen}");
    }
}
