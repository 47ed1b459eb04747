//! Several schemas as one that asks for all of them.
//!
//! *Invariant:* a payload fits the result exactly if it fits each; references still lead where they did, although the
//! schemas now lie deeper in a document that they share.
//! *Doesn't know:* whose schemas they are. They were surveyed before, so that references only lead into themselves.
//! *Start at:* [`all`].

use jaros_decision::Json;
use serde_json::{Map, Value, json};

/// `{}` for none, one as it is, several under `allOf`.
pub(super) fn all(schemas: &[&Json]) -> Json {
    let schemas = match schemas {
        [] => return Json::trusted(String::from("{}")),
        [one] => return (*one).clone(),
        several => several,
    };
    let mut values: Vec<Value> = schemas.iter().map(|schema| schema.to_value()).collect();
    // Those who read schemas for a form or a model look for the type at the top.
    let object = values.iter().any(|schema| schema["type"] == "object");
    for (n, schema) in values.iter_mut().enumerate() {
        rebase(schema, &format!("/allOf/{n}"));
    }
    let mut joined = Map::from_iter([(String::from("allOf"), Value::Array(values))]);
    if object {
        joined.insert("type".into(), json!("object"));
    }
    Json::from_value(&Value::Object(joined)).expect("two levels around what was JSON within the limits")
}

/// Puts `under` before every reference. Only where a schema can stand: what looks like one in an `enum` is data.
fn rebase(schema: &mut Value, under: &str) {
    let Value::Object(members) = schema else { return };
    for (name, value) in members {
        match name.as_str() {
            "$ref" => {
                if let Some(rest) = value.as_str().and_then(|text| text.strip_prefix('#')) {
                    *value = Value::String(format!("#{under}{rest}"));
                }
            }
            "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
            | "dependencies" => {
                value.as_object_mut().into_iter().flatten().for_each(|(_, schema)| rebase(schema, under));
            }
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
                value.as_array_mut().into_iter().flatten().for_each(|schema| rebase(schema, under));
            }
            "items"
            | "additionalItems"
            | "additionalProperties"
            | "propertyNames"
            | "contentSchema"
            | "not"
            | "if"
            | "then"
            | "else"
            | "contains"
            | "unevaluatedItems"
            | "unevaluatedProperties" => {
                rebase(value, under);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(schemas: &[Value]) -> Value {
        let schemas: Vec<Json> = schemas.iter().map(|schema| Json::from_value(schema).unwrap()).collect();
        all(&schemas.iter().collect::<Vec<_>>()).to_value()
    }

    #[test]
    fn none_is_anything_and_one_stays_as_it_is() {
        assert_eq!(joined(&[]), json!({}));
        let one = json!({ "$ref": "#/$defs/a", "$defs": { "a": { "type": "string" } } });
        assert_eq!(joined(std::slice::from_ref(&one)), one);
    }

    #[test]
    fn references_lead_where_they_did_and_data_stays_data() {
        let first = json!({
            "type": "object",
            "properties": { "$ref": { "$ref": "#/$defs/a" }, "all": { "items": { "$ref": "#" } } },
            "$defs": { "a": { "const": { "$ref": "#/$defs/a" } } },
        });
        let second = json!({ "anyOf": [{ "$ref": "#/anyOf/1" }, { "enum": [{ "$ref": "#" }] }] });
        let expected = json!({
            "type": "object",
            "allOf": [
                {
                    "type": "object",
                    "properties": {
                        "$ref": { "$ref": "#/allOf/0/$defs/a" },
                        "all": { "items": { "$ref": "#/allOf/0" } },
                    },
                    "$defs": { "a": { "const": { "$ref": "#/$defs/a" } } },
                },
                { "anyOf": [{ "$ref": "#/allOf/1/anyOf/1" }, { "enum": [{ "$ref": "#" }] }] },
            ],
        });
        assert_eq!(joined(&[first, second]), expected);
    }
}
