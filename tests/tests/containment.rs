//! Attackers beside honest neighbours: a node's memory doesn't grow, and an attacker is held to one worker.

use jaros_guests::{Agent, Tool, attackers, bombs};
use jaros_node::Options;
use jaros_tests::hostile::{Attack, neighbour};
use jaros_tests::process::Process;
use jaros_tests::record::Entries;
use jaros_tests::siege::most_at_once;
use jaros_tests::{Place, until};
use serde_json::json;

const NODE: &str = env!("CARGO_BIN_EXE_jaros-test-node");

/// What the whole table of hostile guests may leave behind in a node's memory.
const GROWTH_KIB: u64 = 64 << 10;

#[test]
fn the_memory_of_a_node_does_not_grow_under_attack() {
    let attack = Attack::default();
    let place = attack.place();
    let node = Process::start(NODE, &place, &[]);
    for _ in 0..20 {
        assert_eq!(place.result(&neighbour(&place))["state"], "DONE");
    }
    node.forget_peak();
    let before = node.resident();
    attack.put(&place);
    attack.settle(&place);
    let loaded = node.resident();
    let struck = attack.strike(&place);
    let verdicts = attack.judge(&place, &struck);
    let after = node.resident();
    println!(
        "{} guests: resident {} KiB before, {} KiB with all of them loaded, {} KiB after, {} KiB at the peak: {:+} KiB",
        verdicts.len(),
        before.now,
        loaded.now,
        after.now,
        after.peak,
        after.now.cast_signed() - before.now.cast_signed(),
    );
    assert!(after.now < before.now + GROWTH_KIB, "{before:?} grew to {after:?}");
    drop(node);
    place.replays_clean();
}

#[test]
fn neighbours_are_served_under_attack_and_an_attacker_has_one_worker() {
    const WORKERS: usize = 4;
    const CALLS: usize = 24;
    for (name, bytes) in attackers() {
        let place = besieged(name, &bytes);
        let node = place.try_serve(Options { workers: WORKERS, ..place.options() }).expect("the node starts");
        until("the attacker", || {
            let status = jaros_node::Status::read(&place.layout()).ok()?;
            let serving = status.components.iter().filter(|component| component.state == "serving").count();
            (serving == 4).then_some(())
        });
        let attacks: Vec<_> = (0..CALLS).map(|_| place.submit("poke", &json!(name))).collect();
        for _ in 0..40 {
            assert_eq!(place.result(&neighbour(&place))["state"], "DONE", "{name} harmed a neighbour");
        }
        for attack in &attacks {
            assert_eq!(place.result(attack)["error"]["code"], "limit", "{name}");
        }
        node.stop();
        place.replays_clean();
        let (most, ended) = most_at_once(&place, name);
        println!("{name}: {ended} calls ended at a limit, at most {most} of {WORKERS} workers at once");
        assert_eq!((most, ended), (1, CALLS), "{name} holds more than one worker");
    }
}

#[test]
fn compile_bombs_are_refused_by_name_and_the_node_serves_meanwhile() {
    let place = Place::empty();
    place.write("config/limits.toml", "compile_ms = 1000\ncompile_mib_ms = 0\n");
    place.add("agents/greeter");
    place.add("tools/greet");
    let node = Process::start(NODE, &place, &[]);
    assert_eq!(place.result(&neighbour(&place))["state"], "DONE");
    let bombs = [
        ("blocks", bombs::blocks(60)),
        ("locals", bombs::locals(20)),
        ("functions", bombs::functions(100_000)),
    ];
    // Each in a tool that is fit otherwise: what has no role is refused before anything of it is compiled.
    let bombs = bombs.map(|(name, bomb)| (name, [Tool::default().bytes(), bomb[8..].to_vec()].concat()));
    for (name, bytes) in &bombs {
        place.drop_in(&format!("tools/{name}.wasm"), bytes);
    }
    let refused = || {
        let status = jaros_node::Status::read(&place.layout()).ok()?;
        let refused = status.components.iter().filter(|component| component.refused.is_some()).count();
        (refused == bombs.len()).then_some(())
    };
    let mut served = 0;
    while refused().is_none() {
        assert_eq!(place.result(&neighbour(&place))["state"], "DONE", "a neighbour waited for the compiler");
        served += 1;
    }
    drop(node);
    let entries = Entries::read(&place);
    for (name, bytes) in &bombs {
        let said = entries.refused("tool", name).unwrap_or_else(|| panic!("{name} is not on the ledger"));
        let Err((code, message)) = &said.says else { panic!("{name} was refused") };
        assert_eq!(code, "limit", "{name}: {message}");
        assert!(message.contains("compile_ms"), "{name}: {message}");
        println!("{name}, {} bytes: component {}: {code}: {message}", bytes.len(), said.seq);
    }
    println!("{served} jobs of a neighbour served meanwhile");
    place.replays_clean();
}

/// A place with an honest agent and tool, an attacker, and an agent that pokes it.
fn besieged(name: &str, attacker: &[u8]) -> Place {
    let place = Place::empty();
    place.write("config/limits.toml", "execute_fuel = 50_000_000\nmemory_bytes = 33_554_432\n");
    place.add("agents/greeter");
    place.add("tools/greet");
    place.drop_in("agents/poke.wasm", &Agent::poking().bytes());
    place.drop_in(&format!("tools/{name}.wasm"), attacker);
    place
}
