//! A version that asks for more than the one before, as the node and the record see it.

use std::time::Duration;

use jaros_decision::{Code, Digest};
use jaros_ledger::record::{Role, Version};
use jaros_node::{Reply, Request, Status, ask};
use jaros_tests::{GRANTS, Place, built, greet_in_text, until};
use serde_json::{Value, json};

/// Puts these bytes into `tools/greet.wasm`, by rename.
fn put(place: &Place, bytes: &[u8]) -> Digest {
    let aside = place.path("state/aside/greet.wasm");
    std::fs::write(&aside, bytes).expect("a file");
    std::fs::rename(aside, place.path("tools/greet.wasm")).expect("a rename");
    Digest::of(bytes)
}

/// Waits until `greet` stands like this, and gives the version that serves.
fn greet_is(place: &Place, state: &str, newest: Digest) -> Option<Digest> {
    until(&format!("greet {state}"), || {
        let components = Status::read(&place.layout()).ok()?.components;
        let greet = components.into_iter().find(|one| one.role == "tool" && one.name.as_str() == "greet")?;
        let unserved = greet.refused.and_then(|refused| refused.digest);
        (greet.state == state && unserved.or(greet.digest) == Some(newest)).then_some(greet.digest)
    })
}

fn greeted(place: &Place) -> Value {
    place.ask("greeter", &json!({"name": "Ada"}))["result"]["greeting"].clone()
}

fn asked(place: &Place, request: &Request) -> Result<(), Code> {
    match ask(&place.layout(), request, Duration::from_secs(30)).expect("an answer") {
        Reply::Done => Ok(()),
        Reply::Refused(failure) => Err(failure.code),
        Reply::Checkpoint { .. } => panic!("it was asked for something else"),
    }
}

#[test]
fn a_version_that_the_grant_names_is_agreed_to() {
    let place = Place::new();
    let small = put(&place, &greet_in_text("small"));
    let node = place.serve();
    assert_eq!(greet_is(&place, "serving", small), Some(small));
    let large = std::fs::read(built().join("tools/greet.wasm")).expect("an example");
    let digest = Digest::of(&large);
    place.write("config/grants.toml", &format!("{GRANTS}[tool.greet]\nsha256 = \"{digest}\"\n"));
    until("the end of what isn't named", || {
        place.ask("greeter", &json!({"name": "Ada"})).get("error").cloned()
    });
    put(&place, &large);
    assert_eq!(greet_is(&place, "serving", digest), Some(digest));
    assert_eq!(greeted(&place), "Hello, Ada!");
    node.stop();
    place.replays_clean();
}

#[test]
fn an_operators_word_is_for_the_digest_that_was_held_and_outlives_the_node() {
    let place = Place::new();
    let small = put(&place, &greet_in_text("small"));
    let large = std::fs::read(built().join("tools/greet.wasm")).expect("an example");
    let node = place.serve();
    assert_eq!(greet_is(&place, "serving", small), Some(small));
    assert_eq!(greeted(&place), "small");
    let large = put(&place, &large);
    assert_eq!(greet_is(&place, "held", large), Some(small), "the old one serves");
    assert_eq!(greeted(&place), "small");
    let version = |digest| Version { digest, name: "greet".parse().unwrap(), role: Role::Tool };
    let by: jaros_decision::Name = "ann".parse().unwrap();
    let approve = |digest| asked(&place, &Request::Approve { version: version(digest), by: by.clone() });
    let rollback = |digest| asked(&place, &Request::Rollback { version: version(digest), by: by.clone() });
    assert_eq!(approve(small), Err(Code::NOT_FOUND), "that one isn't held");
    assert_eq!(approve(Digest::of(b"another")), Err(Code::NOT_FOUND));
    assert_eq!(rollback(large), Err(Code::NOT_FOUND), "it has never served");
    assert_eq!(greet_is(&place, "held", large), Some(small), "nothing of that had an effect");
    assert_eq!(approve(large), Ok(()));
    assert_eq!(greet_is(&place, "serving", large), Some(large));
    assert_eq!(greeted(&place), "Hello, Ada!");
    // Less and then as much again: the approval was for those bytes, and still is.
    put(&place, &greet_in_text("small"));
    greet_is(&place, "serving", small);
    node.stop();
    put(&place, &std::fs::read(built().join("tools/greet.wasm")).expect("an example"));
    let node = place.serve();
    assert_eq!(greet_is(&place, "serving", large), Some(large));
    assert_eq!(rollback(small), Ok(()));
    assert_eq!(greet_is(&place, "serving", small), Some(small));
    assert_eq!(greeted(&place), "small");
    node.stop();
    place.replays_clean();
}
