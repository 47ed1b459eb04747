//! `config/limits.toml`, read into a [`LimitSet`].
//!
//! *Invariant:* the names are those of [`LIMITS`], and what isn't named keeps its default, or the ceiling where that is
//! lower. A file with any problem gives no limits.
//! *Doesn't know:* who enforces a limit.
//! *Start at:* [`LimitSet::parse`].

use std::collections::BTreeMap;

use jaros_decision::{LIMITS, Limit, Limits, Name, Scope};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::document::Document;
use crate::limit_set::{Ceiling, Ceilings, Written};
use crate::words::{listed, near, shown};
use crate::{LimitSet, Role, SettingsError};

impl LimitSet {
    /// Reads `config/limits.toml`; an empty text gives the defaults. `above` are the ceilings of the node's own file, where
    /// this one is another tenant's.
    ///
    /// Shape: `read_bytes = 4_194_304`, each a whole number; under `[agent.NAME]` and `[tool."NAME"]` those that a single
    /// component may have of its own; under `[ceiling]` what nothing here may exceed.
    /// # Errors
    /// Unknown names (with the nearest known one), limits in a section that can't have them, anything that is no such
    /// number, and values over a ceiling, by line and column.
    pub fn parse(text: &str, above: &Ceilings) -> Result<Self, SettingsError> {
        let (document, table) = Document::parse("config/limits.toml", text)?;
        let set = Self { ceilings: above.clone(), ..Self::default() };
        let mut reader = Reader { document, set };
        if let Some(value) = table.get("ceiling") {
            reader.ceilings(value);
        }
        reader.top(&table);
        for (key, role) in [("agent", Role::Agent), ("tool", Role::Tool)] {
            if let Some(value) = table.get(key) {
                reader.components(role, value);
            }
        }
        reader.document.finish(reader.set)
    }
}

struct Reader<'t> {
    document: Document<'t>,
    set: LimitSet,
}

/// A limit as it stands in a section.
struct Entry {
    limit: &'static Limit,
    value: u64,
    line: usize,
}

