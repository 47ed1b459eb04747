//! Schemas: what they accept, and what is refused of those whose authors mean harm.

use expect_test::{Expect, expect};
use jaros_decision::{Json, JsonLimits, Limits};
use jaros_gate::Schema;
use serde_json::{Value, json};

fn compile(schema: &Value) -> Result<Schema, jaros_decision::Failure> {
    Schema::compile(&Json::from_value(schema).expect("a test's schema is JSON"), &Limits::default())
}

fn verdict(schema: &Schema, payload: &str) -> String {
    let payload = Json::parse(payload, JsonLimits::default()).expect("a test's payload is JSON");
    match schema.check(&payload, Limits::default().schema_work) {
        Ok(()) => String::from("fits"),
        Err(failure) => format!("{}: {failure}", failure.code),
    }
}

/// One line a payload.
fn check(schema: Value, payloads: &[&str], expected: Expect) {
    let schema = compile(&schema).expect("this test is about payloads");
    let lines: String =
        payloads.iter().map(|payload| format!("{payload:<28} {}\n", verdict(&schema, payload))).collect();
    expected.assert_eq(&lines);
}

#[test]
fn what_checking_may_cost_is_asked_with_each_payload() {
    let schema = compile(&json!({"type": "string", "pattern": "^a*$"})).expect("a schema");
    let payload = Json::parse(&format!("\"{}\"", "a".repeat(5_000)), JsonLimits::default()).expect("JSON");
    assert_eq!(schema.check(&payload, Limits::default().schema_work), Ok(()));
    let failure = schema.check(&payload, 4_000).expect_err("too much work");
    assert!(failure.message.ends_with("bytes that so heavy a schema can check (schema_work)"), "{failure}");
}

/// One line a schema.
fn check_schemas(schemas: &[(&str, Value)], expected: Expect) {
    let line = |(what, schema): &(&str, Value)| match compile(schema) {
        Ok(_) => format!("{what:<24} compiles\n"),
        Err(failure) => format!("{what:<24} {}: {failure}\n", failure.code),
    };
    expected.assert_eq(&schemas.iter().map(line).collect::<String>());
}

#[test]
fn a_payload_fits_or_a_sentence_says_where_not() {
    check(
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {
                "path": { "type": "string", "minLength": 1, "pattern": "^[a-z/]+$" },
                "count": { "$ref": "#/$defs/small" },
                "tags": { "type": "array", "items": { "enum": ["x", "y"] }, "maxItems": 2, "uniqueItems": true },
                "either": { "anyOf": [{ "type": "string" }, { "type": "null" }] },
            },
            "required": ["path"],
            "additionalProperties": false,
            "$defs": { "small": { "type": "integer", "minimum": 0, "maximum": 9 } },
        }),
        &[
            r#"{"path":"a/b"}"#,
            r#"{"path":"a","count":9.0}"#,
            "[]",
            "{}",
            r#"{"path":""}"#,
            r#"{"path":"../A"}"#,
            r#"{"path":"a","count":10}"#,
            r#"{"path":"a","count":1.5}"#,
            r#"{"path":"a","tags":["z"]}"#,
            r#"{"path":"a","tags":["x","x"]}"#,
            r#"{"path":"a","either":1}"#,
            r#"{"path":"a","other":1}"#,
        ],
        expect![[r#"
            {"path":"a/b"}               fits
            {"path":"a","count":9.0}     fits
            []                           invalid: at the top: the value is not of type "object"
            {}                           invalid: at the top: "path" is a required property
            {"path":""}                  invalid: at /path: the value is shorter than 1 character
            {"path":"../A"}              invalid: at /path: the value does not match "^[a-z/]+$"
            {"path":"a","count":10}      invalid: at /count: the value is greater than the maximum of 9
            {"path":"a","count":1.5}     invalid: at /count: the value is not of type "integer"
            {"path":"a","tags":["z"]}    invalid: at /tags/0: the value is not one of "x" or "y"
            {"path":"a","tags":["x","x"]} invalid: at /tags: the value has non-unique elements
            {"path":"a","either":1}      invalid: at /either: the value is not valid under any of the schemas listed in the 'anyOf' keyword
            {"path":"a","other":1}       invalid: at the top: Additional properties are not allowed ('other' was unexpected)
        "#]],
    );
}

