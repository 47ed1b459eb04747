//! The whole way: from an empty folder to a replay.

use std::os::unix::process::ExitStatusExt;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::place::{Place, until};

/// Every bundled agent with an input, and what its result says.
fn answers() -> Vec<(&'static str, Value, Value)> {
    let plan = json!({"queue": "billing", "severity": "high"});
    vec![
        ("advance", json!({"prompt": "hi"}), json!({"answer": "hi"})),
        ("disk-monitor", json!({"path": "data"}), json!({"path": "data", "entries": 1})),
        ("echo", json!({"ü": [1, "x"]}), json!({"ü": [1, "x"]})),
        (
            "fan-out",
            json!({"texts": ["a", "b c"]}),
            json!({"total": {"characters": 4, "words": 3, "lines": 2}}),
        ),
        ("greeter", json!({"name": "Ada"}), json!({"greeting": "Hello, Ada!"})),
        (
            "proposer",
            json!({"kind": "notes", "payload": {"count": "x"}}),
            json!({"answers": [{"count": 1, "key": "x"}]}),
        ),
        ("inventory", json!({"path": "data/hello.txt"}), json!({"kind": "file"})),
        ("js-greeter", json!({"names": ["Ada", "Bob"]}), json!({"greeting": "Hello, Ada! Hello, Bob!"})),
        ("planner", json!({"ticket": "a refund"}), json!({"plan": plan})),
        ("repairer", json!({"text": "one two"}), json!({"repaired": "invalid"})),
        ("reviewer", json!({}), json!({"approved": true})),
        ("scribe", json!({"path": "a/b.txt", "text": "x"}), json!({"written": "a/b.txt"})),
        ("system-health", json!({}), json!({"system": "Linux"})),
        ("text-metrics", json!({"text": "two words"}), json!({"characters": 9, "words": 2, "lines": 1})),
        ("worker", json!({}), json!({})),
    ]
}

/// A model that classifies a ticket about a refund, and repeats another question's one word.
fn scripted(place: &Place) {
    let triage = json!({"queue": "billing", "severity": "high"}).to_string();
    let script = json!({"answers": [{"when": "refund", "text": triage}, {"when": "hi", "text": "hi"}]});
    std::fs::write(place.data("config/script.json"), script.to_string()).expect("a file");
    let llm = r#"{"provider":"script","options":{"file":"config/script.json"}}"#;
    std::fs::write(place.data("config/llm.json"), llm).expect("a file");
}

#[test]
fn from_an_empty_folder_to_a_replay() {
    let place = Place::new();
    scripted(&place);
    let node = place.serve();
    for (agent, input, want) in answers() {
        let said = place.json(&["submit", agent, "--input", &input.to_string(), "--wait"]);
        assert_eq!((&said["agent"], &said["state"]), (&json!(agent), &json!("DONE")), "{said}");
        for (member, want) in want.as_object().expect("an object") {
            assert_eq!(&said["result"][member], want, "{said}");
        }
        let id = said["id"].as_str().expect("an id");
        let story = place.json(&["show", id]);
        assert_eq!((&story["state"], &story["result"]), (&said["state"], &said["result"]), "{story}");
    }
    let bundled = place.json(&["components", "--agents"])["components"].as_array().expect("agents").len();
    assert_eq!(bundled, answers().len(), "an agent that no row asks");
    node.stop();
    let report = place.json(&["replay"]);
    for (member, want) in [("ok", true), ("byteIdentical", true), ("chainOk", true)] {
        assert_eq!(report[member], want, "{report}");
    }
    assert_eq!((&report["modelCalls"], &report["recordedModelCalls"]), (&json!(0), &json!(2)), "{report}");
    for (agent, ..) in answers() {
        assert!(report["byAgent"][agent].as_u64() >= Some(1), "{agent}: {report}");
    }
}