impl Reader<'_> {
    fn ceilings(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(section) = value.get_ref().as_table() else {
            return self.document.mistyped("ceiling", value, "a section, `[ceiling]`");
        };
        for Entry { limit, value, line } in self.entries(section, &[], |_| Ok(())) {
            self.set.ceilings.of.insert(limit.name, Ceiling { value, line, from_root: false });
        }
    }

    fn top(&mut self, table: &DeTable<'_>) {
        // A default that is over a ceiling gives way: nobody wrote it.
        for limit in LIMITS {
            if let Some(ceiling) = self.set.ceilings.of(limit) {
                let lower = limit.default().min(ceiling.value);
                limit.set(&mut self.set.all, lower);
            }
        }
        let below_root = self.set.ceilings.below_root;
        let may = |limit: &Limit| match limit {
            Limit { name, scope: Scope::Node, restart: true, .. } if below_root => Err(format!(
                "`{name}` is the node's, which sets itself up with it for all tenants; set it in the root tenant's file"
            )),
            _ => Ok(()),
        };
        for Entry { limit, value, line } in self.entries(table, &["agent", "tool", "ceiling"], may) {
            limit.set(&mut self.set.all, value);
            self.set.written.top.insert(limit.name, line);
        }
    }

    fn components(&mut self, role: Role, value: &Spanned<DeValue<'_>>) {
        let Some(sections) = value.get_ref().as_table() else {
            return self.document.mistyped(&role.to_string(), value, "a section for each name");
        };
        for (key, value) in sections {
            let name = match Name::new(key.get_ref()) {
                Ok(name) => name,
                Err(error) => {
                    let what = format!("{} can be no {role}'s name: {error}", shown(key.get_ref()));
                    self.document.complain(key.span(), what);
                    continue;
                }
            };
            let Some(section) = value.get_ref().as_table() else {
                self.document.mistyped(key.get_ref(), value, &format!("a section, `[{role}.NAME]`"));
                continue;
            };
            self.component(role, name, section);
        }
    }

    fn component(&mut self, role: Role, name: Name, section: &DeTable<'_>) {
        // A dot in a name makes a section of a section, unless the name is quoted.
        if let Some((key, _)) = section
            .iter()
            .find(|(key, value)| value.get_ref().is_table() && Limit::named(key.get_ref()).is_none())
        {
            let what = format!(
                "unknown key {}; if the {role}'s name has a dot, it stands in quotes: `[{role}.\"{name}.{}\"]`",
                shown(key.get_ref()),
                shown(key.get_ref()).trim_matches('`')
            );
            return self.document.complain(key.span(), what);
        }
        let mut limits: Limits = self.set.all;
        let mut lines = BTreeMap::new();
        for Entry { limit, value, line } in self.entries(section, &[], |limit| belongs(limit, role)) {
            limit.set(&mut limits, value);
            lines.insert(limit.name, line);
        }
        let Written { of, .. } = &mut self.set.written;
        of.insert((role, name.clone()), lines);
        match role {
            Role::Agent => self.set.agents.insert(name, limits),
            Role::Tool => self.set.tools.insert(name, limits),
        };
    }

    /// The limits of a section; complains about everything else but `others`.
    fn entries(
        &mut self,
        section: &DeTable<'_>,
        others: &[&str],
        may: impl Fn(&Limit) -> Result<(), String>,
    ) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (key, value) in section {
            let word = key.get_ref().as_ref();
            if others.contains(&word) {
                continue;
            }
            let Some(limit) = Limit::named(word) else {
                self.unknown(key, word, others);
                continue;
            };
            if let Err(what) = may(limit) {
                self.document.complain(key.span(), what);
            } else if let Some(number) = self.number(limit, value) {
                entries.push(Entry { limit, value: number, line: self.document.line(key.span()) });
            }
        }
        entries
    }

    fn unknown(&mut self, key: &Spanned<impl AsRef<str>>, word: &str, others: &[&str]) {
        let known = LIMITS.iter().map(|limit| limit.name);
        if near(word, known.clone()).is_some() || others.is_empty() {
            return self.document.unknown(key, "the limits are", known);
        }
        let what = format!(
            "unknown key {}; a file of limits has {}, and the sections `[agent.NAME]`, `[tool.NAME]` and `[ceiling]`",
            shown(word),
            listed(known)
        );
        self.document.complain(key.span(), what);
    }

    /// The number, if this limit can hold it and no ceiling is below it.
    fn number(&mut self, limit: &Limit, value: &Spanned<DeValue<'_>>) -> Option<u64> {
        let DeValue::Integer(written) = value.get_ref() else {
            self.document.mistyped(limit.name, value, "a whole number");
            return None;
        };
        let (least, most) = limit.range;
        let number = u64::from_str_radix(written.as_str(), written.radix()).ok();
        let Some(number) = number.filter(|number| (least..=most).contains(number)) else {
            let what = format!("`{}` is a whole number from {least} to {most}", limit.name);
            self.document.complain(value.span(), what);
            return None;
        };
        if let Some(Ceiling { value: ceiling, line, from_root }) =
            self.set.ceilings.of(limit).filter(|ceiling| number > ceiling.value)
        {
            let whose =
                if from_root { "in config/limits.toml of the root tenant" } else { "under [ceiling]" };
            let what = format!(
                "`{}` is {number}, over its ceiling of {ceiling}, which stands {whose}, line {line}",
                limit.name
            );
            self.document.complain(value.span(), what);
            return None;
        }
        Some(number)
    }
}

/// Whether a section for a component of this role may have this limit.
fn belongs(limit: &Limit, role: Role) -> Result<(), String> {
    let Limit { name, scope, .. } = limit;
    match (scope, role) {
        (Scope::Component, _) | (Scope::Agent, Role::Agent) | (Scope::Tool, Role::Tool) => Ok(()),
        (Scope::Agent, Role::Tool) => {
            Err(format!("`{name}` is for agents: a tool does nothing that it bounds"))
        }
        (Scope::Tool, Role::Agent) => {
            Err(format!("`{name}` is for tools: an agent does nothing that it bounds"))
        }
        (Scope::Job, _) => {
            Err(format!("`{name}` is a job's, which may meet many components; set it at the top of the file"))
        }
        (Scope::Node, _) => Err(format!(
            "`{name}` is the node's, the same for all that it runs; set it at the top of the file"
        )),
    }
}
