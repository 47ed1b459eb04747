//! The `http` key of a tool's entry in `config/grants.toml`: a section for each origin.
//!
//! *Invariant:* an origin stands there in its normal form and once; what can't be understood grants nothing.
//! *Doesn't know:* whether a variable is set or a file is there: that shows when a call is made.
//! *Start at:* [`read`].

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::header::{NEVER, is_hosts_own, is_token, is_value};
use super::{Filled, Host, Origin, Rule, Source, origin, special};
use crate::document::Document;
use crate::words::shown;

const RULE_KEYS: [&str; 7] =
    ["methods", "headers", "idempotent", "local", "timeout_ms", "request_bytes", "response_bytes"];

const HEADER_KEYS: [&str; 4] = ["env", "file", "text", "before"];

const HEADER_SHAPE: &str =
    "a table that says where its value comes from: { env = \"NAME\" }, { file = \"…\" } or { text = \"…\" }";

/// The largest whole number that JSON is sure to keep: limits are told in it.
const NUMBER_MAX: u64 = (1 << 53) - 1;

/// Reads the rules by origin. A secret's relative file begins at `data_dir`.
pub(crate) fn read(
    document: &mut Document<'_>,
    data_dir: &Path,
    value: &Spanned<DeValue<'_>>,
) -> BTreeMap<Origin, Arc<Rule>> {
    let mut rules = BTreeMap::new();
    let Some(table) = value.get_ref().as_table() else {
        document.mistyped("http", value, "a section for each origin: http.\"https://api.example.com\" = {}");
        return rules;
    };
    if table.is_empty() {
        let what = "`http` names no origin: http.\"https://api.example.com\" = {}, or leave it out";
        document.complain(value.span(), what.into());
    }
    let mut reader = Reader { document, data_dir };
    for (key, value) in table {
        let origin = origin::granted(key.get_ref());
        if let Err(why) = &origin {
            let what = format!("{} is no origin: {why}", shown(key.get_ref()));
            reader.document.complain(key.span(), what);
        }
        let Some(section) = value.get_ref().as_table() else {
            reader.document.mistyped(key.get_ref(), value, "a table, what this origin is granted for");
            continue;
        };
        let rule = reader.rule(section);
        if let Ok(origin) = origin {
            reader.in_the_clear(key, &origin, &rule);
            rules.insert(origin, Arc::new(rule));
        }
    }
    rules
}

struct Reader<'d, 't> {
    document: &'d mut Document<'t>,
    data_dir: &'d Path,
}

impl Reader<'_, '_> {
    fn rule(&mut self, section: &DeTable<'_>) -> Rule {
        let mut rule = Rule::default();
        for (key, value) in section {
            let name = key.get_ref().as_ref();
            match name {
                "methods" => rule.methods = self.methods(value),
                "headers" => rule.headers = self.headers(value),
                "idempotent" => rule.idempotent = self.yes(name, value),
                "local" => rule.local = self.yes(name, value),
                "timeout_ms" => rule.timeout_ms = self.number(name, value, 1),
                "request_bytes" => rule.request_bytes = self.number(name, value, 0),
                "response_bytes" => rule.response_bytes = self.number(name, value, 0),
                _ => self.document.unknown(key, "an origin has", RULE_KEYS.into_iter()),
            }
        }
        rule
    }

    /// A secret that anyone on the way could read is none.
    fn in_the_clear(&mut self, key: &Spanned<impl AsRef<str>>, origin: &Origin, rule: &Rule) {
        let near = match origin.host() {
            Host::Name(_) => rule.local,
            Host::Address(address) => rule.local || special(*address).is_some(),
        };
        if origin.is_secure() || near {
            return;
        }
        if let Some(filled) = rule.headers.values().find(|filled| filled.source.is_secret()) {
            let name = shown(&filled.name);
            let what = format!(
                "the secret of {name} would go over the network in the clear; use https, or say `local = true` for an \
                 origin of your own network"
            );
            self.document.complain(key.span(), what);
        }
    }

