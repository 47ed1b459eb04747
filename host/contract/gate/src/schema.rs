//! What a payload must look like: JSON Schema 2020-12, of authors that nobody trusts.
//!
//! *Invariant:* compiling and checking are bounded by the limits, whatever the schema and the payload say: no recursion, no
//! reference out of the document, no pattern that needs backtracking, and no more work for one payload than
//! `limits.schema_work`.
//! *Doesn't know:* whose payload it is.
//! *Start at:* [`Schema::compile`].

mod all;
mod pattern;
mod survey;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jaros_decision::{Code, Failure, Json, Limits};
use jsonschema::{Draft, PatternOptions, ValidationError, ValidationOptions, Validator};
use serde_json::Value;
use survey::Words;

/// A schema that can't check a payload of this many bytes within `limits.schema_work` is refused when its component is
/// loaded, not with each payload.
const PAYLOAD_BYTES_MIN: u64 = 1 << 10;

/// Characters of a message about a payload, at most; it may quote names out of the payload.
const MESSAGE_CHARS: usize = 400;

/// A compiled schema; cheap to clone.
#[derive(Clone)]
pub struct Schema {
    json: Json,
    rules: Rules,
}

#[derive(Clone)]
enum Rules {
    /// Nothing is asked, so nothing is read.
    Any,
    Checked {
        validator: Arc<Validator>,
        /// Steps that checking a byte of a payload may take.
        weight: u64,
    },
}

impl Schema {
    /// Accepts anything.
    #[must_use]
    pub fn any() -> Self {
        Self { json: Json::trusted(String::from("{}")), rules: Rules::Any }
    }

    /// Compiles a schema that anyone may have written.
    /// # Errors
    /// `limit` where it is too large, `invalid` where it is no schema or uses what is refused here; the sentence says
    /// where in the schema.
    pub fn compile(json: &Json, limits: &Limits) -> Result<Self, Failure> {
        Self::compile_with(json, limits, Words::Any)
    }

    /// Compiles a schema whose author means to forbid something. One that asks for nothing, or has a word that isn't
    /// checked, is an error: a slip there would permit more than was meant.
    /// # Errors
    /// As [`Schema::compile`].
    pub fn compile_rule(json: &Json, limits: &Limits) -> Result<Self, Failure> {
        let schema = Self::compile_with(json, limits, Words::Checked)?;
        match schema.rules {
            Rules::Any => Err(Failure::new(Code::INVALID, "the schema asks for nothing")),
            Rules::Checked { .. } => Ok(schema),
        }
    }

    /// All of these schemas as one, for whoever has to satisfy them; `{}` for none.
    #[must_use]
    pub fn all<'a>(schemas: impl IntoIterator<Item = &'a Self>) -> Json {
        let asking = schemas.into_iter().filter(|schema| !matches!(schema.rules, Rules::Any));
        all::all(&asking.map(Self::json).collect::<Vec<_>>())
    }

    fn compile_with(json: &Json, limits: &Limits, words: Words) -> Result<Self, Failure> {
        if json.as_str().len() as u64 > limits.schema_bytes {
            let message = format!("the schema is longer than {} bytes (schema_bytes)", limits.schema_bytes);
            return Err(Failure::new(Code::LIMIT, message));
        }
        let value = json.to_value();
        if !value.is_object() && !value.is_boolean() {
            return Err(Failure::new(Code::INVALID, "a schema is an object, `true` or `false`"));
        }
        if accepts_anything(&value) {
            return Ok(Self { json: json.clone(), rules: Rules::Any });
        }
        let weight = survey::weight(&value, limits, words)?.max(1);
        if limits.schema_work / weight < PAYLOAD_BYTES_MIN {
            let message = format!(
                "the schema is too heavy: to check {PAYLOAD_BYTES_MIN} bytes could take over {} steps (schema_work)",
                limits.schema_work
            );
            return Err(Failure::new(Code::LIMIT, message));
        }
        let validator = contained(|| options(pattern::SIZE_MAX).build(&value))?.map_err(|error| {
            Failure::new(Code::INVALID, format!("the schema is invalid {}", sentence(&error)))
        })?;
        let rules = Rules::Checked { validator: Arc::new(validator), weight };
        Ok(Self { json: json.clone(), rules })
    }

    /// The schema as its author wrote it, in canonical form.
    #[must_use]
    pub fn json(&self) -> &Json {
        &self.json
    }

    /// Whether `payload` is what the schema asks for. `schema_work` is that limit as it stands now: one that was changed
    /// holds for schemas that were compiled before, in the running node and in a replay alike.
    /// # Errors
    /// `invalid`: the first thing that isn't, and where in the payload. `limit`: checking would take too long.
    pub fn check(&self, payload: &Json, schema_work: u64) -> Result<(), Failure> {
        let Rules::Checked { validator, weight } = &self.rules else { return Ok(()) };
        let bytes_max = schema_work / weight;
        if payload.as_str().len() as u64 > bytes_max {
            let message =
                format!("longer than the {bytes_max} bytes that so heavy a schema can check (schema_work)");
            return Err(Failure::new(Code::LIMIT, message));
        }
        let value = payload.to_value();
        contained(|| validator.validate(&value).map_err(|error| sentence(&error)))?
            .map_err(|message| Failure::new(Code::INVALID, message))
    }
}

/// Two that say the same.
impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

impl Eq for Schema {}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schema({})", self.json)
    }
}

/// Whether the schema has nothing but words for people.
fn accepts_anything(schema: &Value) -> bool {
    let words = ["title", "description", "$comment"];
    match schema {
        Value::Object(members) => members.keys().all(|name| words.contains(&&**name)),
        other => other == &Value::Bool(true),
    }
}

/// How every schema is compiled: one dialect, no network, no files, and a regular expression engine without backtracking.
fn options(pattern_size: usize) -> ValidationOptions<'static> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .should_validate_formats(false)
        .with_pattern_options(
            PatternOptions::regex().size_limit(pattern_size).dfa_size_limit(pattern::CACHE_BYTES),
        )
}

/// Runs `call` so that a panic in the schema library is a refused schema or payload, not a dead node.
fn contained<T>(call: impl FnOnce() -> T) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| {
        Failure::new(Code::INVALID, "the schema library can't cope with this schema and payload")
    })
}

/// The error as one short sentence that doesn't repeat the payload.
fn sentence(error: &ValidationError<'_>) -> String {
    let path = error.instance_path().as_str();
    let place = if path.is_empty() { "at the top" } else { path };
    let at = if path.is_empty() { "" } else { "at " };
    let message = format!("{at}{place}: {}", error.masked_with("the value"));
    match message.char_indices().nth(MESSAGE_CHARS) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message,
    }
}
