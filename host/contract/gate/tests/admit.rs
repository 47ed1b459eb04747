//! Every way in, and every way not in, with its code and its sentence.

use std::cell::Cell;
use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use jaros_decision::{Code, Digest, Failure, Json, Limits, Name, Proposal};
use jaros_gate::{Action, Actions, Admitted, AgentMay, Refusal, Schema, Validate, View, admit};
use serde_json::json;

struct Tenant(BTreeMap<&'static str, Action>);

impl Actions for Tenant {
    fn find(&self, kind: &str) -> Option<&Action> {
        self.0.get(kind)
    }

    fn all(&self) -> Box<dyn Iterator<Item = &Action> + '_> {
        Box::new(self.0.values())
    }
}

fn tenant() -> Tenant {
    let count =
        json!({ "type": "object", "required": ["text"], "properties": { "text": { "type": "string" } } });
    let action = |kind: &'static str, schema: Schema, component: Option<Digest>, open: bool| {
        let kind_name = Name::new(kind).expect("what a test is built of is valid");
        (kind, Action { kind: kind_name, description: String::new(), schema, component, open })
    };
    let count = Schema::compile(
        &Json::from_value(&count).expect("what a test is built of is valid"),
        &Limits::default(),
    )
    .expect("what a test is built of is valid");
    Tenant(BTreeMap::from([
        action("advance", Schema::any(), None, true),
        action("fs.write", Schema::any(), None, true),
        action("submit", Schema::any(), None, true),
        action("text.count", count, Some(Digest::of(b"text.count")), true),
        action("disk.usage", Schema::any(), Some(Digest::of(b"disk.usage")), false),
    ]))
}

/// A tool that refuses payloads with a `"no"` in them, and counts how often it is asked.
#[derive(Default)]
struct Tool {
    asked: Cell<u32>,
}

impl Validate for Tool {
    fn validate(&self, kind: &Name, payload: &Json) -> Result<(), Failure> {
        self.asked.set(self.asked.get() + 1);
        if payload.as_str().contains("no") {
            return Err(Failure::new(Code::REFUSED, format!("{kind} doesn't want {payload}")));
        }
        Ok(())
    }
}

fn only(kinds: &[&str]) -> AgentMay {
    AgentMay::only(kinds.iter().map(|kind| Name::new(kind).expect("what a test is built of is valid")))
}

/// An agent that may propose whatever is open, with these rules for its payloads.
fn ruled(rules: &[(&str, serde_json::Value)]) -> AgentMay {
    let mut may = AgentMay::OPEN;
    for (kind, rule) in rules {
        let rule = Json::from_value(rule).map(|rule| Schema::compile_rule(&rule, &limits()));
        let rule = rule.expect("what a test is built of is JSON").expect("what a test is built of is a rule");
        may.rules.entry(Name::new(kind).expect("what a test is built of is valid")).or_default().push(rule);
    }
    may
}

fn limits() -> Limits {
    Limits { json_bytes: 200, note_bytes: 10, ..Limits::default() }
}

fn judge(grants: &AgentMay, proposal: &Proposal, tool: &Tool) -> Result<Admitted, Box<Refusal>> {
    let limits = limits();
    let view = View { actions: &tenant(), grants, limits: &limits, action_limits: &limits };
    admit(
        "job/1/2".parse().expect("what a test is built of is valid"),
        "agent:greeter".parse().expect("what a test is built of is valid"),
        proposal,
        &view,
        tool,
    )
}

fn propose(kind: &str, payload: &str) -> Proposal {
    Proposal { kind: kind.into(), payload: payload.into(), note: String::new() }
}

fn check(grants: &AgentMay, proposals: &[Proposal], expected: Expect) {
    let line = |proposal: &Proposal| {
        let tool = Tool::default();
        let shown: String =
            format!("{} {}", proposal.kind, proposal.payload).escape_debug().take(40).collect();
        let verdict = match judge(grants, proposal, &tool) {
            Ok(admitted) => format!("admitted {}", admitted.payload()),
            Err(refusal) => format!("{}: {}", refusal.failure.code, refusal.failure),
        };
        format!("{shown:<40} {} {verdict}\n", if tool.asked.get() == 1 { "asked" } else { "-    " })
    };
    expected.assert_eq(&proposals.iter().map(line).collect::<String>());
}

