//! The hostile guests before a real node: each has its own named end, on the ledger, and the neighbours are served.

use jaros_decision::Digest;
use jaros_guests::{Agent, FOREVER};
use jaros_tests::hostile::{Attack, Strikes};
use jaros_tests::record::Entries;
use jaros_tests::{Place, built, greet_in_text, until};
use serde_json::Value;

#[test]
fn every_hostile_guest_has_a_named_end_on_the_ledger_and_harms_no_neighbour() {
    let attack = Attack::default();
    assert!(attack.len() >= 60, "only {} guests", attack.len());
    let place = attack.place();
    let node = place.serve();
    attack.put(&place);
    attack.settle(&place);
    let struck = attack.strike(&place);
    let verdicts = attack.judge(&place, &struck);
    assert_eq!(
        place.ask("greeter", &serde_json::json!({"name": "Ada"}))["state"],
        "DONE",
        "the node is alive"
    );
    node.stop();
    let report = place.replays_clean();
    for verdict in &verdicts {
        println!("{verdict}");
    }
    println!("{} hostile guests, {} jobs, all replayed", verdicts.len(), report.jobs);
}

#[test]
fn a_deadline_ends_an_agent_that_runs_and_is_not_recomputed() {
    let place = Place::empty();
    place.write("config/limits.toml", "decide_ms = 300\ndecide_fuel = 1_000_000_000_000\n");
    place.drop_in("agents/slow.wasm", &Agent::deciding(FOREVER).bytes());
    let node = place.serve();
    let job = place.submit("slow", &Value::Null);
    let result = place.result(&job);
    assert_eq!(result["error"]["code"], "timeout", "{result}");
    node.stop();
    let entries = Entries::read(&place);
    let said = entries.end_of(&job, Strikes::Decide).expect("it is on the ledger");
    let says = ("timeout".to_owned(), "decide took more than 300 ms (decide_ms)".to_owned());
    assert_eq!(said.says, Err(says));
    place.replays_clean();
}

#[test]
fn a_file_swapped_while_it_loads_serves_as_what_was_hashed() {
    let place = Place::empty();
    place.add("agents/greeter");
    let node = place.serve();
    let slow = std::fs::read(built().join("tools/greet.wasm")).expect("a tool");
    let versions: Vec<_> = (0..6).map(|n| greet_in_text(&format!("v{n}"))).collect();
    for version in &versions {
        place.drop_in("tools/greet.wasm", &slow);
        place.drop_in("tools/greet.wasm", version);
    }
    let last = Digest::of(&versions[5]);
    until("the last version", || {
        let status = jaros_node::Status::read(&place.layout()).ok()?;
        let greet = status.components.iter().find(|component| component.name.as_str() == "greet")?;
        (greet.digest == Some(last) && greet.state == "serving").then_some(())
    });
    let result = place.ask("greeter", &serde_json::json!({"name": "Ada"}));
    assert_eq!(result["result"]["greeting"], "v5", "{result}");
    node.stop();
    // A replay runs what the ledger says ran, out of the content store, under its digest.
    place.replays_clean();
}