#[test]
fn a_worker_whose_work_came_in_bad_is_blamed() {
    let place = Place::new();
    let node = place.serve();
    let said = place.run(&["submit", "worker", "--input", r#"{"bad":true}"#, "--wait"]);
    assert_eq!((said.code, &*said.out), (1, ""), "{said:?}");
    assert!(said.err.contains("failed: the work came in bad\nnext: jaros show "), "{said:?}");
    let whole = place.run(&["submit", "worker", "--input", r#"{"bad":true}"#, "--wait", "--json"]);
    assert_eq!((whole.code, &whole.json()["error"]["code"]), (1, &json!("failed")), "{whole:?}");
    node.stop();
    let report = place.json(&["replay"]);
    assert_eq!((&report["ok"], &report["finalState"]), (&json!(true), &json!("FAILED")), "{report}");
    assert_eq!(report["attribution"]["source"], "worker", "{report}");
    assert_eq!(report["attribution"]["reason"], "the work came in bad", "{report}");
    let shown = place.ok(&["replay", "--verbose"]);
    assert!(shown.contains("by worker: the work came in bad") && shown.contains("swarm.handoff"), "{shown}");
}

#[test]
fn what_can_be_looked_at_while_a_node_runs_and_after() {
    let place = Place::new();
    let node = place.serve();
    let id = place.json(&["submit", "echo", "--input", "7", "--id", "seven", "--wait"])["id"].clone();
    assert_eq!(id, "seven");
    assert_eq!(place.ok(&["status", "--check"]), "");
    assert_eq!(place.json(&["status"])["live"]["node"], "node");
    assert!(place.ok(&["jobs"]).starts_with("seven  DONE     echo"), "jobs");
    assert_eq!(place.json(&["jobs", "--state", "done"])["jobs"][0]["id"], "seven");
    let entries = place.ok(&["ledger", "--job", "seven", "--json"]);
    let kinds: Vec<String> = entries
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).expect("JSON")["kind"].as_str().expect("a kind").into()
        })
        .collect();
    assert_eq!(kinds, ["job", "reasoned", "decision", "outcome", "done"]);
    assert!(place.ok(&["checkpoint"]).contains("\n\n— jaros/"), "a signed note");
    let verdict = place.json(&["verify"]);
    assert_eq!((&verdict["ok"], verdict["checkpoints"].as_array().map(Vec::len)), (&json!(true), Some(1)));
    let machine = place.json(&["machine"]);
    assert!(machine["transitions"].as_array().is_some_and(|rows| rows.len() > 5), "{machine}");
    node.stop();
    assert_eq!(place.run(&["status", "--check"]).code, 1);
    assert!(place.ok(&["status"]).starts_with("node      none is running; node ran last"));
    let again = place.serve();
    assert_eq!(place.json(&["status"])["live"]["epoch"], 2);
    assert_eq!(place.ok(&["submit", "echo", "--input", "8", "--wait"]), "8\n");
    again.stop();
    assert_eq!(place.json(&["replay"])["jobs"], 2);
}

#[test]
fn init_changes_nothing_the_second_time_and_keeps_what_is_somebodys() {
    let place = Place::empty();
    let first = place.json(&["init", "--with-examples"]);
    assert!(first["created"].as_array().expect("files").len() > 20, "{first}");
    let second = place.json(&["init", "--with-examples"]);
    assert_eq!(second["created"], json!([]), "{second}");
    assert_eq!(second["unchanged"].as_u64(), first["created"].as_array().map(|files| files.len() as u64));
    std::fs::write(place.data("config/limits.toml"), "turns = 3\n").expect("a file");
    let third = place.json(&["init", "--with-examples"]);
    assert_eq!(third["kept"], json!(["config/limits.toml"]), "{third}");
    let forced = place.json(&["init", "--with-examples", "--force"]);
    assert_eq!(forced["replaced"], json!(["config/limits.toml"]), "{forced}");
    let before = std::fs::read_to_string(place.data("config/limits.toml.before")).expect("it was kept");
    assert_eq!(before, "turns = 3\n");
}

/// A node with a job whose model takes a minute.
fn busy(place: &Place) -> crate::place::Serving {
    let script = json!({"answers": [{"text": "late", "delay_ms": 60_000}]});
    std::fs::write(place.data("config/script.json"), script.to_string()).expect("a file");
    let llm = r#"{"provider":"script","options":{"file":"config/script.json"}}"#;
    std::fs::write(place.data("config/llm.json"), llm).expect("a file");
    let node = place.serve();
    place.ok(&["submit", "advance", "--input", r#"{"prompt":"x"}"#, "--id", "long"]);
    until("the long job", || (place.json(&["status"])["status"]["jobs"]["running"] == 1).then_some(()));
    node
}

#[test]
fn a_second_signal_stops_at_once_and_the_job_is_not_lost() {
    let place = Place::new();
    let mut node = busy(&place);
    for _ in 0..2 {
        node.signal(Signal::INT);
        // Two signals that nobody has looked at yet are one.
        until("its word", || {
            std::fs::read_to_string(place.path("serve.err")).ok()?.contains("stopping").then_some(())
        });
    }
    let status = node.end();
    assert_eq!((status.code(), status.signal()), (Some(130), None));
    let script = json!({"answers": [{"text": "soon"}]});
    std::fs::write(place.data("config/script.json"), script.to_string()).expect("a file");
    let node = place.serve();
    let result = until("its result", || std::fs::read_to_string(place.data("outbox/long.json")).ok());
    assert!(result.contains(r#""result":{"answer":"soon"}"#), "{result}");
    node.stop();
    assert_eq!(place.json(&["replay"])["ok"], true);
}

#[test]
fn a_second_node_on_the_same_folder_is_refused() {
    let place = Place::new();
    let mut node = place.serve();
    let said = place.run(&["serve"]);
    assert_eq!((said.code, &*said.out), (3, ""), "{said:?}");
    assert!(said.err.contains("is already running on this folder"), "{said:?}");
    let json = place.run(&["serve", "--node", "other", "--json"]);
    assert_eq!((json.code, &json.json()["error"]["code"]), (3, &json!("exists")), "{json:?}");
    assert!(node.runs());
    node.stop();
}
