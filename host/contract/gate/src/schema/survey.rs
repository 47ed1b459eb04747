//! Looks a schema over before it is compiled.
//!
//! *Invariant:* the walk itself is bounded: it stops at `limits.schema_nodes`, counted with references followed, so that a
//! chain of definitions that each use the next one twice is no bomb.
//! *Doesn't know:* what the keywords mean; only which of them hold schemas, and which of those are tried more than once.
//! *Start at:* [`weight`].

use std::collections::BTreeMap;

use jaros_decision::{Code, Failure, Limits};
use serde_json::{Map, Value};

use super::pattern;

/// Different patterns in one schema, since each has its own cache.
const PATTERNS_MAX: usize = 64;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Which words a schema may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// Any: what isn't known asks for nothing, as JSON Schema has it.
    Any,
    /// Only those that are checked, and remarks.
    Checked,
}

/// Keywords that hold no schema and are checked, and those that only remark on something.
const PLAIN: [&str; 29] = [
    "$comment",
    "$schema",
    "const",
    "default",
    "dependentRequired",
    "deprecated",
    "description",
    "enum",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
    "writeOnly",
    "x-",
];

/// Keywords that hold schemas, for hints.
const HOLDING: [&str; 13] = [
    "$defs",
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "contains",
    "items",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
];

/// Keywords that this dialect knows, or knew once, and that ask for nothing here.
const UNCHECKED: [&str; 6] =
    ["additionalItems", "contentEncoding", "contentMediaType", "contentSchema", "dependencies", "format"];

/// Steps that one byte of a payload costs at worst.
/// # Errors
/// What is too large, recursive, leads out of the schema, or is refused for what it could do.
pub(super) fn weight(schema: &Value, limits: &Limits, words: Words) -> Result<u64, Failure> {
    let mut survey = Survey {
        root: schema,
        limits,
        words,
        nodes: 0,
        weight: 0,
        open: Vec::new(),
        place: String::new(),
        patterns: BTreeMap::new(),
    };
    survey.schema(schema, 1)?;
    Ok(survey.weight)
}

struct Survey<'s> {
    root: &'s Value,
    limits: &'s Limits,
    words: Words,
    nodes: u32,
    weight: u64,
    /// The schemas that the walk is inside of: one that leads to one of these is recursive.
    open: Vec<&'s Value>,
    /// JSON pointer to where the walk is, for messages.
    place: String,
    patterns: BTreeMap<&'s str, u64>,
}

type Done = Result<(), Failure>;

impl<'s> Survey<'s> {
    /// `passes`: how often the same part of a payload may be looked at by the same keyword.
    fn schema(&mut self, schema: &'s Value, passes: u64) -> Done {
        if self.open.len() as u64 >= u64::from(self.limits.json_depth) {
            let message = format!(
                "the schema is deeper than {} schemas inside one another, with references followed (json_depth)",
                self.limits.json_depth
            );
            return self.fail(Code::LIMIT, &message);
        }
        self.node(passes)?;
        let Value::Object(members) = schema else { return Ok(()) };
        self.open.push(schema);
        let inside = passes.saturating_mul(evaluations(members));
        for (name, value) in members {
            self.at(name, |survey| survey.keyword(name, value, inside))?;
        }
        self.open.pop();
        Ok(())
    }

    fn keyword(&mut self, name: &str, value: &'s Value, passes: u64) -> Done {
        if self.words == Words::Checked && UNCHECKED.contains(&name) {
            return self.fail(Code::INVALID, &format!("`{name}` isn't checked, so it can't stand in a rule"));
        }
        match name {
            "$ref" => self.reference(value, passes),
            "$schema" if value != DIALECT => {
                self.fail(Code::INVALID, &format!("`$schema` can only be {DIALECT}"))
            }
            "$id" | "$anchor" | "$dynamicAnchor" | "$recursiveAnchor" | "$dynamicRef" | "$recursiveRef"
            | "$vocabulary" => {
                self.fail(Code::INVALID, &format!("`{name}` isn't supported; use `$ref` with `#/$defs/NAME`"))
            }
            "pattern" => self.pattern(value.as_str().unwrap_or_default(), passes),
            "patternProperties" => {
                for source in value.as_object().into_iter().flat_map(Map::keys) {
                    self.pattern(source, passes)?;
                }
                self.each_member(value, passes)
            }
            "properties" | "$defs" | "definitions" => self.each_member(value, passes),
            "dependentSchemas" | "dependencies" => self.each_member(value, passes + 1),
            "allOf" | "prefixItems" => self.each_item(value, passes),
            "anyOf" | "oneOf" => self.each_item(value, passes + 1),
            "items" | "additionalItems" | "additionalProperties" | "propertyNames" | "contentSchema" => {
                self.schema(value, passes)
            }
            "not" | "if" | "then" | "else" | "contains" | "unevaluatedItems" | "unevaluatedProperties" => {
                self.schema(value, passes + 1)
            }
            _ if self.words == Words::Checked && !PLAIN.contains(&name) && !name.starts_with("x-") => {
                self.unknown(name)
            }
            _ => {
                self.weight = self.weight.saturating_add(passes.saturating_mul(extra_steps(name)));
                self.data(value, passes)
            }
        }
    }

