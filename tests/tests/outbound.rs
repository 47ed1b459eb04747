//! Calls that leave the node: on the record before they are made, never made twice by themselves, never made by a replay.

use std::process::{Child, Command};

use jaros_decision::JobId;
use jaros_tests::server::Server;
use jaros_tests::{GRANTS, Place, until};
use serde_json::{Value, json};

/// The grants of the examples, and this origin for `http.get`, with these lines in its rule.
fn grants(server: &Server, rule: &str) -> String {
    let grants = GRANTS.replace("\"fs.stat\"]\n[agent.system", "\"fs.stat\", \"http.get\"]\n[agent.system");
    assert_ne!(grants, GRANTS);
    format!("{grants}\n[tool.\"http.get\".http.\"{}\"]\n{rule}\n", server.url(""))
}

fn get(place: &Place, url: &str) -> JobId {
    place.submit("proposer", &json!({"kind": "http.get", "payload": {"url": url}}))
}

fn answered(place: &Place, job: &JobId) -> Value {
    let result = place.result(job);
    assert_eq!(result["state"], "DONE", "{result}");
    result["result"]["answers"][0].clone()
}

/// The kinds of the ledger's entries about a job.
fn kinds(place: &Place, job: &JobId) -> Vec<String> {
    let mut kinds = Vec::new();
    let mut segments: Vec<_> = std::fs::read_dir(place.path("state/ledger"))
        .expect("a ledger")
        .map(|entry| entry.expect("a segment").path())
        .filter(|path| path.extension().is_some_and(|end| end == "ndjson"))
        .collect();
    segments.sort();
    for segment in segments {
        let text = std::fs::read_to_string(segment).expect("a segment");
        for line in text.lines().filter(|line| line.starts_with("{\"seq\"") && line.contains(job.as_str())) {
            let entry: Value = serde_json::from_str(line).expect("an entry");
            kinds.push(entry["kind"].as_str().expect("a kind").to_owned());
        }
    }
    kinds
}

#[test]
fn a_granted_call_is_on_the_record_before_it_is_made_and_a_replay_makes_none() {
    let (place, server) = (Place::new(), Server::start());
    place.write("config/grants.toml", &grants(&server, "headers.X-Fixed = { text = \"by the grant\" }"));
    let node = place.serve();
    let job = get(&place, &server.url("/hello"));
    let answer = answered(&place, &job);
    assert_eq!(answer["status"], 200, "{answer}");
    let head = &server.heads()[0].to_ascii_lowercase();
    assert!(head.contains(&format!("idempotency-key: {job}/1/1/1")), "{head}");
    assert!(head.contains("x-fixed: by the grant"), "{head}");
    assert_eq!(
        kinds(&place, &job),
        ["job", "reasoned", "decision", "intent", "outcome", "reasoned", "decision", "outcome", "done"]
    );

    let refused = answered(&place, &get(&place, "http://127.0.0.1:1/other"));
    assert_eq!(refused["error"]["code"], "failed", "{refused}");
    let elsewhere = answered(&place, &get(&place, &server.url("/x").replace("127.0.0.1", "2130706433")));
    assert_eq!(elsewhere["status"], 200, "another spelling of the granted origin: {elsewhere}");
    node.stop();
    let before = server.heads().len();
    place.replays_clean();
    assert_eq!(server.heads().len(), before, "a replay called");
}

fn process(place: &Place) -> Child {
    Command::new(env!("CARGO_BIN_EXE_jaros-test-node")).arg(place.path(".")).spawn().expect("a node")
}

/// A node that is killed while a call of this origin is on its way, and the next one's answer.
fn killed_on_the_way(rule: &str) -> (Value, Vec<String>, Vec<String>) {
    let (place, server) = (Place::new(), Server::start());
    place.write("config/grants.toml", &grants(&server, rule));
    let mut node = process(&place);
    let job = get(&place, &server.url("/slow"));
    until("the call", || (!server.heads().is_empty()).then_some(()));
    node.kill().expect("a signal");
    node.wait().expect("its end");
    let node = place.serve();
    if rule.contains("idempotent") {
        until("the call again", || (server.heads().len() == 2).then_some(()));
        drop(node);
        return (Value::Null, server.heads(), kinds(&place, &job));
    }
    let answer = answered(&place, &job);
    node.stop();
    place.replays_clean();
    (answer, server.heads(), kinds(&place, &job))
}

#[test]
fn a_call_that_was_on_its_way_in_a_crash_is_in_doubt_and_not_made_again() {
    let (answer, heads, kinds) = killed_on_the_way("timeout_ms = 30000");
    assert_eq!(answer["error"]["code"], "in-doubt", "{answer}");
    assert_eq!(heads.len(), 1, "{heads:?}");
    assert_eq!(kinds.iter().filter(|kind| *kind == "intent").count(), 1, "{kinds:?}");
}

#[test]
fn a_call_that_may_be_repeated_is_made_again_under_the_same_key() {
    let (_, heads, kinds) = killed_on_the_way("idempotent = true\ntimeout_ms = 2000");
    let key = |head: &String| {
        let head = head.to_ascii_lowercase();
        let line = head.lines().find(|line| line.starts_with("idempotency-key: ")).map(str::to_owned);
        line.expect("a key")
    };
    assert_eq!(key(&heads[0]), key(&heads[1]));
    assert_eq!(kinds.iter().filter(|kind| *kind == "intent").count(), 2, "{kinds:?}");
}