#[test]
fn without_a_grant_an_agent_may_propose_what_is_open() {
    check(
        &AgentMay::OPEN,
        &[
            propose("text.count", r#"{ "text": "a" }"#),
            propose("advance", "{}"),
            propose("disk.usage", "{}"),
            propose("text.count", r#"{"text":1}"#),
            propose("text.count", "[]"),
            propose("text.count", r#"{"text":"no"}"#),
        ],
        expect![[r#"
            text.count { \"text\": \"a\" }           asked admitted {"text":"a"}
            advance {}                               asked admitted {}
            disk.usage {}                            -     refused: this agent may not propose "disk.usage"
            text.count {\"text\":1}                  -     invalid: payload of text.count: at /text: the value is not of type "string"
            text.count []                            -     invalid: payload of text.count: at the top: the value is not of type "object"
            text.count {\"text\":\"no\"}             asked refused: text.count doesn't want {"text":"no"}
        "#]],
    );
}

#[test]
fn with_a_grant_it_may_propose_exactly_that() {
    check(
        &only(&["disk.usage"]),
        &[propose("disk.usage", "{}"), propose("advance", "{}"), propose("text.count", r#"{"text":"a"}"#)],
        expect![[r#"
            disk.usage {}                            asked admitted {}
            advance {}                               -     refused: this agent may not propose "advance"
            text.count {\"text\":\"a\"}              -     refused: this agent may not propose "text.count"
        "#]],
    );
    check(
        &only(&[]),
        &[propose("advance", "{}"), propose("fly", "{}")],
        expect![[r#"
        advance {}                               -     refused: this agent may not propose "advance"
        fly {}                                   -     not-found: there is no action "fly"; this agent may propose nothing
    "#]],
    );
}

#[test]
fn a_payload_has_to_fit_the_operators_rules_too() {
    let may = ruled(&[
        (
            "submit",
            json!({ "properties": { "agent": { "enum": ["worker", "reviewer"] } }, "required": ["agent"] }),
        ),
        ("submit", json!({ "maxProperties": 2 })),
        (
            "text.count",
            json!({ "properties": { "text": { "maxLength": 3 } }, "additionalProperties": false }),
        ),
        ("disk.usage", json!({ "maxProperties": 0 })),
    ]);
    check(
        &may,
        &[
            propose("submit", r#"{"agent":"worker"}"#),
            propose("submit", r#"{"agent":"planner"}"#),
            propose("submit", "{}"),
            propose("submit", r#"{"agent":"worker","input":1,"wait":true}"#),
            propose("text.count", r#"{"text":"abc"}"#),
            propose("text.count", r#"{"text":"abcd"}"#),
            propose("text.count", r#"{"text":1}"#),
            propose("text.count", r#"{"text":"no"}"#),
            propose("disk.usage", "{}"),
            propose("advance", r#"{"agent":"planner"}"#),
        ],
        expect![[r#"
            submit {\"agent\":\"worker\"}            asked admitted {"agent":"worker"}
            submit {\"agent\":\"planner\"}           -     refused: the operator's rule for what this agent may put into submit: at /agent: the value is not one of "worker" or "reviewer"; allowed is {"properties":{"agent":{"enum":["worker","reviewer"]}},"required":["agent"]}
            submit {}                                -     refused: the operator's rule for what this agent may put into submit: at the top: "agent" is a required property; allowed is {"properties":{"agent":{"enum":["worker","reviewer"]}},"required":["agent"]}
            submit {\"agent\":\"worker\",\"input\":1 -     refused: the operator's rule for what this agent may put into submit: at the top: the value has more than 2 properties; allowed is {"maxProperties":2}
            text.count {\"text\":\"abc\"}            asked admitted {"text":"abc"}
            text.count {\"text\":\"abcd\"}           -     refused: the operator's rule for what this agent may put into text.count: at /text: the value is longer than 3 characters; allowed is {"additionalProperties":false,"properties":{"text":{"maxLength":3}}}
            text.count {\"text\":1}                  -     invalid: payload of text.count: at /text: the value is not of type "string"
            text.count {\"text\":\"no\"}             asked refused: text.count doesn't want {"text":"no"}
            disk.usage {}                            -     refused: this agent may not propose "disk.usage"
            advance {\"agent\":\"planner\"}          asked admitted {"agent":"planner"}
        "#]],
    );
}

#[test]
fn a_rule_that_is_too_heavy_for_a_payload_is_a_limit() {
    let limits = Limits { schema_work: 1 << 24, ..Limits::default() };
    let rule = Json::from_value(&json!({ "pattern": "^(a|b|c){0,9}x$" }));
    let rule = rule.expect("what a test is built of is JSON");
    let rule = Schema::compile_rule(&rule, &limits).expect("what a test is built of is a rule");
    let mut may = AgentMay::OPEN;
    let kind: Name = "submit".parse().expect("a name");
    may.rules.insert(kind.clone(), vec![rule]);
    let long = Json::string(&"a".repeat(1 << 20));
    let failure = may.check(&kind, &long, limits.schema_work).expect_err("a limit");
    assert_eq!(failure.code, Code::LIMIT);
    assert!(
        failure.message.starts_with("the operator's rule for what this agent may put into submit: "),
        "{failure}"
    );
}

#[test]
fn a_long_rule_is_cut_in_the_message() {
    let may = ruled(&[("submit", json!({ "enum": ["é".repeat(2_000)] }))]);
    let failure = judge(&may, &propose("submit", "{}"), &Tool::default()).unwrap_err().failure;
    assert!(failure.message.chars().count() < 1_000 && failure.message.ends_with('…'), "{failure}");
}

#[test]
fn an_agent_is_told_what_both_the_action_and_the_operator_ask_for() {
    let tenant = tenant();
    let rule = json!({ "properties": { "text": { "$ref": "#/$defs/short" } }, "$defs": { "short": { "maxLength": 3 } } });
    let may = ruled(&[("text.count", rule.clone()), ("submit", rule.clone())]);
    let told = |kind: &str| may.schema(&tenant.0[kind]).to_value();
    assert_eq!(told("submit"), rule, "the action asks for nothing");
    assert_eq!(told("advance"), json!({}), "nobody asks for anything");
    let mut there = rule;
    there["properties"]["text"]["$ref"] = json!("#/allOf/1/$defs/short");
    let own = tenant.0["text.count"].schema.json().to_value();
    assert_eq!(told("text.count"), json!({ "type": "object", "allOf": [own, there] }));
    let both = Schema::compile(&may.schema(&tenant.0["text.count"]), &limits()).expect("it is a schema");
    for (payload, fits) in [(r#"{"text":"abc"}"#, true), (r#"{"text":"abcd"}"#, false), ("{}", false)] {
        let payload = Json::parse(payload, jaros_decision::JsonLimits::default()).unwrap();
        assert_eq!(both.check(&payload, Limits::default().schema_work).is_ok(), fits, "{payload}");
    }
}

#[test]
fn payloads_that_are_no_json_are_refused() {
    check(
        &AgentMay::OPEN,
        &[
            propose("advance", ""),
            propose("advance", "{'a':1}"),
            propose("advance", r#"{"a":1,"a":2}"#),
            propose("advance", r#"{"a":"\ud800"}"#),
            propose("advance", "12345678901234567890"),
            propose("advance", &"[".repeat(150)),
            propose("advance", &" ".repeat(201)),
            propose("advance", "\u{feff}{}"),
        ],
        expect![[r#"
            advance                                  -     invalid: payload: not JSON: the text is empty
            advance {\'a\':1}                        -     invalid: payload: not JSON: key must be a string at line 1 column 2
            advance {\"a\":1,\"a\":2}                -     invalid: payload: the member "a" is repeated at line 1 column 13
            advance {\"a\":\"\\ud800\"}              -     invalid: payload: not JSON: unexpected end of hex escape at line 1 column 13
            advance 12345678901234567890             -     invalid: payload: an integer is beyond ±(2^53−1) at line 1 column 20; write it as a string
            advance [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ -     limit: payload: JSON is nested deeper than 64 levels at line 1 column 65 (json_depth)
            advance                                  -     limit: payload: the JSON text is longer than 200 bytes (json_bytes)
            advance \u{feff}{}                       -     invalid: payload: the JSON text begins with a byte-order mark; save it as UTF-8 without one
        "#]],
    );
}

#[test]
fn kinds_that_are_not_there_bring_what_is_near() {
    check(
        &AgentMay::OPEN,
        &[
            propose("text.cuont", "{}"),
            propose("text_count", "{}"),
            propose("count", "{}"),
            propose("Advance", "{}"),
            propose("write", "{}"),
            propose("disk.usege", "{}"),
            propose("fly.to.the.moon", "{}"),
            propose("", "{}"),
            propose("../../etc/passwd", "{}"),
            propose("tenants/other/tools/pay", "{}"),
            propose("a\u{1b}[31m\n\0", "{}"),
            propose(&"k".repeat(100_000), "{}"),
        ],
        expect![[r#"
            text.cuont {}                            -     not-found: there is no action "text.cuont"; did you mean text.count?
            text_count {}                            -     not-found: there is no action "text_count"; did you mean text.count?
            count {}                                 -     not-found: there is no action "count"; did you mean text.count?
            Advance {}                               -     not-found: there is no action "Advance"; did you mean advance?
            write {}                                 -     not-found: there is no action "write"; did you mean fs.write?
            disk.usege {}                            -     not-found: there is no action "disk.usege"; this agent may propose advance, fs.write, submit, text.count
            fly.to.the.moon {}                       -     not-found: there is no action "fly.to.the.moon"; this agent may propose advance, fs.write, submit, text.count
             {}                                      -     not-found: there is no action ""; this agent may propose advance, fs.write, submit, text.count
            ../../etc/passwd {}                      -     not-found: there is no action "../../etc/passwd"; this agent may propose advance, fs.write, submit, text.count
            tenants/other/tools/pay {}               -     not-found: there is no action "tenants/other/tools/pay"; this agent may propose advance, fs.write, submit, text.count
            a\u{1b}[31m\n\0 {}                       -     not-found: there is no action "a\u{1b}[31m\n\0"; this agent may propose advance, fs.write, submit, text.count
            kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk -     not-found: there is no action "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk…"; this agent may propose advance, fs.write, submit, text.count
        "#]],
    );
}

#[test]
fn with_many_actions_only_some_are_named() {
    let mut tenant = tenant();
    for n in 0..20 {
        let kind: &'static str = format!("tool{n:02}").leak();
        let action = Action { kind: Name::new(kind).unwrap(), ..tenant.0["advance"].clone() };
        tenant.0.insert(kind, action);
    }
    let limits = limits();
    let view = View { actions: &tenant, grants: &AgentMay::OPEN, limits: &limits, action_limits: &limits };
    let id = "job/1/1".parse().unwrap();
    let source = "agent:greeter".parse().unwrap();
    let refusal = admit(id, source, &propose("something-else", "{}"), &view, &Tool::default()).unwrap_err();
    expect![[r#"there is no action "something-else"; this agent may propose advance, fs.write, submit, text.count, tool00, tool01, tool02, tool03 and 16 more"#]].assert_eq(&refusal.failure.message);
}

#[test]
fn the_first_check_that_fails_is_the_answer() {
    // Each proposal breaks one rule less than the one before it, from the cheapest rule on.
    let noted =
        |kind: &str, payload: &str| Proposal { note: "far too long".into(), ..propose(kind, payload) };
    check(
        &only(&["advance"]),
        &[
            noted("fly", "{"),
            propose("fly", "{"),
            propose("fly", "{}"),
            propose("text.count", r#"{"no":1}"#),
            propose("text.count", r#"{"text":"no"}"#),
            propose("advance", r#"{"text":"no"}"#),
            propose("advance", r#"{"text":"yes"}"#),
        ],
        expect![[r#"
            fly {                                    -     limit: the note is longer than 10 bytes (note_bytes)
            fly {                                    -     invalid: payload: not JSON: EOF while parsing an object at line 1 column 1
            fly {}                                   -     not-found: there is no action "fly"; this agent may propose advance
            text.count {\"no\":1}                    -     invalid: payload of text.count: at the top: "text" is a required property
            text.count {\"text\":\"no\"}             -     refused: this agent may not propose "text.count"
            advance {\"text\":\"no\"}                asked refused: advance doesn't want {"text":"no"}
            advance {\"text\":\"yes\"}               asked admitted {"text":"yes"}
        "#]],
    );
}

#[test]
fn what_is_admitted_is_stamped_by_the_host() {
    let note = String::from("because");
    let proposal = Proposal { note, ..propose("text.count", r#"{"text":"a","source":"agent:other"}"#) };
    let admitted = judge(&AgentMay::OPEN, &proposal, &Tool::default()).unwrap();
    assert_eq!(admitted.id().to_string(), "job/1/2");
    assert_eq!(admitted.source().to_string(), "agent:greeter");
    assert_eq!(admitted.kind().as_str(), "text.count");
    assert_eq!(admitted.payload().as_str(), r#"{"source":"agent:other","text":"a"}"#);
    assert_eq!(admitted.note(), "because");
    assert_eq!(admitted.component(), Some(Digest::of(b"text.count")));
}

#[test]
fn a_refusal_keeps_what_was_said() {
    let proposal = Proposal { note: "why".into(), ..propose("fly", r#"{ "b":1, "a":2 }"#) };
    let refusal = judge(&AgentMay::OPEN, &proposal, &Tool::default()).unwrap_err();
    assert_eq!(
        (refusal.id.to_string(), refusal.source.to_string()),
        ("job/1/2".into(), "agent:greeter".into())
    );
    assert_eq!((refusal.kind.as_str(), refusal.note.as_str()), ("fly", "why"));
    assert_eq!(refusal.payload.unwrap().as_str(), r#"{"a":2,"b":1}"#);
    let refusal = judge(&AgentMay::OPEN, &propose("advance", "{"), &Tool::default()).unwrap_err();
    assert_eq!(refusal.payload, None);
}
