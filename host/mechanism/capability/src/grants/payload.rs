//! `[agent.NAME.payload.KIND]`: what an agent may put into a kind's payload, beside what the action takes of everybody.
//!
//! *Invariant:* a rule is a schema whose every word is checked; one that would ask for nothing is an error. It is compiled
//! here, once, within the limits' defaults, so that the same text reads the same under any limits.
//! *Doesn't know:* which kinds there are, or what their own schemas say.
//! *Start at:* [`read`].

use jaros_decision::{Code, Json, JsonLimits, Limits};
use jaros_gate::Schema;
use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Reader;
use super::section::Section;
use crate::words::shown;

/// Whole numbers beyond this don't survive every reader of JSON.
const NUMBER_MAX: i64 = (1 << 53) - 1;

pub(super) fn read(reader: &mut Reader<'_>, key: &str, value: &Spanned<DeValue<'_>>, section: &mut Section) {
    let Some(table) = value.get_ref().as_table() else {
        return reader.document.mistyped(key, value, "a section with a JSON Schema for each kind");
    };
    if table.is_empty() {
        let what =
            "`payload` has no kind: write a JSON Schema under [agent.NAME.payload.KIND], or leave it out";
        reader.document.complain(value.span(), what.into());
    }
    for (key, value) in table {
        let Some(kind) = reader.name(key.get_ref(), key.span(), "kind") else { continue };
        let Some(json) = reader.schema(key.get_ref(), value) else { continue };
        match Schema::compile_rule(&json, &Limits::default()) {
            Ok(rule) => section.permission.may.rules.entry(kind).or_default().push(rule),
            Err(failure) => {
                let hint = dotted(key.get_ref(), value, &json);
                reader
                    .document
                    .complain(key.span(), format!("the rule for `{kind}`: {}{hint}", failure.message));
            }
        }
    }
}

/// Whether the schema only makes sense one level deeper: `[agent.a.payload.text.count]`.
fn dotted(kind: &str, value: &Spanned<DeValue<'_>>, json: &Json) -> String {
    let Value::Object(members) = json.to_value() else { return String::new() };
    let Some((name, inner)) = members.iter().next().filter(|_| members.len() == 1) else {
        return String::new();
    };
    let inner = Json::from_value(inner).ok().filter(|_| value.get_ref().is_table());
    if inner.is_some_and(|inner| Schema::compile_rule(&inner, &Limits::default()).is_ok()) {
        let whole = format!("{kind}.{name}");
        return format!(
            "; a kind whose name has a dot stands in quotes: \"{}\"",
            shown(&whole).trim_matches('`')
        );
    }
    String::new()
}

impl Reader<'_> {
    /// A schema, written as a TOML table or as a text of JSON.
    fn schema(&mut self, kind: &str, value: &Spanned<DeValue<'_>>) -> Option<Json> {
        match value.get_ref() {
            DeValue::String(text) => Json::parse(text, JsonLimits::default())
                .inspect_err(|error| {
                    let hint = if error.code() == Code::LIMIT { "" } else { " within this string" };
                    self.document
                        .complain(value.span(), format!("the rule for {}: {error}{hint}", shown(kind)));
                })
                .ok(),
            DeValue::Table(table) => {
                let tree = self.object(table)?;
                // Again as a text, so that a table has the bounds that a text of JSON has.
                Json::from_value(&tree)
                    .and_then(|json| Json::parse(json.as_str(), JsonLimits::default()))
                    .inspect_err(|error| {
                        self.document
                            .complain(value.span(), format!("the rule for {}: {error}", shown(kind)));
                    })
                    .ok()
            }
            _ => {
                self.document.mistyped(kind, value, "a JSON Schema, as a table or as a string of JSON");
                None
            }
        }
    }

    fn object(&mut self, table: &DeTable<'_>) -> Option<Value> {
        let mut members = Map::new();
        for (key, value) in table {
            members.insert(key.get_ref().clone().into_owned(), self.json(value)?);
        }
        Some(Value::Object(members))
    }

    /// A TOML value as JSON has it; complains about what JSON doesn't have.
    fn json(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        match value.get_ref() {
            DeValue::String(text) => Some(Value::String(text.clone().into_owned())),
            DeValue::Boolean(yes) => Some(Value::Bool(*yes)),
            DeValue::Integer(written) => {
                let number = i64::from_str_radix(written.as_str(), written.radix()).ok();
                let number = number.filter(|number| (-NUMBER_MAX..=NUMBER_MAX).contains(number));
                if number.is_none() {
                    let what = "a whole number in a schema lies within ±(2^53−1)";
                    self.document.complain(value.span(), what.into());
                }
                number.map(Value::from)
            }
            DeValue::Float(written) => {
                let number = written.as_str().parse().ok().and_then(Number::from_f64);
                if number.is_none() {
                    self.document.complain(value.span(), String::from("JSON has no such number"));
                }
                number.map(Value::Number)
            }
            DeValue::Datetime(_) => {
                let what = "JSON has no dates; write it as a string";
                self.document.complain(value.span(), what.into());
                None
            }
            DeValue::Array(items) => {
                items.iter().map(|item| self.json(item)).collect::<Option<Vec<_>>>().map(Value::Array)
            }
            DeValue::Table(table) => self.object(table),
        }
    }
}