    fn methods(&mut self, value: &Spanned<DeValue<'_>>) -> BTreeSet<String> {
        let mut methods = BTreeSet::new();
        let Some(list) = value.get_ref().as_array() else {
            self.document.mistyped("methods", value, "a list of methods: [\"GET\", \"POST\"]");
            return methods;
        };
        if list.is_empty() {
            self.document.complain(value.span(), "`methods` names none: [\"GET\"]".into());
        }
        for item in list.iter() {
            let Some(method) = item.get_ref().as_str() else {
                self.document.mistyped("methods", item, "a list of methods, each a string");
                continue;
            };
            let what = if method == "*" {
                "`*` stands for nothing here: each method is named".to_owned()
            } else if !is_token(method) {
                format!("{} is no method", shown(method))
            } else if NEVER.contains(&method.to_ascii_uppercase().as_str()) {
                format!("the method {} can't be granted", shown(method))
            } else if method.bytes().any(|b| b.is_ascii_lowercase()) {
                format!("a method stands in capital letters: `{}`", method.to_ascii_uppercase())
            } else if methods.insert(method.to_owned()) {
                continue;
            } else {
                format!("the method {} stands here twice", shown(method))
            };
            self.document.complain(item.span(), what);
        }
        methods
    }

    fn headers(&mut self, value: &Spanned<DeValue<'_>>) -> BTreeMap<String, Filled> {
        let mut headers = BTreeMap::new();
        let Some(table) = value.get_ref().as_table() else {
            self.document.mistyped("headers", value, "a table: headers.Authorization = { env = \"NAME\" }");
            return headers;
        };
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let lower = name.to_ascii_lowercase();
            let what = if !is_token(name) {
                format!("{} is no header's name", shown(name))
            } else if is_hosts_own(&lower) {
                format!("the header {} is for the host to say", shown(name))
            } else if let Entry::Vacant(place) = headers.entry(lower) {
                if let Some(filled) = self.filled(name, value) {
                    place.insert(filled);
                }
                continue;
            } else {
                format!("the header {} stands here twice", shown(name))
            };
            self.document.complain(key.span(), what);
        }
        headers
    }

    fn filled(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<Filled> {
        let Some(table) = value.get_ref().as_table() else {
            self.document.mistyped(name, value, HEADER_SHAPE);
            return None;
        };
        let (mut before, mut sources) = (String::new(), Vec::new());
        for (key, value) in table {
            let key_text = key.get_ref().as_ref();
            if !HEADER_KEYS.contains(&key_text) {
                self.document.unknown(key, "a header has", HEADER_KEYS.into_iter());
                return None;
            }
            let Some(text) = value.get_ref().as_str() else {
                self.document.mistyped(key_text, value, "a string");
                return None;
            };
            match self.source(key_text, text) {
                Ok(Some(source)) => sources.push(source),
                Ok(None) => before = text.to_owned(),
                Err(what) => {
                    self.document.complain(value.span(), what);
                    return None;
                }
            }
        }
        let source = sources.pop();
        match source {
            Some(source) if sources.is_empty() => Some(Filled { name: name.to_owned(), before, source }),
            _ => {
                let what = format!("{} is {HEADER_SHAPE}, exactly one of the three", shown(name));
                self.document.complain(value.span(), what);
                None
            }
        }
    }

    /// What one key of a header says; `None` for what stands before the value.
    fn source(&self, key: &str, text: &str) -> Result<Option<Source>, String> {
        match key {
            "env" if is_variable(text) => Ok(Some(Source::Variable(text.to_owned()))),
            "env" => Err(format!("{} is no variable's name: letters, digits and `_`", shown(text))),
            "file" if text.is_empty() || text.contains('\0') => {
                Err("a file's path isn't empty and has no NUL".to_owned())
            }
            "file" => Ok(Some(Source::File(self.data_dir.join(text)))),
            _ if !is_value(text) => {
                Err(format!("{} can't stand in a header: it isn't plain ASCII", shown(text)))
            }
            "text" => Ok(Some(Source::Text(text.to_owned()))),
            _ => Ok(None),
        }
    }

    fn yes(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> bool {
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.document.mistyped(name, value, "`true` or `false`");
            false
        })
    }

    fn number(&mut self, name: &str, value: &Spanned<DeValue<'_>>, least: u64) -> Option<u64> {
        let DeValue::Integer(written) = value.get_ref() else {
            self.document.mistyped(name, value, "a whole number");
            return None;
        };
        let number = u64::from_str_radix(written.as_str(), written.radix()).ok();
        let number = number.filter(|number| (least..=NUMBER_MAX).contains(number));
        if number.is_none() {
            let what = format!("`{name}` is a whole number from {least}, and not that large");
            self.document.complain(value.span(), what);
        }
        number
    }
}

fn is_variable(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
