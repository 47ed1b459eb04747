//! A machine that can't compile just now: nothing is held against the component, and it comes into service by itself.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use jaros_engine::Compiler;
use jaros_fabric::Layout;
use jaros_node::{Options, Status};
use jaros_tests::{Place, until};

/// A compiler that is killed until there is such a file.
fn compiler(flag: &std::path::Path) -> Compiler {
    let node = env!("CARGO_BIN_EXE_jaros-test-node");
    let flag = flag.display();
    let text = format!("[ -e {flag} ] || kill -KILL $$; exec {node} compile-component \"$0\"");
    Compiler::Program { path: "/bin/sh".into(), args: vec!["-c".into(), text.into()] }
}

fn ledger(layout: &Layout) -> String {
    let files = std::fs::read_dir(layout.state().join("ledger")).unwrap().flatten();
    let segments = files.map(|entry| entry.path()).filter(|path| path.is_file());
    segments.map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()).collect()
}

#[test]
fn a_compiler_that_is_killed_leaves_no_refusal_on_the_record() {
    let place = Place::empty();
    let flag = place.path("flag");
    place.add("tools/text.count");
    place.add("agents/echo");
    let running = place.try_serve(Options { compiler: compiler(&flag), ..place.options() }).unwrap();
    let components = || Status::read(&place.layout()).map_or_else(|_| Vec::new(), |status| status.components);
    until("both at the compiler", || {
        let loading = components().iter().filter(|component| component.state == "loading").count();
        (loading == 2).then_some(())
    });
    let log = place.path("state/log/node.ndjson");
    until("a word that it is tried again", || {
        let text = std::fs::read_to_string(&log).ok()?;
        text.contains("is loaded again: the machine failed a call: the compiler was ended from outside")
            .then_some(())
    });
    assert!(!ledger(&place.layout()).contains("\"refused\""));
    std::fs::write(&flag, "").unwrap();
    assert_eq!(place.ask("echo", &serde_json::json!([1]))["state"], "DONE");
    until("both in service", || {
        components().iter().all(|component| component.state == "serving").then_some(())
    });
    running.stop();
    assert!(!ledger(&place.layout()).contains("\"refused\""));
    place.replays_clean();
}
