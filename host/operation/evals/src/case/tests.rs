//! What is read as a case, and what is said of what isn't.

use serde_json::json;

use super::*;
use crate::expect::{Decided, Gate};
use crate::matching::Want;

fn one(value: &Value) -> Case {
    cases("a.json", &value.to_string()).unwrap_or_else(|why| panic!("{value}: {why:?}")).remove(0)
}

#[test]
fn both_spellings_of_earlier_cases_are_read_alike() {
    let case = |agent: &str, kind: &str| {
        one(&json!({
            "name": "n", agent: "a", "input": {},
            "expect": {
                "decision_count": 1, kind: "sys.info", "source": "a", "payload_contains": {"x": 1}, "gate": "reject",
                "result_contains": {"tool": "sys.info"}, "deterministic": true,
            },
        }))
    };
    let read = case("kind", "decision_kind");
    assert_eq!(read, case("agent", "decision_type"));
    let first = Decided {
        kind: Some("sys.info".into()),
        source: Some("a".into()),
        payload: vec![Want::Containing(json!({"x": 1}))],
        gate: Some(Gate::Reject),
        ..Decided::default()
    };
    assert_eq!((read.expect.decision_count, &read.expect.first), (Some(1), &first));
    assert_eq!(read.expect.result, [Want::Containing(json!({"tool": "sys.info"}))]);
    assert!(read.expect.deterministic);
}

#[test]
fn a_case_may_say_everything() {
    let case = one(&json!([{
        "name": "n", "agent": "a", "input": [1.0],
        "model": ["one", {"when": "w", "structured": {"a": 1}}, {"calls": [{"name": "greet"}]}],
        "files": {"data/a.txt": "t"},
        "grants": {"tool": {"t": {"store": true}}},
        "before": [{"tool": "t", "payload": 1}, {"agent": "b"}],
        "expect": {
            "decisions": [{}, {"outcome": "refused", "note": "x", "message_contains": "no"}],
            "state": "FAILED", "error_code": "trap", "error_contains": "gave up", "turns": 2, "model_calls": 3,
            "logs_contain": ["a", "b"],
        },
    }]));
    assert_eq!(case.model.as_ref().map(Vec::len), Some(3));
    assert_eq!(case.before.iter().map(|work| work.name().as_str()).collect::<Vec<_>>(), ["t", "b"]);
    let Work::Agent { input, .. } = &case.work else { panic!("an agent's") };
    assert_eq!(input.as_str(), "[1]");
    assert_eq!(case.expect.decisions.as_ref().map(Vec::len), Some(2));
    assert_eq!((case.expect.state, case.expect.logs.len()), (Some("FAILED"), 2));
    let tool = one(&json!({"name": "n", "tool": "t", "payload": {"a": 1}, "expect": {"error": "x"}}));
    assert_eq!(tool.expect.error, [Want::Exactly(json!("x"))]);
    assert!(one(&json!({"name": "n", "agent": "a", "expect": {"deterministic": false}})).expect.is_nothing());
}

#[test]
fn a_slip_is_a_sentence_with_the_nearest_word() {
    let agent = |more: Value| {
        let mut case = json!({"name": "n", "agent": "a"});
        case.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        case
    };
    let expect = |expect: Value| agent(json!({ "expect": expect }));
    for (value, want) in [
        (json!({"agent": "a"}), "a.json: case: a case needs a `name`"),
        (json!({"name": "n"}), "a.json: case \"n\": it names neither an `agent` nor a `tool`"),
        (json!(5), "a.json: case: an agent's case has to be an object, not 5"),
        (agent(json!({"kind": "b"})), "it has both `agent` and `kind`, which mean the same"),
        (agent(json!({"agent": "../a"})), "`agent` can't be \"../a\": "),
        (agent(json!({"imput": 1})), "an agent's case has no member `imput`; did you mean input?"),
        (agent(json!({"zzzzzz": 1})), "has no member `zzzzzz`; there are name, agent, kind"),
        (json!({"name": "n", "tool": "t", "input": 1}), "a tool's case has no member `input`"),
        (json!({"name": "n", "tool": "t", "model": []}), "a tool's case has no member `model`"),
        (
            json!({"name": "n", "tool": "t", "expect": {"turns": 1}}),
            "`expect` of a tool has no member `turns`",
        ),
        (expect(json!({"decision_cuont": 1})), "no member `decision_cuont`; did you mean decision_count?"),
        (expect(json!({"decision_count": "1"})), "has to be a whole number, not \"1\""),
        (expect(json!({"decision_count": -1})), "has to be a whole number, not -1"),
        (expect(json!({"gate": "accepts"})), "can't be \"accepts\"; did you mean accept?"),
        (expect(json!({"state": "done"})), "can't be \"done\"; did you mean DONE?"),
        (expect(json!({"deterministic": 1})), "has to be true or false, not 1"),
        (expect(json!({"decision_kind": "a", "decision_type": "b"})), "which mean the same"),
        (expect(json!({"decisions": {}})), "`decisions` of `expect` has to be a list, not {}"),
        (
            expect(json!({"decisions": [{}, {"king": "a"}]})),
            "decision 2 of `expect` has no member `king`; did you mean kind?",
        ),
        (expect(json!({"decisions": [{"outcome": "Not OK"}]})), "has to be `ok` or a code such as `refused`"),
        (expect(json!({"logs_contain": [1]})), "`logs_contain` has to be a text or a list of texts, not 1"),
        (expect(json!([])), "`expect` has to be an object, not []"),
        (agent(json!({"model": "one"})), "`model` of an agent's case has to be a list, not \"one\""),
        (agent(json!({"model": ["a", {"txt": "b"}]})), "answer 2 of `model`: unknown field `txt`"),
        (agent(json!({"model": [{"when": "b"}]})), "answer 1 of `model` has none of text"),
        (agent(json!({"files": {"data/a": 1}})), "the file \"data/a\" of `files` has to be a text, not 1"),
        (agent(json!({"files": []})), "`files` has to be an object such as"),
        (agent(json!({"before": [{}]})), "`before` 1: it names neither"),
        (
            agent(json!({"before": [{"tool": "t", "input": 1}]})),
            "`before` 1 has `input`, which doesn't go with",
        ),
        (agent(json!({"before": [{"kind": "t"}]})), "`before` 1 has no member `kind`"),
    ] {
        let why = cases("a.json", &value.to_string()).expect_err("a slip").join("\n");
        assert!(why.contains(want) && why.starts_with("a.json: case"), "{value}\n{why}\n{want}");
    }
}

#[test]
fn each_bad_case_of_a_file_is_told() {
    let why = cases("a.json", r#"[{"name":"x"},{"name":"y","agent":"a"},{"agent":"a"}]"#).unwrap_err();
    assert_eq!(why.len(), 2, "{why:?}");
    assert!(
        why[0].starts_with("a.json: case 1 \"x\": ") && why[1].starts_with("a.json: case 3: "),
        "{why:?}"
    );
    for broken in ["", "{", "{\"a\":1,\"a\":2}", "\u{feff}[]"] {
        let why = cases("a.json", broken).unwrap_err();
        assert!(why.len() == 1 && why[0].starts_with("a.json: "), "{why:?}");
    }
    assert_eq!(cases("a.json", "[]"), Ok(Vec::new()));
}
