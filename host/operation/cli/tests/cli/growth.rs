//! Versions that ask for more than the one before: held, approved, rolled back, and all of it in the audit.

use serde_json::{Value, json};

use crate::components::{answering_null, importing};
use crate::place::{Place, Said, Serving, built, until};

const GREET: [&str; 6] = ["submit", "greeter", "--input", r#"{"name":"Ada"}"#, "--wait", "--json"];

/// What greeter's tool answers.
fn greeted(place: &Place) -> Value {
    let said = place.run(&GREET);
    said.json()["result"].clone()
}

/// A version of `greet` that asks for `job` beside nothing else, and answers `null`.
fn growing() -> Vec<u8> {
    importing("jaros:plugin/job@1.0.0")
}

/// A node whose `greet` is held in a version that grew.
fn with_held(place: &Place) -> (Serving, Said) {
    let node = place.serve();
    serving(place, "greet");
    assert_eq!(greeted(place), json!({"greeting": "Hello, Ada!"}));
    let said = place.run(&["add-tool", &place.file("greet.wasm", growing())]);
    (node, said)
}

fn tool(place: &Place, name: &str) -> Option<Value> {
    let listing = place.json(&["components", "--tools"]);
    let rows = listing["components"].as_array().expect("rows").clone();
    rows.into_iter().find(|row| row["name"] == name)
}

/// Waits until a tool serves.
fn serving(place: &Place, name: &str) {
    until(name, || tool(place, name).filter(|row| row["state"] == "serving"));
}

/// Waits until `greet` is held.
fn held(place: &Place) -> Value {
    until("the held version", || tool(place, "greet").filter(|row| row["state"] == "held"))
}

fn reasons(place: &Place, args: &[&str]) -> Vec<Value> {
    let out = place.ok(&[&["audit", "--json", "--limit", "0"], args].concat());
    out.lines().map(|line| serde_json::from_str(line).expect("a row")).collect()
}

#[test]
fn a_version_that_grows_is_held_until_it_is_approved_restarts_included_and_can_be_rolled_back() {
    let place = Place::new();
    let (node, said) = with_held(&place);
    assert_eq!(said.code, 3, "{said:?}");
    for want in
        ["tool greet is held: it asks for `job` in addition to version", "\nnext: jaros approve greet"]
    {
        assert!(said.err.contains(want), "{said:?}");
    }
    assert_eq!(greeted(&place), json!({"greeting": "Hello, Ada!"}), "the old version serves");
    let row = held(&place);
    assert_eq!((&row["state"], &row["asks"]), (&json!("held"), &json!(["job"])), "{row}");
    let status = place.ok(&["status"]);
    assert!(
        status.contains("greet (new version held)") && status.contains("jaros approve greet"),
        "{status}"
    );
    node.stop();

    let node = place.serve();
    held(&place);
    assert_eq!(greeted(&place), json!({"greeting": "Hello, Ada!"}));
    assert_eq!(reasons(&place, &["--reason", "held"]).len(), 1, "a start records it once");
    let other = place.run(&["approve", "greet", "--digest", "00000000"]);
    assert_eq!(other.code, 2, "{other:?}");
    let approved = place.ok(&["approve", "greet"]);
    assert!(approved.starts_with("tool greet @") && approved.ends_with(" serving\n"), "{approved}");
    assert_eq!(greeted(&place), Value::Null);
    let nothing = place.run(&["approve", "greet"]);
    assert_eq!(nothing.code, 2, "{nothing:?}");
    assert!(nothing.err.contains("no version of greet is held"), "{nothing:?}");
    node.stop();

    let node = place.serve();
    assert_eq!(greeted(&place), Value::Null, "what was approved stays approved");
    let back = place.json(&["rollback", "greet"]);
    assert_eq!((&back["state"], &back["name"]), (&json!("serving"), &json!("greet")), "{back}");
    assert_eq!(greeted(&place), json!({"greeting": "Hello, Ada!"}));
    let versions = place.json(&["components", "greet"]);
    let served = versions["components"][0]["versions"].as_array().expect("versions").clone();
    let serving: Vec<&Value> = served.iter().map(|version| &version["serving"]).collect();
    assert_eq!(serving, [false, false, true], "{versions}");
    assert!(served.iter().all(|version| version["at_ms"].is_u64() && version["kept"] == true), "{versions}");
    let named = served[1]["digest"].as_str().expect("a digest")[..12].to_owned();
    place.ok(&["rollback", "greet", "--tool", "--to", &named]);
    assert_eq!(greeted(&place), Value::Null);
    let again = place.run(&["rollback", "greet", "--to", &named]);
    assert_eq!((again.code, again.err.contains("in service already")), (2, true), "{again:?}");
    node.stop();

    let told: Vec<(Value, Value, Value)> = reasons(&place, &["--component", "greet"])
        .into_iter()
        .map(|row| (row["what"].clone(), row["reason"].clone(), row["by"].clone()))
        .collect();
    let by = json!("operator:ann");
    assert_eq!(
        told,
        [
            (json!("held"), json!("held"), Value::Null),
            (json!("approve"), json!("approve"), by.clone()),
            (json!("rollback"), json!("rollback"), by.clone()),
            (json!("rollback"), json!("rollback"), by),
        ]
    );
    let report = place.json(&["replay"]);
    assert_eq!((&report["ok"], &report["chainOk"]), (&json!(true), &json!(true)), "{report}");
}

#[test]
fn a_file_that_was_removed_and_put_back_is_compared_with_what_served_before() {
    let place = Place::new();
    let node = place.serve();
    serving(&place, "greet");
    place.ok(&["remove", "greet"]);
    let held = place.run(&["add-tool", &place.file("greet.wasm", growing())]);
    assert_eq!((held.code, held.err.contains("is held")), (3, true), "{held:?}");
    let gone = place.run(&GREET);
    assert_eq!(gone.code, 1, "nothing serves in its place: {gone:?}");
    // One that asks for less comes into service, and is what the next one is compared with.
    place.ok(&["add-tool", &place.file("greet.wasm", answering_null())]);
    let old = place.run(&["add-tool", &built("tools/greet.wasm")]);
    assert!(old.code == 3 && old.err.contains("it asks for `log` in addition"), "{old:?}");
    place.ok(&["rollback", "greet"]);
    assert_eq!(greeted(&place), Value::Null, "the last that served comes back");
    place.ok(&["rollback", "greet"]);
    assert_eq!(greeted(&place), json!({"greeting": "Hello, Ada!"}), "an operator's rollback is an agreement");
    node.stop();
    assert_eq!(place.json(&["replay"])["ok"], true);
}

#[test]
fn without_a_node_a_rollback_writes_the_file_and_says_what_the_next_node_will_do() {
    let place = Place::new();
    let node = place.serve();
    serving(&place, "greet");
    let none = place.run(&["rollback", "greet"]);
    assert_eq!((none.code, none.err.contains("no other version in service")), (1, true), "{none:?}");
    place.ok(&["add-tool", &place.file("greet.wasm", answering_null())]);
    node.stop();
    let back = place.run(&["rollback", "greet"]);
    assert_eq!(back.code, 0, "{back:?}");
    assert!(back.err.contains("The next node holds it, since it asks for `log`"), "{back:?}");
    let written = std::fs::read(place.data("tools/greet.wasm")).expect("a file");
    assert_eq!(written, std::fs::read(built("tools/greet.wasm")).expect("an example"));
    assert_eq!(held(&place)["asks"], json!(["log"]), "also told while no node runs");
    let approve = place.run(&["approve", "greet"]);
    assert_eq!(approve.code, 4, "{approve:?}");
    let unknown = place.run(&["rollback", "nobody"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
    let node = place.serve();
    held(&place);
    place.ok(&["approve", "greet", "--tool"]);
    assert_eq!(greeted(&place), json!({"greeting": "Hello, Ada!"}));
    node.stop();
}

#[test]
fn a_grant_that_is_taken_away_ends_a_version_whose_file_is_held() {
    let place = Place::new();
    let node = place.serve();
    serving(&place, "fs.stat");
    let state = || tool(&place, "fs.stat").expect("fs.stat");
    let held = place.run(&["add-tool", &place.file("fs.stat.wasm", growing())]);
    assert_eq!((held.code, held.err.contains("is held")), (3, true), "{held:?}");
    assert!(state()["digest"].is_string());
    let grants = std::fs::read_to_string(place.data("config/grants.toml")).expect("grants");
    let (before, after) = grants.split_once("[tool.\"fs.stat\"]").expect("its grant");
    let rest = after.split_once("\n[").map_or("", |(_, rest)| rest);
    let rest = if rest.is_empty() { String::new() } else { format!("[{rest}") };
    std::fs::write(place.data("config/grants.toml"), format!("{before}{rest}")).expect("grants");
    until("the end of its service", || state()["digest"].is_null().then_some(()));
    node.stop();
}

#[test]
fn inspect_shows_what_differs_from_the_version_in_service_and_from_a_file() {
    let place = Place::new();
    let node = place.serve();
    serving(&place, "greet");
    node.stop();
    let grown = place.file("v2.wasm", growing());
    let more = place.run(&["inspect", &grown, "--against", "greet"]);
    assert_eq!(more.code, 1, "{more:?}");
    for want in [
        "against",
        "tool greet, in service",
        "+ job",
        "- log",
        "it would be held",
        "+ sends tickets elsewhere",
    ] {
        assert!(more.out.contains(want), "{want}: {more:?}");
    }
    let json = place.run(&["inspect", &grown, "--against", "greet", "--json"]).json();
    assert_eq!(json["against"]["asks"], json!({"gained": ["job"], "lost": ["log"]}), "{json}");
    assert_eq!((&json["name"], &json["accepted"]), (&json!("greet"), &json!(false)), "{json}");
    let less = place.file("less.wasm", answering_null());
    assert_eq!(place.run(&["inspect", &less, "--against", "greet"]).code, 0);
    assert_eq!(place.run(&["inspect", &less, "--against", "v2.wasm"]).code, 0);
    assert_eq!(place.run(&["inspect", &grown, "--against", "less.wasm", "--name", "new"]).code, 1);
    let same = place.ok(&["inspect", "less.wasm", "--against", "less.wasm"]);
    assert!(same.contains("these are the same bytes"), "{same}");
    let unfit = place.file("x.wasm", importing("wasi:sockets/tcp@0.2.0"));
    assert_eq!(place.run(&["inspect", &unfit, "--against", "greet"]).code, 3);
    assert_eq!(place.run(&["inspect", &grown, "--against", "nobody"]).code, 2);
    // Without --against a line says what it would ask for in addition.
    let here = place.run(&["inspect", &grown, "--name", "greet"]);
    assert_eq!(here.code, 3, "{here:?}");
    assert!(here.out.contains("this one asks for job in addition"), "{here:?}");
}

#[test]
fn the_audit_lists_refusals_of_every_kind_with_filters_and_counts() {
    let place = Place::new();
    let node = place.serve();
    let before = place.run(&["add-tool", &place.file("x.wasm", importing("wasi:sockets/tcp@0.2.0"))]);
    assert_eq!(before.code, 3);
    // The gate: a payload that doesn't fit. The capability: a path out of the grant.
    place.ok(&["submit", "repairer", "--input", r#"{"text":"one two"}"#, "--wait"]);
    place.run(&["submit", "inventory", "--input", r#"{"path":"other/\u001b[31m"}"#, "--wait"]);
    let rows = reasons(&place, &[]);
    let whats: Vec<&Value> = rows.iter().map(|row| &row["what"]).collect();
    assert_eq!(whats, ["load", "gate", "capability"], "{rows:?}");
    let (load, gate, capability) = (&rows[0], &rows[1], &rows[2]);
    assert_eq!((&load["component"], &load["reason"]), (&json!("x"), &json!("refused")), "{load}");
    assert!(load["at_ms"].as_u64() > Some(1_700_000_000_000), "{load}");
    assert_eq!(
        (&gate["component"], &gate["call"], &gate["reason"]),
        (&json!("repairer"), &json!("text.count"), &json!("invalid")),
        "{gate}"
    );
    assert!(gate["arguments"].as_str().is_some_and(|text| text.starts_with('{')), "{gate}");
    assert_eq!(
        (&capability["component"], &capability["role"]),
        (&json!("fs.stat"), &json!("tool")),
        "{capability}"
    );
    assert_eq!(
        (&capability["call"], &capability["reason"]),
        (&json!("files-read.stat"), &json!("refused")),
        "{capability}"
    );
    assert!(capability["decision"].is_string() && capability["digest"].is_string(), "{capability}");

    assert_eq!(reasons(&place, &["--component", "repairer"]).len(), 1);
    assert_eq!(reasons(&place, &["--reason", "refused"]).len(), 2);
    assert_eq!(reasons(&place, &["--since", "1h"]).len(), 3);
    assert_eq!(reasons(&place, &["--since", "2999-01-01"]).len(), 0);
    assert_eq!(place.ok(&["audit", "--json", "--limit", "1"]).lines().count(), 1);
    let text = place.ok(&["audit"]);
    assert!(!text.contains('\u{1b}') && text.contains("called files-read.stat"), "{text}");
    assert!(text.ends_with("3  in all\n"), "{text}");
    let summary = place.json(&["audit", "--summary"]);
    assert_eq!(summary["total"], 3, "{summary}");
    assert_eq!(summary["summary"].as_array().map(Vec::len), Some(3), "{summary}");
    let nothing = place.run(&["audit", "--component", "nobody"]);
    assert_eq!((nothing.code, &*nothing.out), (0, ""), "{nothing:?}");
    node.stop();
}