    fn unknown(&self, name: &str) -> Done {
        let known: Vec<&str> = PLAIN.iter().chain(&HOLDING).copied().collect();
        let hint = match crate::near::near(name, &known) {
            near if near.is_empty() => String::new(),
            near => format!("; did you mean {}?", near.join(" or ")),
        };
        self.fail(Code::INVALID, &format!("{} is no keyword of JSON Schema{hint}", crate::near::quoted(name)))
    }

    fn each_member(&mut self, schemas: &'s Value, passes: u64) -> Done {
        self.node(passes)?;
        for (name, schema) in schemas.as_object().into_iter().flatten() {
            self.at(name, |survey| survey.schema(schema, passes))?;
        }
        Ok(())
    }

    fn each_item(&mut self, schemas: &'s Value, passes: u64) -> Done {
        self.node(passes)?;
        for (n, schema) in schemas.as_array().into_iter().flatten().enumerate() {
            self.at(&n.to_string(), |survey| survey.schema(schema, passes))?;
        }
        Ok(())
    }

    /// Something that isn't a schema: `enum`, `required`, an unknown keyword.
    fn data(&mut self, value: &'s Value, passes: u64) -> Done {
        self.node(passes)?;
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| self.data(item, passes)),
            Value::Object(members) => members.values().try_for_each(|member| self.data(member, passes)),
            _ => Ok(()),
        }
    }

    fn reference(&mut self, value: &'s Value, passes: u64) -> Done {
        let text = value.as_str().unwrap_or_default();
        let Some(pointer) = text.strip_prefix('#').filter(|rest| rest.is_empty() || rest.starts_with('/'))
        else {
            return self.fail(Code::INVALID, "`$ref` can only lead into the schema itself: `#/$defs/NAME`");
        };
        let Some(target) = unescaped(pointer).and_then(|pointer| self.root.pointer(&pointer)) else {
            return self.fail(Code::INVALID, "`$ref` leads nowhere");
        };
        if self.open.iter().any(|open| std::ptr::eq(*open, target)) {
            return self.fail(Code::INVALID, "`$ref` leads back to itself; recursive schemas are refused");
        }
        let here = std::mem::replace(&mut self.place, pointer.to_owned());
        self.schema(target, passes)?;
        self.place = here;
        Ok(())
    }

    fn pattern(&mut self, source: &'s str, passes: u64) -> Done {
        self.node(passes)?;
        let weight = match self.patterns.get(source) {
            Some(weight) => *weight,
            None if self.patterns.len() == PATTERNS_MAX => {
                return self.fail(Code::LIMIT, &format!("the schema has over {PATTERNS_MAX} patterns"));
            }
            None => match pattern::weigh(source) {
                Ok(weight) => *self.patterns.entry(source).or_insert(weight),
                Err(failure) => return self.fail(failure.code, &failure.message),
            },
        };
        self.weight = self.weight.saturating_add(weight.saturating_mul(passes));
        Ok(())
    }

    fn node(&mut self, passes: u64) -> Done {
        self.nodes += 1;
        self.weight = self.weight.saturating_add(passes);
        if self.nodes <= self.limits.schema_nodes {
            return Ok(());
        }
        let message = format!(
            "the schema has over {} nodes, with references followed (schema_nodes)",
            self.limits.schema_nodes
        );
        Err(Failure::new(Code::LIMIT, message))
    }

    fn at(&mut self, step: &str, walk: impl FnOnce(&mut Self) -> Done) -> Done {
        let length = self.place.len();
        self.place.push('/');
        self.place.push_str(step);
        walk(self)?;
        self.place.truncate(length);
        Ok(())
    }

    fn fail(&self, code: Code, message: &str) -> Done {
        Err(Failure::new(code, format!("{message} (at {})", crate::near::quoted(&self.place))))
    }
}

/// What a few keywords cost a byte over what the others do; measured, in nanoseconds.
fn extra_steps(keyword: &str) -> u64 {
    match keyword {
        // Exact fractions of big integers, for each number.
        "multipleOf" => 128,
        // Each item is hashed as a whole.
        "uniqueItems" => 32,
        _ => 0,
    }
}

/// `unevaluated…` finds out what was evaluated by evaluating it all once more, at every level where it stands.
fn evaluations(members: &Map<String, Value>) -> u64 {
    if members.contains_key("unevaluatedProperties") || members.contains_key("unevaluatedItems") {
        4
    } else {
        1
    }
}

/// The pointer without the percent signs that a URI needs.
fn unescaped(pointer: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(pointer.len());
    let mut rest = pointer.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        bytes.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
    }
    String::from_utf8(bytes).ok()
}
