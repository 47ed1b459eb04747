//! Components come into the service of a running node and leave it.

use serde_json::json;

use crate::place::{Place, built};

/// A tool that imports this, as bytes.
pub(crate) fn importing(interface: &str) -> Vec<u8> {
    let text = include_str!("../../src/demo/phone.home.wat").replace("wasi:sockets/tcp@0.2.0", interface);
    // An interface of the contract is imported without any of its functions: it has no such resource.
    let resource = r#" (export "tcp-socket" (type (sub resource)))"#;
    let text = if interface.starts_with("jaros:") { text.replace(resource, "") } else { text };
    wat::parse_str(text).expect("component text")
}

/// A tool that imports nothing, takes any payload and answers `null`.
pub(crate) fn answering_null() -> Vec<u8> {
    let lines = include_str!("../../src/demo/phone.home.wat").lines();
    let without: Vec<&str> = lines.filter(|line| !line.contains("wasi:sockets")).collect();
    wat::parse_str(without.join("\n")).expect("component text")
}

#[test]
fn a_component_serves_when_the_command_returns_and_is_gone_when_it_was_removed() {
    let place = Place::new();
    let node = place.serve();
    let added = place.json(&["add-agent", &built("agents/echo.wasm"), "--name", "mirror"]);
    assert_eq!((&added["role"], &added["state"]), (&json!("agent"), &json!("serving")), "{added}");
    assert_eq!(place.ok(&["submit", "mirror", "--input", "[3]", "--wait"]), "[3]\n");
    let again = place.ok(&["add-agent", &built("agents/echo.wasm"), "--name", "mirror"]);
    assert!(again.starts_with("agent mirror @") && again.ends_with(" serving\n"), "{again}");
    assert!(place.ok(&["remove", "mirror"]).ends_with("removed\n"));
    let gone = place.run(&["submit", "mirror", "--input", "1"]);
    assert_eq!(gone.code, 2, "{gone:?}");
    let unknown = place.run(&["remove", "mirror"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
    assert!(unknown.err.contains("there is no component mirror"), "{unknown:?}");
    node.stop();
    assert_eq!(place.json(&["replay"])["ok"], true);
}

#[test]
fn a_tool_that_is_replaced_serves_the_next_job() {
    let place = Place::new();
    let node = place.serve();
    let greeted = || place.ok(&["submit", "greeter", "--input", r#"{"name":"Ada"}"#, "--wait"]);
    assert!(greeted().contains("Hello, Ada!"));
    let file = place.file("greet.wasm", answering_null());
    let said = place.run(&["add-tool", &file]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(greeted(), "null\n");
    node.stop();
    assert_eq!(place.json(&["replay"])["ok"], true);
}

#[test]
fn what_is_unfit_is_refused_with_its_reason_and_the_old_version_serves_on() {
    let place = Place::new();
    let mut node = place.serve();
    let sockets = place.file("greet.wasm", importing("wasi:sockets/tcp@0.2.0"));
    let garbage = place.file("garbage.wasm", "no component");
    let agent = built("agents/echo.wasm");
    for (args, want) in [
        (&["add-tool", &sockets][..], "tool greet was refused: "),
        (&["add-tool", &sockets], "wasi:sockets/tcp@0.2.0"),
        (&["add-tool", &sockets], "\nwasi = \"virtual\""),
        (&["add-tool", &garbage], "this is not WebAssembly"),
        (&["add-tool", &agent], "this is an agent, not a tool"),
    ] {
        let said = place.run(args);
        assert_eq!((said.code, &*said.out), (3, ""), "{args:?}: {said:?}");
        assert!(said.err.contains(want) && said.err.contains("\nnext: "), "{args:?}: {said:?}");
    }
    let json = place.run(&["add-tool", &sockets, "--json"]);
    assert_eq!(json.json()["error"]["code"], "refused", "{json:?}");
    let both = place.run(&["remove", "echo"]);
    assert_eq!(both.code, 2, "an agent and a tool: {both:?}");
    place.ok(&["remove", "echo", "--tool"]);
    let greeted = place.ok(&["submit", "greeter", "--input", r#"{"name":"Ada"}"#, "--wait"]);
    assert!(greeted.contains("Hello, Ada!"), "{greeted}");
    assert!(node.runs());
    node.stop();
}

#[test]
fn without_a_node_bytes_are_checked_and_left_for_the_next_one() {
    let place = Place::new();
    let refused = place.run(&["add-tool", &place.file("x.wasm", importing("wasi:http/types@0.2.0"))]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(!place.data("tools/x.wasm").exists());
    let said = place.run(&["add-agent", &built("agents/echo.wasm"), "--name", "mirror"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.ends_with(" installed\n") && said.err.contains("next: jaros serve"), "{said:?}");
    place.ok(&["submit", "mirror", "--input", "4", "--id", "m"]);
    place.ok(&["serve", "--once"]);
    assert_eq!(place.json(&["show", "m"])["result"], 4);
}
