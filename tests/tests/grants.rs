//! What the operator wrote holds while a node runs, after it starts again, and in a replay.

use jaros_decision::Digest;
use jaros_node::Status;
use jaros_tests::{GRANTS, Place, built, greet_in_text, until};
use serde_json::{Value, json};

/// Writes the grants and waits until the node that runs has them in force.
fn put(place: &Place, text: &str) {
    place.write("config/grants.toml", text);
    until("the grants in force", || {
        let status = Status::read(&place.layout()).ok()?;
        let loading = status.components.iter().any(|component| component.state == "loading");
        let grants = status.settings.and_then(|settings| settings.grants);
        (grants == Some(Digest::of(text.as_bytes())) && !loading).then_some(())
    });
}

fn narrowed(pattern: &str) -> String {
    format!("{GRANTS}[agent.scribe.payload.\"fs.write\".properties.path]\npattern = \"{pattern}\"\n")
}

fn write(place: &Place, path: &str) -> Value {
    place.ask("scribe", &json!({ "path": path, "text": "x" }))
}

#[test]
fn a_payload_that_the_operator_narrowed_is_judged_in_a_replay_as_it_was_then() {
    let place = Place::new();
    place.write("config/grants.toml", &narrowed("^out/"));
    let node = place.serve();
    assert_eq!(write(&place, "out/a.txt")["state"], "DONE");
    let refused = write(&place, "b.txt");
    assert_eq!(
        (&refused["state"], &refused["error"]["code"]),
        (&json!("FAILED"), &json!("refused")),
        "{refused}"
    );
    let message = refused["error"]["message"].as_str().expect("a sentence");
    let expected = "the operator's rule for what this agent may put into fs.write: at /path: ";
    assert!(message.contains(expected) && message.contains("^out/"), "{message}");
    put(&place, GRANTS);
    assert_eq!(write(&place, "b.txt")["state"], "DONE");
    put(
        &place,
        &format!(
            "[role.quiet]\npayload.\"fs.write\" = 'false'\n[agent.scribe]\nroles = [\"quiet\"]\n{GRANTS}"
        ),
    );
    assert_eq!(write(&place, "out/c.txt")["error"]["code"], "refused");
    node.stop();
    // What stands there today is no part of what was decided then.
    place.write("config/grants.toml", "[agent.scribe]\npropose = []\n");
    let report = place.replays_clean();
    assert_eq!(report.refusals, 2, "{report:?}");
}

#[test]
fn a_bad_file_leaves_the_last_good_grants_in_force_and_says_so() {
    let place = Place::new();
    place.write("config/grants.toml", &narrowed("^out/"));
    let node = place.serve();
    assert_eq!(write(&place, "b.txt")["error"]["code"], "refused");
    for (bad, problem) in [
        ("[agent.scribe]\nroles = [\"writer\"]\n", "config/grants.toml:2:10: there is no role `writer`"),
        ("[agent.scribe.payload.advance]\nrequird = []\n", "config/grants.toml:1:23: the rule for `advance`"),
        ("[tool.greet]\nsha256 = \"1\"\n", "config/grants.toml:2:10: `1` is no digest"),
    ] {
        place.write("config/grants.toml", bad);
        until(problem, || {
            let status = Status::read(&place.layout()).ok()?;
            let told = status.problems.iter().any(|line| line.starts_with(problem));
            let why = status.settings.and_then(|settings| settings.problem);
            (told && why.is_some_and(|told| told.starts_with(problem))).then_some(())
        });
        assert_eq!(write(&place, "b.txt")["error"]["code"], "refused", "{bad}");
        assert_eq!(write(&place, "out/a.txt")["state"], "DONE", "{bad}");
    }
    put(&place, GRANTS);
    let settings = Status::read(&place.layout()).expect("a status").settings.expect("settings");
    assert_eq!(settings.problem, None);
    assert_eq!(write(&place, "b.txt")["state"], "DONE");
    node.stop();
    place.replays_clean();
}

fn greet(place: &Place) -> jaros_node::ComponentStatus {
    let status = Status::read(&place.layout()).expect("a status");
    let ours = |component: &jaros_node::ComponentStatus| {
        component.role == "tool" && component.name.as_str() == "greet"
    };
    status.components.into_iter().find(ours).expect("the tool")
}

#[test]
fn a_pinned_version_serves_on_beside_any_other_until_the_pin_says_otherwise() {
    let place = Place::new();
    let own = Digest::of(&std::fs::read(built().join("tools/greet.wasm")).expect("an example"));
    let pinned = |digest: Digest| format!("{GRANTS}[tool.greet]\nsha256 = \"{digest}\"\n");
    place.write("config/grants.toml", &pinned(own));
    let node = place.serve();
    let ada = |place: &Place| place.ask("greeter", &json!({ "name": "Ada" }))["result"]["greeting"].clone();
    assert_eq!(ada(&place), "Hello, Ada!");
    let bytes = greet_in_text("Hi");
    let other = Digest::of(&bytes);
    std::fs::write(place.path("state/aside/greet"), bytes).expect("a file");
    std::fs::rename(place.path("state/aside/greet"), place.path("tools/greet.wasm")).expect("a rename");
    let refused = until("a refusal", || greet(&place).refused);
    assert_eq!(refused.digest, Some(other));
    assert!(refused.failure.message.contains("to let it serve, add its digest to `sha256`"), "{refused:?}");
    assert_eq!((greet(&place).digest, ada(&place)), (Some(own), json!("Hello, Ada!")));
    node.stop();
    // A start puts back what served, and judges the file by the pin again.
    let node = place.serve();
    assert_eq!(ada(&place), "Hello, Ada!");
    put(&place, &pinned(other));
    assert_eq!((greet(&place).digest, ada(&place)), (Some(other), json!("Hi")));
    // A pin on what neither is takes both out of service.
    put(&place, &pinned(Digest::of(b"neither")));
    assert_eq!(greet(&place).digest, None);
    node.stop();
    place.replays_clean();
}
