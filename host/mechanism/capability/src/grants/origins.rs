//! `http."https://api.example.com" = { methods = ["GET"] }`: origins, with a rule for each.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeValue;

use super::Reader;
use super::section::Section;
use crate::http::{self, Origin, Rule};

pub(super) fn read(reader: &mut Reader<'_>, _: &str, value: &Spanned<DeValue<'_>>, section: &mut Section) {
    section.permission.http = http::read(&mut reader.document, &reader.grants.data_dir, value);
}

/// Adds a role's origins to a component's; says which would have two rules.
pub(super) fn join(
    whole: &mut BTreeMap<Origin, Arc<Rule>>,
    more: &BTreeMap<Origin, Arc<Rule>>,
) -> Vec<String> {
    let mut problems = Vec::new();
    for (origin, rule) in more {
        if whole.entry(origin.clone()).or_insert_with(|| Arc::clone(rule)) != rule {
            problems.push(format!("has another rule for `{origin}` of `http` than stands here already"));
        }
    }
    problems
}
