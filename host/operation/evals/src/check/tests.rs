//! Each expectation holds where it should, and nowhere else.

use jaros_decision::{Code, Digest};
use serde_json::json;

use super::*;

fn decision(
    kind: &str,
    payload: &str,
    gate: Option<Gate>,
    outcome: Option<Result<&str, (&str, &str)>>,
) -> Decision {
    let outcome = outcome.map(|outcome| match outcome {
        Ok(json) => Ok(Json::trusted(json.into())),
        Err((code, message)) => Err(Failure::new(Code::from_text(code), message)),
    });
    Decision {
        kind: kind.into(),
        payload: payload.into(),
        note: "because".into(),
        source: "agent:a".into(),
        gate,
        outcome,
        child: None,
        staged: Vec::new(),
    }
}

fn done() -> Seen {
    let accept = Some(Gate::Accept);
    let decisions = vec![
        decision("greet", r#"{"name":"Ada"}"#, accept, Some(Ok(r#"{"greeting":"Hello, Ada!"}"#))),
        decision("nope", "{", Some(Gate::Reject), Some(Err(("not-found", "there is no action")))),
        decision("advance", "{}", None, None),
    ];
    Seen {
        state: "DONE".into(),
        outcome: Some(Ok(Json::trusted(r#"{"a":{"b":1},"text":"some rain"}"#.into()))),
        turns: 2,
        model_calls: 1,
        out_of_answers: false,
        decisions,
        logs: vec!["first line".into(), "second".into()],
        refused: Vec::new(),
        digest: Digest::ZERO,
        took_ms: 1,
    }
}

fn failed() -> Seen {
    let outcome = Some(Err(Failure::new(Code::TRAP, "it gave up: oh")));
    Seen { state: "FAILED".into(), outcome, decisions: Vec::new(), logs: Vec::new(), ..done() }
}

/// The checks of one expectation: their names, whether they hold, and what was found.
fn of(expect: &Value, seen: &Seen) -> Vec<(String, bool, String)> {
    let expect = Expect::of_agent(expect.clone()).unwrap_or_else(|why| panic!("{expect}: {why}"));
    checks(&expect, seen).into_iter().map(|check| (check.what, check.ok, check.found)).collect()
}

#[test]
fn every_expectation_holds_and_fails() {
    let second = |members: Value| json!({ "decisions": [{}, members, {}] });
    for (good, bad, seen) in [
        (json!({"decision_count": 3}), json!({"decision_count": 1}), done()),
        (json!({"decision_count": 0}), json!({"decision_count": 1}), failed()),
        (json!({"decision_kind": "greet"}), json!({"decision_kind": "advance"}), done()),
        (json!({"decision_type": "greet"}), json!({"decision_type": "Greet"}), done()),
        (json!({"source": "a"}), json!({"source": "b"}), done()),
        (json!({"source": "agent:a"}), json!({"source": "agent"}), done()),
        (json!({"payload_contains": {"name": "Ada"}}), json!({"payload_contains": {"name": "Ad"}}), done()),
        (json!({"gate": "accept"}), json!({"gate": "reject"}), done()),
        (json!({"result_contains": {"a": {}}}), json!({"result_contains": {"b": {}}}), done()),
        (json!({"result": {"a": {"b": 1}, "text": "some rain"}}), json!({"result": {"a": {"b": 1}}}), done()),
        (json!({"state": "DONE"}), json!({"state": "FAILED"}), done()),
        (json!({"state": "FAILED"}), json!({"state": "BLOCKED"}), failed()),
        (json!({"error_code": "trap"}), json!({"error_code": "limit"}), failed()),
        (json!({"error_contains": "gave up"}), json!({"error_contains": "Gave"}), failed()),
        (json!({"error": "it gave up: oh"}), json!({"error": "gave up"}), failed()),
        (json!({"turns": 2}), json!({"turns": 1}), done()),
        (json!({"model_calls": 1}), json!({"model_calls": 0}), done()),
        (json!({"logs_contain": "line"}), json!({"logs_contain": "third"}), done()),
        (json!({"logs_contain": ["second", "first"]}), json!({"logs_contain": ["first linesecond"]}), done()),
        (json!({"decisions": [{}, {}, {}]}), json!({"decisions": [{}, {}]}), done()),
        (json!({"decisions": []}), json!({"decisions": [{}]}), failed()),
        (second(json!({"kind": "nope"})), second(json!({"kind": "greet"})), done()),
        (second(json!({"source": "a"})), second(json!({"source": "b"})), done()),
        (second(json!({"note": "because"})), second(json!({"note": "cause"})), done()),
        (second(json!({"note_contains": "cause"})), second(json!({"note_contains": "Cause"})), done()),
        (second(json!({"gate": "reject"})), second(json!({"gate": "accept"})), done()),
        (second(json!({"outcome": "not-found"})), second(json!({"outcome": "ok"})), done()),
        (
            second(json!({"message_contains": "no action"})),
            second(json!({"message_contains": "an action"})),
            done(),
        ),
        (
            json!({"decisions": [{"payload": {"name": "Ada"}, "outcome": "ok", "result": {"greeting": "Hello, Ada!"}}, {}, {}]}),
            json!({"decisions": [{"payload": {}, "outcome": "failed", "result": {}}, {}, {}]}),
            done(),
        ),
        (
            json!({"decisions": [{"payload_contains": {}, "result_contains": {"greeting": "Hello, Ada!"}}, {}, {}]}),
            json!({"decisions": [{"payload_contains": {"x": 1}, "result_contains": {"greeting": "Ada"}}, {}, {}]}),
            done(),
        ),
    ] {
        let (held, broke) = (of(&good, &seen), of(&bad, &seen));
        assert!(!held.is_empty() && held.iter().all(|(_, ok, _)| *ok), "{good}: {held:?}");
        // The number of decisions is a check too, and it holds where only one of them is wrong.
        let wrong = broke.iter().filter(|(what, ok, _)| !ok || what == "decisions").count();
        assert!(wrong == broke.len() && broke.iter().any(|(_, ok, _)| !ok), "{bad}: {broke:?}");
    }
}

#[test]
fn what_was_found_says_why() {
    for (expect, seen, what, found) in [
        (json!({"result": 1}), failed(), "result", "no result, trap: it gave up: oh"),
        (json!({"state": "DONE"}), failed(), "state", "FAILED, trap: it gave up: oh"),
        (
            json!({"error_contains": "x"}),
            done(),
            "error_contains",
            r#"no failure, {"a":{"b":1},"text":"some rain"}"#,
        ),
        (json!({"error_code": "x"}), done(), "error_code", "DONE"),
        (json!({"gate": "accept"}), failed(), "decision_kind", "no decision"),
        (json!({"logs_contain": "x"}), done(), "logs_contain", "first line | second"),
        (json!({"logs_contain": "x"}), failed(), "logs_contain", "nothing was logged"),
        (
            json!({"decisions": [{}, {"gate": "accept"}, {}]}),
            done(),
            "decision 2: gate",
            "reject, not-found: there is no action",
        ),
        (json!({"decisions": [{}, {"payload": {}}, {}]}), done(), "decision 2: payload", "{"),
        (json!({"decisions": [{}, {}, {"gate": "reject"}]}), done(), "decision 3: gate", "not judged"),
        (json!({"decisions": [{}, {}, {"outcome": "ok"}]}), done(), "decision 3: outcome", "none"),
        (json!({"decisions": [{}, {}, {}, {"kind": "x"}]}), done(), "decision 4: kind", "no decision"),
    ] {
        let broken = of(&expect, &seen).into_iter().rfind(|(_, ok, _)| !ok);
        assert_eq!(broken, Some((what.to_owned(), false, found.to_owned())), "{expect}");
    }
}

#[test]
fn a_second_run_is_compared_whole() {
    let other = |change: fn(&mut Seen)| {
        let mut seen = Seen { digest: Digest::of(b"other"), ..done() };
        change(&mut seen);
        same_twice(&done(), &seen)
    };
    assert!(same_twice(&done(), &done()).ok);
    let check = other(|seen| seen.decisions[0].payload = "{}".into());
    assert_eq!(check.found, r#"decision 1 was greet {"name":"Ada"} “because”, then greet {} “because”"#);
    assert_eq!(other(|seen| seen.decisions.truncate(2)).found, "3 decisions, then 2");
    let check = other(|_| ());
    assert_eq!((check.ok, &*check.found), (false, "the same decisions, with other results or effects"));
}
