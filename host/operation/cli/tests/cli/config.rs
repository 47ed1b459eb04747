//! `config`: what holds, where it comes from, and what a running node makes of it.

use std::fs;

use serde_json::{Value, json};

use crate::place::{Place, until};

const LIMITS: &str = "\
# ours
turns = 64

[tool.\"text.count\"]
execute_fuel = 50_000_000

[ceiling]
decide_ms = 60_000
memory_bytes = 134_217_728
";

fn row<'a>(rows: &'a Value, name: &str) -> &'a Value {
    let rows = rows.as_array().expect("rows");
    rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn every_limit_is_shown_with_where_it_comes_from() {
    let place = Place::new();
    fs::write(place.data("config/limits.toml"), LIMITS).expect("a file");
    let told = place.ok(&["config"]);
    let mut limits = 0;
    for limit in jaros_decision::LIMITS {
        assert!(
            told.lines().any(|line| line.starts_with(&format!("{} ", limit.name))),
            "{}: {told}",
            limit.name
        );
        limits += 1;
    }
    assert!(limits > 25, "{limits} limits were looked for");
    let squeezed = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = told.lines().map(squeezed).collect();
    for expected in [
        "turns 64 config/limits.toml:2",
        "decide_ms 60 s ceiling, line 8",
        "memory_bytes 64 MiB default",
        "[tool.\"text.count\"]",
        "execute_fuel 50,000,000 [tool.\"text.count\"], line 5",
        "provider default config/llm.json",
    ] {
        assert!(lines.iter().any(|line| line == expected), "{expected}: {told}");
    }
    let changed = place.ok(&["config", "--changed"]);
    assert!(changed.contains("turns") && !changed.contains("memory_bytes"), "{changed}");
}

#[test]
fn one_component_has_its_own_limits_and_everybodys() {
    let place = Place::new();
    fs::write(place.data("config/limits.toml"), LIMITS).expect("a file");
    let found = place.json(&["config", "text.count"]);
    assert_eq!(found["components"][0]["role"], "tool", "{found}");
    let rows = &found["components"][0]["limits"];
    let fuel = row(rows, "execute_fuel");
    assert_eq!(
        (&fuel["value"], &fuel["from"]),
        (&json!(50_000_000), &json!("[tool.\"text.count\"]")),
        "{fuel}"
    );
    assert_eq!((&fuel["line"], &fuel["default"]), (&json!(5), &json!(1_000_000_000)), "{fuel}");
    assert_eq!(row(rows, "memory_bytes")["ceiling"], 134_217_728, "{rows}");
    let names: Vec<&Value> = rows.as_array().expect("rows").iter().map(|row| &row["name"]).collect();
    assert!(
        !names.contains(&&json!("turns")) && !names.contains(&&json!("decide_ms")),
        "a tool's only: {names:?}"
    );
    let unknown = place.run(&["config", "text.cuont"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
    assert!(unknown.err.contains("did you mean text.count?"), "{unknown:?}");
}

#[test]
fn what_a_running_node_has_in_force_is_told_where_it_differs() {
    let place = Place::new();
    let node = place.serve();
    let more = "memory_bytes = 134_217_728\nexecute_fuel = 7\n";
    fs::write(place.data("config/limits.toml"), more).expect("a file");
    let in_force = |name: &'static str| row(&place.json(&["config"])["limits"], name)["in_force"].clone();
    until("the file comes into force", || (in_force("execute_fuel") == 7).then_some(()));
    assert_eq!(in_force("memory_bytes"), 64 << 20, "the engine was made with that");
    let told = place.ok(&["config", "--changed"]);
    assert!(
        told.contains("128 MiB") && told.contains("; in force: 64 MiB until the node starts again"),
        "{told}"
    );

    fs::write(place.data("config/limits.toml"), "execute_fuel = 8\nturn = 3\n").expect("a file");
    let said = place.run(&["config"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains("problem  config/limits.toml:2:1: unknown key `turn`"), "{said:?}");
    assert!(said.err.contains("last good settings stay in force"), "{said:?}");
    let bad: Value = place.run(&["config", "--json"]).json();
    let fuel = row(&bad["limits"], "execute_fuel");
    assert_eq!((&fuel["value"], &fuel["from"]), (&json!(7), &json!("last good")), "{fuel}");
    node.stop();

    let alone = place.run(&["config"]);
    assert_eq!(alone.code, 2, "{alone:?}");
    assert!(
        alone.err.contains("config/limits.toml:2:1: unknown key `turn`") && alone.err.contains("\nnext: "),
        "{alone:?}"
    );
}

#[test]
fn the_models_settings_say_who_set_them_and_no_secret() {
    let place = Place::new();
    let mut command = place.command(&["config", "--json"]);
    command.env("JAROS_LLM_PROVIDER", "uppercase").env("JAROS_LLM_API_KEY", "canary-7f3a");
    let output = command.output().expect("the program runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let found: Value = serde_json::from_str(&text).expect("JSON");
    let provider = &found["model"]["settings"][0];
    assert_eq!((&provider["value"], &provider["from"]), (&json!("uppercase"), &json!("JAROS_LLM_PROVIDER")));
    assert!(!text.contains("canary"), "{text}");
}
