//! Jobs: how they are handed in, and what an operator does to them.

use serde_json::json;

use crate::place::{Place, until};

fn inbox(place: &Place) -> usize {
    std::fs::read_dir(place.data("inbox")).expect("an inbox").count()
}

#[test]
fn an_input_comes_from_an_argument_a_file_or_standard_input() {
    let place = Place::new();
    let node = place.serve();
    let file = place.file("input.json", "{\"b\":1,\r\n \"a\":2}\r\n");
    for (args, stdin, want) in [
        (&["--input", "-5"][..], "", "-5\n"),
        (&["--input-file", &file], "", "{\"a\":2,\"b\":1}\n"),
        (&["--input-file", "-"], "[1]", "[1]\n"),
        (&["-"], "\"x\"\n", "\"x\"\n"),
        (&[], "ignored", "null\n"),
    ] {
        let said = place.run_with(&[&["submit", "echo", "--wait"], args].concat(), stdin.as_bytes());
        assert_eq!((said.code, &*said.out), (0, want), "{args:?}: {said:?}");
    }
    node.stop();
}

#[test]
fn an_id_is_given_once() {
    let place = Place::new();
    let submit = ["submit", "echo", "--input", "1", "--id", "mine"];
    let said = place.ok(&submit);
    assert_eq!(said.lines().next(), Some("mine"));
    let waiting = place.run(&submit);
    assert_eq!(waiting.code, 3, "{waiting:?}");
    assert!(waiting.err.starts_with("error: job mine waits in the inbox\nnext: "), "{waiting:?}");
    place.ok(&["serve", "--once"]);
    let ended = place.run(&[&submit[..], &["--json"]].concat());
    assert_eq!((ended.code, &ended.json()["error"]["code"]), (3, &json!("exists")), "{ended:?}");
    assert_eq!(place.json(&["replay"])["jobs"], 1);
}

#[test]
fn a_batch_is_taken_whole() {
    let place = Place::new();
    let node = place.serve();
    let lines: String = (0..200).map(|n| format!("{{\"agent\":\"echo\",\"input\":{n}}}\n")).collect();
    let said = place.run(&["submit", "--batch", &place.file("jobs.ndjson", &lines), "--wait"]);
    assert_eq!(said.code, 0, "{said:?}");
    let results: Vec<serde_json::Value> =
        said.out.lines().map(|line| serde_json::from_str(line).expect("a result")).collect();
    let wanted: Vec<serde_json::Value> = (0..200).map(|n| json!(n)).collect();
    assert_eq!(results.iter().map(|result| result["result"].clone()).collect::<Vec<_>>(), wanted);
    let ids = place.run_with(&["submit", "echo", "--batch", "-"], b"1\n\n2\n");
    assert_eq!((ids.code, ids.out.lines().count()), (0, 2), "{ids:?}");
    let failing = place.run_with(&["submit", "worker", "--batch", "-", "--wait"], b"{}\n{\"bad\":true}\n");
    assert_eq!(failing.code, 1, "{failing:?}");
    assert!(failing.err.ends_with("1 done, 1 failed\n"), "{failing:?}");
    node.stop();
    assert_eq!(place.json(&["replay"])["jobs"], 204);
}

#[test]
fn a_bad_line_is_named_and_nothing_of_its_batch_is_submitted() {
    let place = Place::new();
    let good = "{\"agent\":\"echo\",\"input\":1}\n";
    let text = format!("{}{{\"agent\":\"eco\"}}\n{good}not json\n", good.repeat(50));
    let file = place.file("jobs.ndjson", text);
    let said = place.run(&["submit", "--batch", &file]);
    assert_eq!((said.code, &*said.out), (2, ""), "{said:?}");
    for word in [
        "2 lines can't be used, so nothing was submitted",
        "line 51: there is no agent \"eco\"; did you mean echo?",
        "line 53: ",
        "\nnext: ",
    ] {
        assert!(said.err.contains(word), "{word}: {said:?}");
    }
    let json = place.run(&["submit", "--batch", &file, "--json"]).json();
    assert_eq!(json["error"]["details"].as_array().map(Vec::len), Some(2), "{json}");
    let empty = place.run_with(&["submit", "--batch", "-"], b"\n\n");
    assert_eq!(empty.code, 2, "{empty:?}");
    assert_eq!(inbox(&place), 0);
}

#[test]
fn a_blocked_job_goes_on_with_a_word_or_is_cancelled() {
    let place = Place::new();
    let node = place.serve();
    let submit = |id: &str| {
        place.run(&["submit", "reviewer", "--input", r#"{"uncertain":true}"#, "--id", id, "--wait"])
    };
    let said = submit("one");
    assert_eq!((said.code, &*said.out), (4, ""), "{said:?}");
    assert!(said.err.contains("waits for an operator\nnext: jaros unblock one"), "{said:?}");
    let json = place.run(&[
        "submit",
        "reviewer",
        "--input",
        r#"{"uncertain":true}"#,
        "--id",
        "two",
        "--wait",
        "--json",
    ]);
    assert_eq!((json.code, &json.json()["error"]["code"]), (4, &json!("blocked")), "{json:?}");
    assert_eq!(place.ok(&["unblock", "one", "--input", r#""go ahead""#]), "unblocked one\n");
    let result = until("its result", || std::fs::read_to_string(place.data("outbox/one.json")).ok());
    assert!(result.contains("go ahead"), "{result}");
    let again = place.run(&["unblock", "one"]);
    assert!([2, 3].contains(&again.code) && again.err.contains("\nnext: "), "{again:?}");
    assert_eq!(place.json(&["cancel", "two"])["did"], "cancelled");
    let story = place.json(&["show", "two"]);
    assert_eq!((&story["state"], &story["operated"][0]["by"]), (&json!("FAILED"), &json!("operator:ann")));
    node.stop();
    let report = place.json(&["replay"]);
    assert_eq!((&report["ok"], &report["finalState"]), (&json!(true), &json!("FAILED")), "{report}");
}

#[test]
fn a_job_that_takes_too_long_goes_on_without_whoever_waits() {
    let place = Place::new();
    let script = json!({"answers": [{"text": "late", "delay_ms": 60_000}]});
    std::fs::write(place.data("config/script.json"), script.to_string()).expect("a file");
    let llm = r#"{"provider":"script","options":{"file":"config/script.json"}}"#;
    std::fs::write(place.data("config/llm.json"), llm).expect("a file");
    let node = place.serve();
    let slow =
        ["submit", "advance", "--input", r#"{"prompt":"x"}"#, "--id", "slow", "--wait", "--timeout", "0.2"];
    let said = place.run(&[&slow[..], &["--json"]].concat());
    assert_eq!((said.code, &said.json()["error"]["code"]), (4, &json!("timeout")), "{said:?}");
    let unblocked = place.run(&["unblock", "slow"]);
    assert_eq!(unblocked.code, 3, "it isn't blocked: {unblocked:?}");
    assert_eq!(place.ok(&["cancel", "slow"]), "cancelled slow\n");
    node.stop();
}
