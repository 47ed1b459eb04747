//! What needs no data directory: `run`, `inspect`, `completions`, help and version; and `logs`, which needs little of one.

use serde_json::{Value, json};

use crate::components::importing;
use crate::place::{Place, built};

const ADA: &str = r#"{"name":"Ada"}"#;

#[test]
fn one_job_runs_in_a_folder_that_goes_away() {
    let place = Place::empty();
    let (greeter, greet) = (built("agents/greeter.wasm"), built("tools/greet.wasm"));
    let story = place.json(&["run", &greeter, &greet, "--input", ADA]);
    assert_eq!((&story["state"], &story["result"]["greeting"]), (&json!("DONE"), &json!("Hello, Ada!")));
    assert_eq!(story["turns"][0]["decisions"][0]["kind"], "greet", "{story}");
    let told = place.ok(&["run", &greeter, &greet, "--input", ADA]);
    assert!(told.contains("greeter  DONE") && told.contains("Hello, Ada!"), "{told}");
    let alone = place.run(&["run", &greeter, "--input", ADA]);
    assert_eq!(alone.code, 1, "{alone:?}");
    assert!(alone.out.contains("there is no action \"greet\""), "{alone:?}");
    assert!(!place.data("").exists(), "no data directory is made");
}

#[test]
fn a_node_that_runs_once_ends_when_what_is_left_waits_for_an_operator() {
    let place = Place::new();
    // Whether it heard of that was a race, so it has to hear of it again and again.
    for id in ["j1", "j2", "j3", "j4", "j5"] {
        place.file("uncertain.json", r#"{"agent":"reviewer","input":{"uncertain":true}}"#);
        std::fs::rename(place.path("uncertain.json"), place.data("inbox").join(format!("{id}.json")))
            .expect("a job's file");
        place.ok(&["serve", "--once"]);
        assert_eq!(place.json(&["show", id])["state"], "BLOCKED");
    }
}

#[test]
fn a_dry_run_judges_and_carries_nothing_out() {
    let place = Place::empty();
    let (scribe, input) = (built("agents/scribe.wasm"), r#"{"path":"a.txt","text":"x"}"#);
    let found = place.json(&["run", &scribe, "--input", input, "--dry-run"]);
    let verdicts: Vec<(&Value, &Value)> = found["proposals"]
        .as_array()
        .expect("proposals")
        .iter()
        .map(|one| (&one["kind"], &one["verdict"]))
        .collect();
    let admitted = json!("admitted");
    assert_eq!(verdicts, [(&json!("fs.write"), &admitted), (&json!("advance"), &admitted)], "{found}");
    let refused = place.run(&["run", &built("agents/greeter.wasm"), "--input", ADA, "--dry-run"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.out.contains("would be refused: not-found"), "{refused:?}");
    assert!(refused.out.ends_with("Nothing was carried out.\n"), "{refused:?}");
}

#[test]
fn what_can_not_be_run_is_refused() {
    let place = Place::empty();
    let (agent, tool) = (built("agents/greeter.wasm"), built("tools/greet.wasm"));
    let caller = place.file("caller.wasm", importing("wasi:http/types@0.2.0"));
    for (args, code, want) in [
        (&["run", &tool][..], 2, "none of the files is an agent"),
        (&["run", &agent, &built("agents/echo.wasm")], 2, "2 of the files are agents"),
        (&["run", &agent, "--input", "{"], 2, "the input can't be used"),
        (&["run", "none.wasm"], 2, "there is no file none.wasm"),
        (&["run", &agent, &caller], 3, "wasi:http/types@0.2.0"),
    ] {
        let said = place.run(args);
        assert_eq!((said.code, &*said.out), (code, ""), "{args:?}: {said:?}");
        assert!(said.err.contains(want) && said.err.contains("\nnext: "), "{args:?}: {said:?}");
    }
}

#[test]
fn a_component_is_looked_at_before_it_is_trusted() {
    let place = Place::empty();
    let found = place.json(&["inspect", &built("tools/greet.wasm")]);
    assert_eq!((&found["role"], &found["accepted"]), (&json!("tool"), &json!(true)), "{found}");
    assert_eq!(found["profile"]["schema"]["required"], json!(["name"]), "{found}");
    for (bytes, code, want) in [
        (importing("wasi:sockets/tcp@0.2.0"), "refused", "wasi:sockets/tcp@0.2.0"),
        (importing("wasi:cli/environment@0.2.3"), "refused", "wasi:cli/environment@0.2.3"),
        (importing("wasi:http/types@0.2.3"), "refused", "wasi:http/types@0.2.3"),
        (importing("other:thing/it@1.0.0"), "refused", "other:thing/it@1.0.0"),
        (b"\x7fELF".to_vec(), "invalid", "compiled machine code"),
        (b"\0asm\x01\0\0\0".to_vec(), "invalid", "component"),
        (Vec::new(), "invalid", "empty"),
    ] {
        let file = place.file("one.wasm", bytes);
        let said = place.run(&["inspect", &file, "--json"]);
        let found = said.json();
        assert_eq!(
            (said.code, &found["accepted"], &found["refusal"]["code"]),
            (3, &json!(false), &json!(code)),
            "{found}"
        );
        assert!(
            found["refusal"]["message"].as_str().is_some_and(|message| message.contains(want)),
            "{found}"
        );
        let told = place.run(&["inspect", &file]);
        assert!(told.code == 3 && told.out.contains("it would be refused"), "{told:?}");
    }
}

#[test]
fn shells_versions_and_help() {
    let place = Place::empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.ok(&["completions", shell]);
        assert!(script.contains("add-agent") && script.contains("with-examples"), "{shell}");
    }
    assert_eq!(place.ok(&["--version"]), format!("jaros {}\n", env!("CARGO_PKG_VERSION")));
    let page = place.ok(&["--help"]);
    assert!(page.contains("\nProve:\n") && !page.contains('\x1b'), "{page}");
    assert!(place.ok(&["submit", "--help"]).contains("--batch"));
    let bare = place.run::<&str>(&[]);
    assert_eq!((bare.code, &*bare.out), (2, ""), "{bare:?}");
    assert!(bare.err.contains("Usage: jaros"), "{bare:?}");
}

#[test]
fn logs_hold_what_the_node_said() {
    let place = Place::new();
    let nothing = place.run(&["logs"]);
    assert_eq!(nothing.code, 1, "{nothing:?}");
    std::fs::write(place.data("inbox/readme.txt"), "hi").expect("a file");
    place.ok(&["serve", "--once"]);
    let told = place.ok(&["logs", "--source", "node"]);
    assert!(told.contains("readme.txt"), "{told}");
    let lines = place.ok(&["logs", "--json", "--limit", "0"]);
    assert!(lines.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{lines}");
    assert_eq!(place.ok(&["logs", "--source", "tool:greet"]), "");
}
