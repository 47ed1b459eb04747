//! What tools keep and write: entries of a store and files in granted folders, in order, once, and the same in a replay.

use jaros_tests::{Place, until};
use serde_json::{Value, json};

/// Has `proposer` propose these decisions; its answers.
fn propose(place: &Place, decisions: &[(&str, Value)]) -> Vec<Value> {
    let decisions: Vec<Value> =
        decisions.iter().map(|(kind, payload)| json!({"kind": kind, "payload": payload})).collect();
    let result = place.ask("proposer", &json!({"decisions": decisions}));
    assert_eq!(result["state"], "DONE", "{result}");
    result["result"]["answers"].as_array().expect("answers").clone()
}

fn read(place: &Place, path: &str) -> Option<String> {
    std::fs::read_to_string(place.path(path)).ok()
}

#[test]
fn a_store_outlives_jobs_and_restarts_and_replays() {
    let place = Place::new();
    let node = place.serve();
    let set = |key: &str, text: &str| ("notes", json!({"set": {"key": key, "text": text}}));
    let answers = propose(&place, &[set("a", "one"), set("b", "two"), ("notes", json!({"list": ""}))]);
    assert_eq!(answers[2], json!({"keys": ["a", "b"]}));
    let answers = propose(&place, &[("notes", json!({"forget": "a"})), set("c", "three")]);
    assert_eq!(answers.len(), 2);
    node.stop();

    let node = place.serve();
    let answers = propose(&place, &[("notes", json!({"list": ""})), ("notes", json!({"get": "b"}))]);
    assert_eq!(answers[0], json!({"keys": ["b", "c"]}));
    assert_eq!(answers[1]["text"], "two");
    node.stop();
    assert_eq!(place.replays_clean().decisions, 7 + 3);
}

#[test]
fn many_jobs_that_count_at_once_miss_nothing() {
    let place = Place::new();
    let node = place.serve();
    let count = json!({"decisions": [
        {"kind": "notes", "payload": {"count": "x"}},
        {"kind": "greet", "payload": {"name": "Ada"}},
        {"kind": "notes", "payload": {"count": "y"}},
    ]});
    let jobs: Vec<_> = (0..100).map(|_| place.submit("proposer", &count)).collect();
    let mut seen: Vec<u64> = jobs
        .iter()
        .map(|job| place.result(job)["result"]["answers"][0]["count"].as_u64().expect("a count"))
        .collect();
    seen.sort_unstable();
    assert_eq!(seen, (1..=100).collect::<Vec<u64>>(), "each count was given once");
    assert_eq!(propose(&place, &[("notes", json!({"get": "y"}))])[0]["text"], "100");
    node.stop();
    // Each decision again, on as many threads as there are, over the store of then.
    assert_eq!(place.replays_clean().decisions, 4 * 100 + 2);
}

#[test]
fn what_a_failed_call_staged_is_dropped() {
    let place = Place::new();
    let node = place.serve();
    let answers = propose(
        &place,
        &[
            ("notes", json!({"set": {"key": "n", "text": "no number"}})),
            ("notes", json!({"count": "n"})),
            ("notes", json!({"get": "n"})),
        ],
    );
    // The first failure ends the list.
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[1]["error"]["code"], "failed", "{answers:?}");
    assert_eq!(propose(&place, &[("notes", json!({"get": "n"}))])[0]["text"], "no number");
    node.stop();
    place.replays_clean();
}

#[test]
fn files_appear_whole_after_their_outcome_and_are_read_by_others() {
    let place = Place::new();
    let node = place.serve();
    let save = |path: &str, text: &str| ("file.save", json!({"path": path, "text": text}));
    let answers = propose(
        &place,
        &[
            save("out/deep/b.txt", "written"),
            ("fs.stat", json!({"path": "data/deep/b.txt"})),
            save("out/a.txt", "changed"),
        ],
    );
    assert_eq!(answers[1]["size_bytes"], 7, "a later decision reads what an earlier one wrote: {answers:?}");
    assert_eq!(read(&place, "shared/deep/b.txt").as_deref(), Some("written"));
    assert_eq!(read(&place, "shared/a.txt").as_deref(), Some("changed"));
    propose(&place, &[("file.save", json!({"path": "out/a.txt"}))]);
    assert_eq!(read(&place, "shared/a.txt"), None);
    let failed = propose(&place, &[("file.save", json!({"path": "out/../escape", "text": ""}))]);
    assert_eq!(failed[0]["error"]["code"], "failed", "{failed:?}");
    node.stop();
    let into = tempfile::tempdir().expect("a folder");
    let options =
        jaros_replay::Options { into: Some(into.path().join("again")), ..jaros_replay::Options::default() };
    let report = place.replay(&options);
    assert!(report.ok, "{report:?}");
    let again = std::fs::read_to_string(into.path().join("again/files/file.save/out/deep/b.txt"));
    assert_eq!(again.expect("rebuilt"), "written");
    assert!(!into.path().join("again/files/file.save/out/a.txt").exists(), "removed in the end");
}

#[test]
fn a_file_that_was_on_the_record_and_not_yet_visible_appears_at_the_next_start() {
    let place = Place::new();
    // A node that is killed has signed nothing since: what isn't there is published again.
    let mut node = std::process::Command::new(env!("CARGO_BIN_EXE_jaros-test-node"))
        .arg(place.path("."))
        .spawn()
        .expect("a node");
    propose(&place, &[("file.save", json!({"path": "out/again.txt", "text": "again"}))]);
    node.kill().expect("a signal");
    node.wait().expect("its end");
    std::fs::remove_file(place.path("shared/again.txt")).expect("the file");
    let node = place.serve();
    assert_eq!(until("the file", || read(&place, "shared/again.txt")), "again");
    node.stop();
    place.replays_clean();
}
