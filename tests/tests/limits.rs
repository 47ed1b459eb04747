//! Limits for all, for one component, for jobs: in force at once, recorded, and found again by a replay.

use jaros_node::{Options, Status};
use jaros_tests::{Place, until};
use serde_json::{Value, json};

/// What a job failed with: `code: message`.
fn failure(result: &Value) -> String {
    let error = &result["error"];
    format!(
        "{}: {}",
        error["code"].as_str().unwrap_or_default(),
        error["message"].as_str().unwrap_or_default()
    )
}

/// Writes `config/limits.toml` and waits until it is in force.
fn limit(place: &Place, text: &str) {
    place.write("config/limits.toml", text);
    until("limits in force", || {
        let status = Status::read(&place.layout()).ok()?;
        (status.settings?.limits == text).then_some(())
    });
}

fn component(place: &Place, name: &str) -> Option<jaros_node::ComponentStatus> {
    let status = Status::read(&place.layout()).ok()?;
    status.components.into_iter().find(|component| component.name.as_str() == name)
}

#[test]
fn a_tool_of_its_own_limits_and_a_replay_that_finds_those_of_then() {
    let place = Place::new();
    place.write("config/limits.toml", "[tool.\"text.count\"]\nexecute_fuel = 100\n");
    let node = place.serve();
    let count = json!({"text": "two words"});
    let starved = place.ask("text-metrics", &count);
    assert_eq!(failure(&starved), "limit: fuel: execute used all 100 (execute_fuel)", "{starved}");
    assert_eq!(place.ask("greeter", &json!({"name": "Ada"}))["state"], "DONE", "a neighbour has its own");
    limit(&place, "[tool.greet]\nvalidate_fuel = 0\n[agent.greeter]\nlog_bytes = 1\n");
    assert_eq!(place.ask("text-metrics", &count)["state"], "DONE");
    let starved = place.ask("greeter", &json!({"name": "Ada"}));
    assert!(failure(&starved).ends_with("used all 0 (validate_fuel)"), "{starved}");
    node.stop();
    let report = place.replays_clean();
    assert_eq!((report.jobs, report.refusals), (4, 1), "{report:?}");
}

#[test]
fn what_a_job_and_an_agent_may_ends_by_name() {
    let place = Place::new();
    place.write(
        "config/limits.toml",
        "turns = 2\nsubmit_depth = 0\n[agent.scribe]\nartifact_bytes = 3\n[agent.echo]\njson_bytes = 300\n\
         [agent.greeter]\ndecisions = 0\n",
    );
    let node = place.serve();
    let long = json!({"path": "a.txt", "text": "four"});
    for (agent, input, expected) in [
        ("repairer", json!({"text": "one two"}), "limit: the job used all of its 2 turns (limits.turns)"),
        (
            "fan-out",
            Value::Null,
            // The agent hears of it, and fails with these words.
            "the job is 0 submits below the first one, the most that limits.submit_depth allows",
        ),
        ("scribe", long, "limit: the file has 4 bytes, over the 3 of limits.artifact_bytes"),
        (
            "echo",
            json!("x".repeat(299)),
            "limit: the input: the JSON text is longer than 300 bytes (json_bytes)",
        ),
        ("greeter", json!({"name": "Ada"}), "limit: the plan has 1 decisions, more than 0 (decisions)"),
    ] {
        let result = place.ask(agent, &input);
        assert!(failure(&result).contains(expected), "{agent}: {result}");
    }
    assert_eq!(place.ask("echo", &json!("short"))["state"], "DONE", "what is shorter passes");
    node.stop();
    place.replays_clean();
}

#[test]
fn a_limit_that_bounds_loading_takes_a_component_out_of_service_and_back() {
    let place = Place::new();
    let node = place.serve();
    let ada = json!({"name": "Ada"});
    assert_eq!(place.ask("greeter", &ada)["state"], "DONE");
    limit(&place, "[tool.greet]\nschema_bytes = 10\n");
    let refused = until("greet is refused", || {
        component(&place, "greet").filter(|greet| greet.state == "refused" && greet.digest.is_none())
    });
    let why = refused.refused.expect("a reason").failure;
    assert!(why.message.ends_with("longer than 10 bytes (schema_bytes)"), "{why}");
    limit(&place, "");
    until("greet serves again", || component(&place, "greet").filter(|greet| greet.state == "serving"));
    assert_eq!(place.ask("greeter", &ada)["state"], "DONE");
    node.stop();
    place.replays_clean();
}

/// `greet`, which takes all the memory that it gets and greets with the number of its pages.
fn greedy() -> Vec<u8> {
    let digit = |at: u32, tens: u32| {
        format!(
            "(i32.store8 (i32.const {at}) (i32.add (i32.const 48) (i32.rem_u (i32.div_u (memory.size) (i32.const {tens})) (i32.const 10))))"
        )
    };
    let grow = "(loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))";
    let digits = [digit(2013, 1_000), digit(2014, 100), digit(2015, 10), digit(2016, 1)].concat();
    let text =
        include_str!("../src/greet.wat").replace("GREETING\\", "0000\\").replace("LENGTH)", "19)").replace(
            "      (i32.store (i32.const 1200) (i32.const 0))",
            &format!("{grow}{digits}(i32.store (i32.const 1200) (i32.const 0))"),
        );
    wat::parse_str(text).expect("component text")
}

#[test]
fn more_memory_than_the_engine_was_made_for_waits_for_the_next_start() {
    let place = Place::new();
    std::fs::write(place.path("tools/greet.wasm"), greedy()).expect("a tool");
    let node = place.serve();
    let pages = || place.ask("greeter", &json!({"name": "Ada"}))["result"]["greeting"].clone();
    assert_eq!(pages(), "1024", "64 MiB");
    limit(&place, "[tool.greet]\nmemory_bytes = 134_217_728\n");
    assert_eq!(pages(), "1024", "the engine's pool was made before");
    node.stop();
    let node = place.serve();
    assert_eq!(pages(), "2048", "it is made anew");
    limit(&place, "[tool.greet]\nmemory_bytes = 6_553_600\n");
    assert_eq!(pages(), "0100", "less needs no start");
    node.stop();
    // Each call is run again with what it had then, on an engine that is as large as the largest was.
    assert_eq!(place.replays_clean().decisions, 4);
}

#[test]
fn the_roots_ceilings_bound_a_tenant_when_they_change_too() {
    let place = Place::new();
    let acme = place.layout().tenant(&"acme".parse().expect("a name"));
    acme.create().expect("a layout");
    place.write("config/limits.toml", "[ceiling]\nturns = 10\n");
    std::fs::write(acme.config().join("limits.toml"), "turns = 11\n").expect("a file");
    let options = || Options { tenants: vec!["acme".parse().expect("a name")], ..place.options() };
    let Err(error) = place.try_serve(options()).map(drop) else { panic!("over the ceiling") };
    let expected = "config/limits.toml:1:9: `turns` is 11, over its ceiling of 10, which stands in config/limits.toml of the root tenant, line 2";
    assert_eq!(error.to_string(), expected);

    std::fs::write(acme.config().join("limits.toml"), "turns = 9\n").expect("a file");
    let node = place.try_serve(options()).expect("the node starts");
    until("acme serves", || Status::read(&acme).ok().filter(|status| status.problems.is_empty()));
    limit(&place, "[ceiling]\nturns = 8\n");
    let problem = until("the tenant hears of it", || Status::read(&acme).ok()?.problems.first().cloned());
    assert!(problem.contains("`turns` is 9, over its ceiling of 8"), "{problem}");
    node.stop();
}
