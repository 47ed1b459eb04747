//! `config/limits.toml`: a flat table of limits by name.
//!
//! *Invariant:* the names are those of [`Limits`], and what isn't named keeps its default.
//! *Doesn't know:* who enforces a limit.
//! *Start at:* [`limits`].

use jaros_decision::Limits;
use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::DeValue;

use crate::SettingsError;
use crate::document::Document;

/// The largest whole number that JSON is sure to keep: limits are told in it.
const NUMBER_MAX: u64 = (1 << 53) - 1;

/// Reads `config/limits.toml`; an empty text gives the defaults.
///
/// Shape: `read_bytes = 4_194_304`, each a whole number from 0.
/// # Errors
/// Unknown names (with the nearest known one) and anything that is no such number, by line and column.
pub fn limits(text: &str) -> Result<Limits, SettingsError> {
    let (mut document, table) = Document::parse("config/limits.toml", text)?;
    let mut settings = defaults();
    let known: Vec<String> = settings.keys().cloned().collect();
    for (key, value) in &table {
        let name = key.get_ref().as_ref();
        if !settings.contains_key(name) {
            document.unknown(key, "the limits are", known.iter().map(String::as_str));
        } else if let Some(number) = number(&mut document, name, value) {
            settings.insert(name.into(), number);
        }
    }
    let limits = serde_json::from_value(Value::Object(settings)).expect("each limit was tried by itself");
    document.finish(limits)
}

fn defaults() -> Map<String, Value> {
    match serde_json::to_value(Limits::default()) {
        Ok(Value::Object(limits)) => limits,
        other => unreachable!("limits are a flat object, not {other:?}"),
    }
}

/// The number, if this limit can hold it; each is tried by itself, so that a complaint finds its line.
fn number(document: &mut Document<'_>, name: &str, value: &Spanned<DeValue<'_>>) -> Option<Value> {
    let DeValue::Integer(written) = value.get_ref() else {
        document.mistyped(name, value, "a whole number");
        return None;
    };
    let number = u64::from_str_radix(written.as_str(), written.radix()).ok();
    let number = number.filter(|number| *number <= NUMBER_MAX).map(Value::from);
    let holds = |number: &Value| {
        let alone = Map::from_iter([(String::from(name), number.clone())]);
        serde_json::from_value::<Limits>(Value::Object(alone)).is_ok()
    };
    let number = number.filter(holds);
    if number.is_none() {
        document.complain(value.span(), format!("`{name}` is a whole number from 0, and not that large"));
    }
    number
}