#[test]
fn what_asks_for_nothing_accepts_anything() {
    for schema in [json!({}), json!(true), json!({"title": "T", "description": "D", "$comment": "C"})] {
        assert_eq!(verdict(&compile(&schema).unwrap(), r#"{"a":[null]}"#), "fits");
    }
    assert_eq!(verdict(&Schema::any(), "1"), "fits");
    check(
        json!(false),
        &["{}"],
        expect![[r#"
        {}                           invalid: at the top: False schema does not allow the value
    "#]],
    );
}

#[test]
fn property_names_are_not_keywords() {
    let odd = ["$ref", "$id", "pattern", "items", "$dynamicRef", "properties"];
    let properties: Value = odd.iter().map(|name| (*name, json!({ "type": "integer" }))).collect();
    check(
        json!({ "properties": properties, "default": { "$ref": "http://a/" }, "enum": [{ "$id": 1 }, { "pattern": 1 }] }),
        &[r#"{"$id":1}"#, r#"{"pattern":1}"#, r#"{"items":1}"#],
        expect![[r#"
            {"$id":1}                    fits
            {"pattern":1}                fits
            {"items":1}                  invalid: at the top: the value is not one of {"$id":1} or {"pattern":1}
        "#]],
    );
}

#[test]
fn references_lead_into_the_schema() {
    check_schemas(
        &[
            ("to a definition", json!({ "$ref": "#/$defs/a", "$defs": { "a": true } })),
            ("to a property", json!({ "properties": { "a": { "$ref": "#/properties/b" }, "b": true } })),
            ("to an item", json!({ "items": { "$ref": "#/allOf/0" }, "allOf": [{ "type": "array" }] })),
            ("escaped", json!({ "$ref": "#/$defs/a~1b~0c%20d", "$defs": { "a/b~c d": true } })),
            (
                "twice the same",
                json!({ "allOf": [{ "$ref": "#/$defs/a" }, { "$ref": "#/$defs/a" }], "$defs": { "a": true } }),
            ),
            ("nowhere", json!({ "$ref": "#/$defs/b", "$defs": { "a": true } })),
            ("badly escaped", json!({ "$ref": "#/$defs/%zz" })),
            ("not UTF-8", json!({ "$ref": "#/$defs/%ff" })),
            ("no text", json!({ "$ref": 1 })),
            ("a web page", json!({ "items": { "$ref": "https://example.com/schema.json" } })),
            ("a file", json!({ "$ref": "file:///etc/passwd" })),
            ("a neighbour", json!({ "$ref": "other.json#/a" })),
            ("the meta-schema", json!({ "$ref": "https://json-schema.org/draft/2020-12/schema" })),
            ("an anchor", json!({ "$ref": "#a", "$defs": { "x": { "$anchor": "a" } } })),
            ("an id", json!({ "properties": { "a": { "$id": "http://a/" } } })),
            ("a dynamic reference", json!({ "$dynamicRef": "#a" })),
            ("a dynamic anchor", json!({ "$defs": { "x": { "$dynamicAnchor": "a" } } })),
            ("a recursive reference", json!({ "$recursiveRef": "#" })),
            ("another dialect", json!({ "$schema": "http://json-schema.org/draft-07/schema#" })),
        ],
        expect![[r#"
            to a definition          compiles
            to a property            compiles
            to an item               compiles
            escaped                  compiles
            twice the same           compiles
            nowhere                  invalid: `$ref` leads nowhere (at "/$ref")
            badly escaped            invalid: `$ref` leads nowhere (at "/$ref")
            not UTF-8                invalid: `$ref` leads nowhere (at "/$ref")
            no text                  invalid: `$ref` can only lead into the schema itself: `#/$defs/NAME` (at "/$ref")
            a web page               invalid: `$ref` can only lead into the schema itself: `#/$defs/NAME` (at "/items/$ref")
            a file                   invalid: `$ref` can only lead into the schema itself: `#/$defs/NAME` (at "/$ref")
            a neighbour              invalid: `$ref` can only lead into the schema itself: `#/$defs/NAME` (at "/$ref")
            the meta-schema          invalid: `$ref` can only lead into the schema itself: `#/$defs/NAME` (at "/$ref")
            an anchor                invalid: `$anchor` isn't supported; use `$ref` with `#/$defs/NAME` (at "/$defs/x/$anchor")
            an id                    invalid: `$id` isn't supported; use `$ref` with `#/$defs/NAME` (at "/properties/a/$id")
            a dynamic reference      invalid: `$dynamicRef` isn't supported; use `$ref` with `#/$defs/NAME` (at "/$dynamicRef")
            a dynamic anchor         invalid: `$dynamicAnchor` isn't supported; use `$ref` with `#/$defs/NAME` (at "/$defs/x/$dynamicAnchor")
            a recursive reference    invalid: `$recursiveRef` isn't supported; use `$ref` with `#/$defs/NAME` (at "/$recursiveRef")
            another dialect          invalid: `$schema` can only be https://json-schema.org/draft/2020-12/schema (at "/$schema")
        "#]],
    );
}

#[test]
fn recursion_is_refused() {
    check_schemas(
        &[
            ("to itself", json!({ "$ref": "#" })),
            ("a tree", json!({ "properties": { "children": { "items": { "$ref": "#" } } } })),
            ("a definition of itself", json!({ "$defs": { "a": { "items": { "$ref": "#/$defs/a" } } } })),
            ("out of a part", json!({ "properties": { "a": { "not": { "$ref": "#/properties/a" } } } })),
            (
                "mutual",
                json!({ "$ref": "#/$defs/a", "$defs": { "a": { "items": { "$ref": "#/$defs/b" } }, "b": { "not": { "$ref": "#/$defs/a" } } } }),
            ),
            ("through a stranger", json!({ "x": { "y": { "$ref": "#/x/y" } }, "$ref": "#/x/y" })),
        ],
        expect![[r#"
            to itself                invalid: `$ref` leads back to itself; recursive schemas are refused (at "/$ref")
            a tree                   invalid: `$ref` leads back to itself; recursive schemas are refused (at "/properties/children/items/$ref")
            a definition of itself   invalid: `$ref` leads back to itself; recursive schemas are refused (at "/$defs/a/items/$ref")
            out of a part            invalid: `$ref` leads back to itself; recursive schemas are refused (at "/properties/a/not/$ref")
            mutual                   invalid: `$ref` leads back to itself; recursive schemas are refused (at "/$defs/b/not/$ref")
            through a stranger       invalid: `$ref` leads back to itself; recursive schemas are refused (at "/x/y/$ref")
        "#]],
    );
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(true), |inner, _| json!({ "not": inner }))
}

/// Definitions in a row, each using the next one twice.
fn doubling(length: usize) -> Value {
    let definition = |n: usize| {
        let next = json!({ "$ref": format!("#/$defs/d{}", n + 1) });
        (format!("d{n}"), json!({ "allOf": [next, next] }))
    };
    let mut definitions: serde_json::Map<_, _> = (0..length).map(definition).collect();
    definitions.insert(format!("d{length}"), json!(true));
    json!({ "$ref": "#/$defs/d0", "$defs": definitions })
}

/// Definitions in a row, each of which is the next one.
fn chain(length: usize) -> Value {
    let definition = |n: usize| (format!("d{n}"), json!({ "$ref": format!("#/$defs/d{}", n + 1) }));
    let mut definitions: serde_json::Map<_, _> = (0..length).map(definition).collect();
    definitions.insert(format!("d{length}"), json!(true));
    json!({ "$ref": "#/$defs/d0", "$defs": definitions })
}

/// Each level finds out what the levels inside it evaluated by evaluating them again.
fn evaluated(depth: usize) -> Value {
    (0..depth).fold(
        json!({ "properties": { "a": true } }),
        |inner, _| json!({ "anyOf": [inner], "unevaluatedProperties": { "type": "integer" } }),
    )
}

#[test]
fn size_is_bounded_also_where_references_hide_it() {
    let patterns = |n: usize| (0..n).map(|n| json!({ "pattern": format!("^{n}+$") })).collect::<Vec<_>>();
    check_schemas(
        &[
            ("63 deep", nested(63)),
            ("a chain of 30", chain(30)),
            ("a chain of 100", chain(100)),
            ("doubled 7 times", doubling(7)),
            ("doubled 60 times", doubling(60)),
            ("5,000 nodes", json!({ "enum": (0..5_000).collect::<Vec<_>>() })),
            ("4,000 nodes", json!({ "enum": (0..4_000).collect::<Vec<_>>() })),
            ("100,000 bytes", json!({ "description": "x".repeat(100_000) })),
            ("64 patterns", json!({ "anyOf": patterns(64) })),
            ("65 patterns", json!({ "anyOf": patterns(65) })),
            ("one pattern, 200 times", json!({ "anyOf": vec![json!({ "pattern": "^a+$" }); 200] })),
            ("evaluated 4 times", evaluated(4)),
            ("evaluated 20 times", evaluated(20)),
            ("huge numbers", json!({ "minItems": 9_007_199_254_740_991_u64, "maxLength": 1e300 })),
        ],
        expect![[r#"
            63 deep                  compiles
            a chain of 30            compiles
            a chain of 100           limit: the schema is deeper than 64 schemas inside one another, with references followed (json_depth) (at "/$defs/d63")
            doubled 7 times          compiles
            doubled 60 times         limit: the schema is deeper than 64 schemas inside one another, with references followed (json_depth) (at "/$defs/d31/allOf/0")
            5,000 nodes              limit: the schema has over 4096 nodes, with references followed (schema_nodes)
            4,000 nodes              compiles
            100,000 bytes            limit: the schema is longer than 65536 bytes (schema_bytes)
            64 patterns              compiles
            65 patterns              limit: the schema has over 64 patterns (at "/anyOf/64/pattern")
            one pattern, 200 times   compiles
            evaluated 4 times        compiles
            evaluated 20 times       limit: the schema is too heavy: to check 1024 bytes could take over 1073741824 steps (schema_work)
            huge numbers             compiles
        "#]],
    );
}

#[test]
fn what_is_no_schema_is_refused() {
    check_schemas(
        &[
            ("null", json!(null)),
            ("a number", json!(1)),
            ("an array", json!([{}])),
            ("no such type", json!({ "type": "text" })),
            ("a list of names", json!({ "properties": ["a"] })),
            ("a schema that is text", json!({ "properties": { "a": "string" } })),
            ("a text for a number", json!({ "properties": { "a": { "minLength": "1" } } })),
            ("items of old", json!({ "items": [{}, {}] })),
        ],
        expect![[r#"
            null                     invalid: a schema is an object, `true` or `false`
            a number                 invalid: a schema is an object, `true` or `false`
            an array                 invalid: a schema is an object, `true` or `false`
            no such type             invalid: the schema is invalid at /type: the value is not valid under any of the schemas listed in the 'anyOf' keyword
            a list of names          invalid: the schema is invalid at /properties: the value is not of type "object"
            a schema that is text    invalid: the schema is invalid at /properties/a: the value is not of types "boolean", "object"
            a text for a number      invalid: the schema is invalid at /properties/a/minLength: the value is not of type "integer"
            items of old             invalid: the schema is invalid at /items: the value is not of types "boolean", "object"
        "#]],
    );
}

#[test]
fn patterns_are_linear_and_small() {
    let pattern = |source: &str| json!({ "pattern": source });
    check_schemas(
        &[
            ("catastrophic elsewhere", pattern("^(a+)+$")),
            ("unicode", pattern(r"^\p{L}+$")),
            ("unbalanced", pattern("(")),
            ("bad class", json!({ "patternProperties": { "[z-a]": true } })),
            ("back-reference", pattern(r"^(a)\1$")),
            ("look-behind", pattern("(?<=a)b")),
            ("long", pattern(&"a".repeat(1_025))),
            ("repeated", pattern("((a{1,100}){1,100}){1,100}")),
            ("many states", pattern("(([ab]?){30}){30}[cd]")),
            ("deep", pattern(&("(".repeat(500) + &")".repeat(500)))),
            ("no text", json!({ "pattern": 1 })),
        ],
        expect![[r#"
            catastrophic elsewhere   compiles
            unicode                  compiles
            unbalanced               invalid: a pattern is no regular expression, or needs backtracking (look-around, back-references) (at "/pattern")
            bad class                invalid: a pattern is no regular expression, or needs backtracking (look-around, back-references) (at "/patternProperties")
            back-reference           invalid: a pattern is no regular expression, or needs backtracking (look-around, back-references) (at "/pattern")
            look-behind              invalid: a pattern is no regular expression, or needs backtracking (look-around, back-references) (at "/pattern")
            long                     limit: a pattern is longer than 1024 bytes (at "/pattern")
            repeated                 limit: a pattern grows over 65536 bytes when compiled; repeat less, or use smaller classes (at "/pattern")
            many states              limit: a pattern grows over 65536 bytes when compiled; repeat less, or use smaller classes (at "/pattern")
            deep                     invalid: a pattern is no regular expression, or needs backtracking (look-around, back-references) (at "/pattern")
            no text                  invalid: the schema is invalid at /pattern: the value is not of type "string"
        "#]],
    );
}

#[test]
fn a_pattern_that_would_backtrack_for_ever_just_answers() {
    let long = format!("\"{}b\"", "a".repeat(1 << 19));
    let schema = compile(&json!({ "pattern": "^(a+)+$" })).unwrap();
    expect![[r#"invalid: at the top: the value does not match "^(a+)+$""#]]
        .assert_eq(&verdict(&schema, &long));
}

/// `n` alternatives that the last of many items fits.
fn heavy(n: usize) -> Value {
    json!({ "items": { "anyOf": (0..n).map(|n| json!({ "const": n })).collect::<Vec<_>>() } })
}

#[test]
fn a_payload_that_would_take_too_long_is_refused_unread() {
    let items = |n: usize| format!("[{}]", vec!["7"; n].join(","));
    let fractions = vec![json!({ "multipleOf": 1e-300 }); 600];
    let states = json!({ "not": { "pattern": "[ab]*a[ab]{300}[cd]" } });
    let line = |(what, schema, payload): (&str, Value, String)| {
        format!("{what:<24} {}\n", verdict(&compile(&schema).unwrap(), &payload))
    };
    let lines = [
        ("many alternatives", heavy(1_300), items(100)),
        ("many alternatives", heavy(1_300), items(300_000)),
        ("many fractions", json!({ "items": { "allOf": fractions } }), items(30_000)),
        ("many comparisons", json!({ "allOf": vec![json!({ "uniqueItems": true }); 600] }), items(30_000)),
        ("many states", states.clone(), format!("\"{}\"", "ab".repeat(100))),
        ("many states", states, format!("\"{}\"", "ab".repeat(1 << 18))),
    ]
    .map(line)
    .concat();
    expect![[r#"
        many alternatives        fits
        many alternatives        limit: longer than the 206330 bytes that so heavy a schema can check (schema_work)
        many fractions           limit: longer than the 13765 bytes that so heavy a schema can check (schema_work)
        many comparisons         limit: longer than the 52629 bytes that so heavy a schema can check (schema_work)
        many states              fits
        many states              limit: longer than the 130992 bytes that so heavy a schema can check (schema_work)
    "#]]
    .assert_eq(&lines);
}

#[test]
fn messages_are_short_and_do_not_repeat_the_payload() {
    let schema = compile(&json!({ "additionalProperties": { "type": "string" } })).unwrap();
    let message = verdict(&schema, &format!(r#"{{"{}":{{"secret":"hunter2"}}}}"#, "k".repeat(100_000)));
    assert!(message.len() < 500 && !message.contains("hunter2"), "{message}");
    let schema = compile(&json!({ "additionalProperties": false })).unwrap();
    let message = verdict(&schema, &format!(r#"{{"{}":1}}"#, "é".repeat(100_000)));
    assert!(message.chars().count() < 500, "{message}");
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn any_schema() -> impl Strategy<Value = Value> {
        let keyword = prop::sample::select(vec![
            "$ref",
            "allOf",
            "anyOf",
            "oneOf",
            "not",
            "if",
            "then",
            "else",
            "items",
            "prefixItems",
            "contains",
            "properties",
            "patternProperties",
            "additionalProperties",
            "unevaluatedProperties",
            "unevaluatedItems",
            "propertyNames",
            "dependentSchemas",
            "$defs",
            "enum",
            "const",
            "type",
            "pattern",
            "required",
            "multipleOf",
            "minimum",
            "uniqueItems",
            "maxLength",
            "minContains",
            "#",
            "a",
        ]);
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            (-3_i64..300).prop_map(Value::from),
            Just(json!(1e-300)),
            prop::sample::select(vec!["#", "#/$defs/a", "#/allOf/0", "string", "integer", "^a+$", "a"])
                .prop_map(Value::from),
        ];
        leaf.prop_recursive(8, 64, 4, move |inner| {
            prop_oneof![
                1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                4 => prop::collection::btree_map(keyword.clone(), inner, 0..4)
                    .prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn no_schema_makes_it_panic_and_messages_are_stable(schema in any_schema(), payload in any_schema()) {
            let first = compile(&schema);
            let again = compile(&schema);
            prop_assert_eq!(first.as_ref().err(), again.as_ref().err());
            if let (Ok(first), Ok(again)) = (first, again) {
                let payload = payload.to_string();
                prop_assert_eq!(verdict(&first, &payload), verdict(&again, &payload));
            }
        }
    }
}

/// One line a rule of the operator's.
#[test]
fn a_rule_has_no_word_that_is_not_checked() {
    let table = [
        (
            "a rule",
            json!({ "properties": { "agent": { "enum": ["worker"], "x-form": { "any": 1 } } }, "title": "t" }),
        ),
        ("nothing", json!({})),
        ("remarks only", json!({ "description": "none" })),
        ("true", json!(true)),
        ("false", json!(false)),
        ("a slip", json!({ "requird": ["a"] })),
        ("a slip deep down", json!({ "properties": { "a": { "anyOf": [{ "max_length": 3 }] } } })),
        ("a kind's second half", json!({ "count": { "type": "object" } })),
        ("format", json!({ "properties": { "a": { "format": "email" } } })),
        ("an old word", json!({ "dependencies": { "a": ["b"] } })),
        ("a property of any name", json!({ "properties": { "requird": { "type": "string" } } })),
        ("data of any shape", json!({ "const": { "requird": ["a"] } })),
        ("no schema", json!({ "type": "objct" })),
        ("recursion", json!({ "properties": { "a": { "$ref": "#" } } })),
    ];
    let line = |(what, schema): &(&str, Value)| {
        let schema = Json::from_value(schema).expect("a test's schema is JSON");
        match Schema::compile_rule(&schema, &Limits::default()) {
            Ok(_) => format!("{what:<24} compiles\n"),
            Err(failure) => format!("{what:<24} {}: {failure}\n", failure.code),
        }
    };
    expect![[r#"
        a rule                   compiles
        nothing                  invalid: the schema asks for nothing
        remarks only             invalid: the schema asks for nothing
        true                     invalid: the schema asks for nothing
        false                    compiles
        a slip                   invalid: "requird" is no keyword of JSON Schema; did you mean required? (at "/requird")
        a slip deep down         invalid: "max_length" is no keyword of JSON Schema; did you mean maxLength? (at "/properties/a/anyOf/0/max_length")
        a kind's second half     invalid: "count" is no keyword of JSON Schema; did you mean const? (at "/count")
        format                   invalid: `format` isn't checked, so it can't stand in a rule (at "/properties/a/format")
        an old word              invalid: `dependencies` isn't checked, so it can't stand in a rule (at "/dependencies")
        a property of any name   compiles
        data of any shape        compiles
        no schema                invalid: the schema is invalid at /type: the value is not valid under any of the schemas listed in the 'anyOf' keyword
        recursion                invalid: `$ref` leads back to itself; recursive schemas are refused (at "/properties/a/$ref")
    "#]].assert_eq(&table.iter().map(line).collect::<String>());
}
