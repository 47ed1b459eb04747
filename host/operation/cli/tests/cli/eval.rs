//! `eval`: the bundled cases pass, broken ones say what is wrong, and nothing of the data directory is touched.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::place::{Place, built};

/// Every file below a folder with its size, and when it was changed.
fn tree(folder: &Path, into: &mut BTreeMap<String, (u64, SystemTime)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let metadata = entry.metadata().expect("its metadata");
        if metadata.is_dir() {
            tree(&entry.path(), into);
        } else {
            let at = metadata.modified().expect("a time");
            into.insert(entry.path().display().to_string(), (metadata.len(), at));
        }
    }
}

fn snapshot(place: &Place) -> BTreeMap<String, (u64, SystemTime)> {
    let mut files = BTreeMap::new();
    tree(&place.data(""), &mut files);
    files
}

#[test]
fn the_bundled_cases_pass_and_touch_nothing() {
    let place = Place::new();
    let before = snapshot(&place);
    let mut command = place.command(&["eval", "--junit", "report.xml"]);
    // A model of the operator's is nobody's business here.
    let said = command.env("JAROS_LLM_PROVIDER", "uppercase").output().expect("it runs");
    let out = String::from_utf8_lossy(&said.stdout);
    assert_eq!(said.status.code(), Some(0), "{out}{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!(out.lines().filter(|line| line.starts_with("PASS  ")).count(), 4, "{out}");
    assert!(out.ends_with("\n4 passed, 0 failed\n"), "{out}");
    assert_eq!(snapshot(&place), before);
    let junit = fs::read_to_string(place.path("report.xml")).expect("a report");
    assert!(junit.contains(r#"tests="4" failures="0""#), "{junit}");
    let one = place.json(&["eval", "--filter", "text-metrics"]);
    assert_eq!(
        (&one["passed"], &one["failed"], &one["cases"][0]["passed"]),
        (&json!(1), &json!(0), &json!(true))
    );
}

/// Runs one case and gives what is wrong with it.
fn wrong(report: &Value, name: &str) -> String {
    let case = report["cases"].as_array().expect("cases").iter().find(|case| case["name"] == name);
    let case = case.unwrap_or_else(|| panic!("no {name} in {report}"));
    let broken = case["checks"].as_array().expect("checks").iter().filter(|check| check["ok"] == false);
    let broken = broken.map(|check| {
        let text = |member: &str| check[member].as_str().expect("a text").to_owned();
        format!("{}: expected {}, found {}", text("what"), text("expected"), text("found"))
    });
    let problem = case["problem"].as_str().map(str::to_owned);
    problem.into_iter().chain(broken).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_wrong_is_said_case_by_case() {
    let place = Place::new();
    let greeter = |name: &str, more: Value| {
        let mut case = json!({"name": name, "agent": "greeter", "input": {"name": "Ada"}});
        case.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        case
    };
    let asks = json!({"prompt": "rain"});
    let cases = [
        (greeter("good", json!({"expect": {"result": {"greeting": "Hello, Ada!"}}})), ""),
        (
            greeter("kind", json!({"expect": {"decision_kind": "gret"}})),
            "decision_kind: expected gret, found greet",
        ),
        (greeter("nothing", json!({"expect": {}})), "it checks nothing"),
        (
            greeter("nobody", json!({"agent": "greter", "expect": {"turns": 1}})),
            "there is no agent \"greter\"; did you mean greeter?",
        ),
        (
            greeter("schema", json!({"input": {"name": 1}, "expect": {"state": "DONE"}})),
            "state: expected DONE, found FAILED, ",
        ),
        (
            greeter("no folder", json!({"files": {"nope/a": "t"}, "expect": {"turns": 1}})),
            "no grant names a folder \"nope\"",
        ),
        (
            greeter(
                "not granted",
                json!({"grants": {"agent": {"greeter": {"propose": []}}}, "expect": {"gate": "accept"}}),
            ),
            "gate: expected accept, found reject, refused: ",
        ),
        (
            json!({"name": "runs out", "agent": "advance", "input": asks, "model": [], "expect": {"state": "FAILED"}}),
            "the model ran out of answers: `model` has 0 to be given in order, and advance asked 1 times",
        ),
        (
            json!({"name": "echo", "agent": "advance", "input": asks, "expect": {"result": {"answer": "rain"}}}),
            "",
        ),
        (
            json!({
                "name": "model's error", "agent": "advance", "input": asks,
                "model": [{"error": {"code": "unavailable", "message": "gone fishing"}}],
                "expect": {"error_contains": "gone fishing", "model_calls": 1},
            }),
            "",
        ),
        (
            json!({
                "name": "repairs", "agent": "repairer", "input": {"text": "a b"},
                "expect": {
                    "decisions": [
                        {"kind": "text.count", "gate": "reject", "outcome": "invalid"},
                        {"note_contains": "repaired", "outcome": "ok", "result_contains": {"words": 2}},
                        {"kind": "advance"},
                    ],
                    "turns": 3, "deterministic": true,
                },
            }),
            "",
        ),
        (
            json!({
                "name": "blocks", "agent": "planner", "input": {"ticket": "my parcel is lost"}, "model": ["shipping"],
                "expect": {"state": "BLOCKED", "decision_count": 1, "deterministic": true},
            }),
            "",
        ),
        (
            json!({
                "name": "fans out", "agent": "fan-out", "input": {"texts": ["one", "two words"]},
                "expect": {"result_contains": {"total": {"words": 3}}, "deterministic": true},
            }),
            "",
        ),
    ];
    let file = Value::from_iter(cases.iter().map(|(case, _)| case.clone()));
    let file = place.file("cases.json", file.to_string());
    let said = place.run(&["eval", &file, "--json"]);
    assert_eq!(said.code, 1, "{said:?}");
    let report = said.json();
    for (case, want) in &cases {
        let name = case["name"].as_str().expect("a name");
        let wrong = wrong(&report, name);
        assert_eq!(wrong.is_empty(), want.is_empty(), "{name}: {wrong}");
        assert!(wrong.contains(want), "{name}: {wrong}");
    }
    assert_eq!(report["passed"], json!(cases.iter().filter(|(_, want)| want.is_empty()).count()));
    let told = place.run(&["eval", &file, "--filter", "kind"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.out.starts_with("FAIL  kind") && told.out.ends_with("\n0 passed, 1 failed\n"), "{told:?}");
    assert!(told.out.contains("\n      decision_kind: expected gret, found greet\n"), "{told:?}");
}

#[test]
fn a_tool_is_called_by_itself() {
    let place = Place::new();
    let files = json!({"files": {"data/sub/a.txt": "twelve bytes"}});
    let cases = json!([
        {"name": "words", "tool": "text.count", "payload": {"text": "a b"},
         "expect": {"result": {"characters": 3, "lines": 1, "words": 2}, "gate": "accept", "state": "DONE", "deterministic": true}},
        {"name": "schema", "tool": "text.count", "payload": {"txt": 1},
         "expect": {"gate": "reject", "state": "FAILED", "error_code": "invalid"}},
        {"name": "fails", "tool": "swarm.handoff", "payload": {"ok": false, "reason": "it is broken"},
         "expect": {"error": "it is broken", "error_code": "failed", "gate": "accept"}},
        {"name": "reads", "tool": "fs.stat", "payload": {"path": "data/sub/a.txt"}, "files": files["files"],
         "expect": {"result_contains": {"kind": "file", "size_bytes": 12}}},
        {"name": "only its own files", "tool": "fs.stat", "payload": {"path": "data"},
         "expect": {"result_contains": {"entries": []}, "result": {"path": "data", "kind": "dir", "size_bytes": 0, "entries": []}}},
        {"name": "remembers", "tool": "notes", "payload": {"count": "k"},
         "before": [{"tool": "notes", "payload": {"count": "k"}}, {"agent": "echo", "input": 1}],
         "expect": {"result": {"key": "k", "count": 2}}},
        {"name": "forgets", "tool": "notes", "payload": {"count": "k"}, "expect": {"result_contains": {"count": 1}}},
        {"name": "before fails", "tool": "notes", "payload": {"count": "k"},
         "before": [{"tool": "notes", "payload": {"add": 1}}], "expect": {"result_contains": {"count": 1}}},
        {"name": "writes", "tool": "file.save", "payload": {"path": "out/a.txt", "text": "t"},
         "expect": {"result_contains": {"bytes": 1}}},
        {"name": "sends nothing out", "tool": "http.get", "payload": {"url": "http://127.0.0.1:8080/"},
         "expect": {"state": "FAILED", "error_contains": "isn't granted"}},
    ]);
    let shared = place.data("shared");
    let before: Vec<_> =
        fs::read_dir(&shared).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    let file = place.file("tools.json", cases.to_string());
    let report = place.run(&["eval", &file, "--json"]).json();
    for case in cases.as_array().expect("cases") {
        let name = case["name"].as_str().expect("a name");
        let wrong = wrong(&report, name);
        match name {
            "before fails" => assert!(wrong.starts_with("`before` 1 failed: invalid: "), "{wrong}"),
            // A folder's own size is the file system's affair.
            "only its own files" => assert!(!wrong.contains("result_contains"), "{wrong}"),
            name => assert_eq!(wrong, "", "{name}"),
        }
    }
    let after: Vec<_> =
        fs::read_dir(&shared).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    assert_eq!(before, after, "nothing is written into the operator's folder");
}

#[test]
fn what_can_not_be_run_is_refused_whole() {
    let place = Place::new();
    let slips = place.file("slips.json", r#"[{"name":"a","agent":"greeter","expct":{}},{"name":"b"}]"#);
    let good = place
        .file("good.json", r#"{"name":"a","agent":"greeter","input":{"name":"A"},"expect":{"turns":1}}"#);
    fs::create_dir(place.path("none")).expect("a folder");
    for (args, want) in [
        (
            &["eval", &slips, &good][..],
            "slips.json: case 1 \"a\": an agent's case has no member `expct`; did you mean expect?",
        ),
        (&["eval", &slips], "slips.json: case 2 \"b\": it names neither an `agent` nor a `tool`"),
        (&["eval", "none.json"], "there is no file none.json"),
        (&["eval", "none"], "there are no cases to run"),
        (&["eval", &good, "--filter", "zebra"], "none of 1 case is called \"zebra\""),
    ] {
        let said = place.run(args);
        assert_eq!((said.code, &*said.out), (2, ""), "{args:?}: {said:?}");
        assert!(said.err.contains(want) && said.err.contains("\nnext: "), "{args:?}: {said:?}");
    }
    let nowhere = Place::empty();
    assert_eq!(nowhere.run(&["eval"]).code, 1, "there is no data directory yet");
    fs::write(place.data("config/grants.toml"), "[tol.x]\n").expect("a file");
    let said = place.run(&["eval", &good]);
    assert!(said.code == 2 && said.err.contains("config/grants.toml:1:"), "{said:?}");
}

#[test]
fn a_project_is_evaluated_with_the_examples_beside_it() {
    let place = Place::empty();
    let write = |path: &str, bytes: &[u8]| {
        let path = place.path("hail").join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    };
    write("jaros.toml", b"name = \"hail\"\nkind = \"tool\"\nlang = \"rust\"\nwith = [\"../ann.wasm\"]\n");
    write("src/lib.rs", b"");
    write(
        "evals/hail.json",
        br#"[{"name":"tool","tool":"hail","payload":{"name":"Ada"},"expect":{"result":{"greeting":"Hello, Ada!"}}},
            {"name":"with","agent":"ann","input":{"text":"a b"},"expect":{"result_contains":{"words":2}}}]"#,
    );
    fs::copy(built("agents/text-metrics.wasm"), place.path("ann.wasm")).expect("a copy");
    let unbuilt = place.run(&["eval", "hail"]);
    assert!(unbuilt.code == 2 && unbuilt.err.contains("\nnext: jaros build hail\n"), "{unbuilt:?}");
    write("build/hail.wasm", &fs::read(built("tools/greet.wasm")).expect("a component"));
    for path in ["hail", "hail/evals", "hail/evals/hail.json"] {
        let said = place.run(&["eval", path]);
        assert!(said.code == 0 && said.out.ends_with("\n2 passed, 0 failed\n"), "{path}: {said:?}");
    }
    let compiled = fs::read_dir(place.path("hail/build/compiled")).expect("compiled code").count();
    assert!(compiled > 0, "what was compiled is kept");
    let said = place.command(&["eval"]).current_dir(place.path("hail")).output().expect("it runs");
    assert_eq!(said.status.code(), Some(0), "{said:?}");
    let source = fs::OpenOptions::new().append(true).open(place.path("hail/src/lib.rs")).expect("a file");
    source.set_modified(SystemTime::now() + Duration::from_secs(60)).expect("a time");
    let old = place.run(&["eval", "hail"]);
    assert!(old.code == 2 && old.err.contains("src/lib.rs is newer than the component"), "{old:?}");
    assert!(!place.data("").exists(), "no data directory is made");
}
