//! Roles: bundles of permissions that several components share.
//!
//! *Invariant:* a component has what its own section and its roles say together. Kinds, folders and capabilities add up;
//! rules for payloads all hold; nothing takes anything away.
//! *Doesn't know:* which keys there are beyond their names.
//! *Start at:* [`Reader::use_role`].

use std::collections::BTreeMap;
use std::ops::Range;

use jaros_decision::Name;
use jaros_gate::Kinds;
use toml::Spanned;
use toml::de::DeValue;

use super::section::{KEYS, Kind, Section};
use super::{Reader, folders, origins};
use crate::Role;
use crate::grant::Permission;
use crate::words::{hint, listed, shown};

/// `roles = ["reporter"]`.
pub(super) fn named(reader: &mut Reader<'_>, key: &str, value: &Spanned<DeValue<'_>>, section: &mut Section) {
    section.roles = reader.names(key, value, "role", "[\"reporter\"]").unwrap_or_default();
}

/// A role while the file is read.
pub(super) type Bundles = BTreeMap<Name, Bundle>;

/// What a role says, and by which keys.
#[derive(Clone, Debug)]
pub(super) struct Bundle {
    permission: Permission,
    keys: Vec<&'static str>,
}

impl Reader<'_> {
    /// `[role]` with all that is below it.
    pub(super) fn roles(&mut self, value: &Spanned<DeValue<'_>>) {
        for (name, section) in self.sections(Kind::Bundle, value) {
            self.grants.roles.insert(name.clone(), section.permission.clone());
            self.bundles.insert(name, Bundle { permission: section.permission, keys: section.keys });
        }
    }

    /// Adds what this role says to what a component has; complains at the place where the component names it.
    pub(super) fn use_role(&mut self, of: Role, name: &Name, span: &Range<usize>, whole: &mut Permission) {
        let Some(bundle) = self.bundles.get(name) else {
            let known: Vec<&str> = self.bundles.keys().map(Name::as_str).collect();
            let hint = hint(name.as_str(), known.iter().copied());
            let known = listed(known);
            let what = format!("there is no role {}{hint}; roles are {known}", shown(name.as_str()));
            return self.document.complain(span.clone(), what);
        };
        let alien = bundle
            .keys
            .iter()
            .copied()
            .filter(|name| KEYS.iter().any(|key| key.name == *name && !key.fits(Kind::Of(of))));
        let mut problems: Vec<String> =
            alien.map(|key| format!("the role `{name}` has `{key}`, which isn't for {of}s")).collect();
        problems.extend(
            join(whole, &bundle.permission).into_iter().map(|what| format!("the role `{name}` {what}")),
        );
        for problem in problems {
            self.document.complain(span.clone(), problem);
        }
    }
}

/// Adds `more` to `whole`; says where the two contradict each other. A new field of [`Permission`] gets a line here.
fn join(whole: &mut Permission, more: &Permission) -> Vec<String> {
    // Pins stand with components alone.
    let Permission { may, files_read, files_write, store, host_facts, http, wasi, pins: _ } = more;
    match (&mut whole.may.kinds, &may.kinds) {
        (_, Kinds::Open) => {}
        (kinds @ Kinds::Open, only) => *kinds = only.clone(),
        (Kinds::Only(kinds), Kinds::Only(more)) => kinds.extend(more.iter().cloned()),
    }
    for (kind, rules) in &may.rules {
        let there = whole.may.rules.entry(kind.clone()).or_default();
        there.extend(rules.iter().filter(|rule| !there.contains(rule)).cloned().collect::<Vec<_>>());
    }
    whole.store |= store;
    whole.host_facts |= host_facts;
    whole.wasi |= wasi;
    let mut problems = folders::join("files-read", &mut whole.files_read, files_read);
    problems.extend(folders::join("files-write", &mut whole.files_write, files_write));
    problems.extend(origins::join(&mut whole.http, http));
    let two =
        whole.two_folders().filter(|name| files_read.contains_key(*name) || files_write.contains_key(*name));
    problems.extend(two.map(|name| {
        format!("makes `{name}` one folder under `files-read` and another under `files-write`; give them two names")
    }));
    problems
}
