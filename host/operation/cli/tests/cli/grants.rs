//! What components may do: explained, granted, taken away.

use std::fs;

use serde_json::{Value, json};

use crate::components::importing;
use crate::place::{Place, built};

fn grants(place: &Place) -> String {
    fs::read_to_string(place.data("config/grants.toml")).expect("the file")
}

fn component<'a>(told: &'a Value, name: &str) -> &'a Value {
    let all = told["components"].as_array().expect("components");
    all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name}: {told}"))
}

#[test]
fn who_can_reach_what_is_told_without_a_node() {
    let place = Place::new();
    let told = place.json(&["grants"]);
    let stat = component(&told, "fs.stat");
    assert!(stat["effective"].as_array().expect("a list").contains(&json!("files-read")), "{stat}");
    let granted = stat["granted"].as_array().expect("a list");
    let read = granted.iter().find(|one| one["capability"] == "files-read").expect("granted");
    assert_eq!((&read["via"], &read["scope"]), (&json!(["section"]), &json!(["data = shared"])), "{read}");
    assert_eq!(component(&told, "inventory")["propose"]["kinds"], json!(["fs.stat"]));
    assert_eq!(component(&told, "planner")["propose"]["kinds"], Value::Null);
    let stat = told["actions"].as_array().expect("actions").iter().find(|one| one["kind"] == "fs.stat");
    assert_eq!(stat.expect("the tool")["agents"][0]["agent"], "inventory");
    assert_eq!((&told["nobody"], &told["dangers"]), (&json!([]), &json!([])));
    let text = place.ok(&["grants"]);
    for line in [
        "may propose fs.stat (section)",
        "files-read: data = shared (section); proposed by inventory (section)",
        "may propose the built-ins and every tool that imports no capability (default)",
        "files-read   tool fs.disk_usage for disk-monitor; tool fs.stat for inventory",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let one = place.ok(&["grants", "fs.stat"]);
    assert!(one.contains("fs.stat") && !one.contains("planner"), "{one}");
    assert!(place.ok(&["grants", "submit"]).contains("built-in submit: proposed by "));
    let unknown = place.run(&["grants", "fs.stta"]);
    assert_eq!((unknown.code, &*unknown.out), (1, ""), "{unknown:?}");
    assert!(unknown.err.contains("did you mean fs.stat?") && unknown.err.contains("next: "), "{unknown:?}");
    assert_eq!(Place::empty().run(&["grants"]).code, 1);
}

#[test]
fn slips_and_what_is_missing_are_told_with_the_command_that_mends_it() {
    let place = Place::new();
    fs::write(place.data("tools/wants.wasm"), importing("jaros:plugin/host-facts@1.0.0")).expect("a file");
    let text = grants(&place) + "[tool.sys-info]\nhost-facts = true\n[role.idle]\nhost-facts = true\n";
    fs::write(place.data("config/grants.toml"), text).expect("a file");
    let told = place.ok(&["grants"]);
    for line in [
        "refused: it imports `host-facts`, which isn't granted\n",
        "next: jaros grant wants host-facts\n",
        "there is no tool sys-info, which config/grants.toml has an entry for; did you mean sys.info?",
        "no component has the role idle",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    fs::write(place.data("config/grants.toml"), "[tool.x]\nhost-fact = true\n[agent.y]\nz = 1\n")
        .expect("a file");
    for args in [&["grants"][..], &["grant", "sys.info", "host-facts"], &["revoke", "sys.info"]] {
        let bad = place.run(args);
        assert_eq!((bad.code, &*bad.out), (2, ""), "{args:?}: {bad:?}");
        assert!(bad.err.contains("config/grants.toml:2:1: unknown key `host-fact`"), "{bad:?}");
        assert!(bad.err.contains("config/grants.toml:4:1: unknown key `z`"), "{bad:?}");
    }
    assert!(grants(&place).starts_with("[tool.x]\nhost-fact"), "a bad file isn't touched");
}

#[test]
fn what_is_granted_and_revoked_is_the_file_with_that_line() {
    let place = Place::new();
    let before = grants(&place);
    let said = place.run(&["grant", "fs.stat", "files-read", "docs=../docs"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.out.starts_with(
            "-files-read = { data = \"shared\" }\n+files-read = { data = \"shared\", docs = \"../docs\" }\ntool "
        ),
        "{said:?}"
    );
    assert!(said.err.contains("No node is running"), "{said:?}");
    let again = place.ok(&["grant", "fs.stat", "files-read", "docs=../docs"]);
    assert!(again.starts_with("config/grants.toml says so already"), "{again}");
    place.ok(&["revoke", "fs.stat", "files-read", "docs"]);
    assert_eq!(grants(&place), before);
    let listed = place.ok(&["grant", "planner", "propose", "advance", "submit"]);
    assert!(listed.contains("+[agent.planner]\n+propose = [\"advance\", \"submit\"]\n"), "{listed}");
    assert!(listed.contains("it has a list now: before, it could propose whatever is open"), "{listed}");
    let told = place.json(&["revoke", "planner", "propose", "submit"]);
    assert_eq!(
        told["difference"],
        json!(["-propose = [\"advance\", \"submit\"]", "+propose = [\"advance\"]"])
    );
    assert_eq!((&told["changed"], &told["node"]), (&json!(true), &Value::Null), "{told}");
    place.ok(&["grant", "not.yet", "host-facts", "--tool"]);
    assert!(grants(&place).ends_with("[tool.\"not.yet\"]\nhost-facts = true\n"));
    place.ok(&["revoke", "not.yet"]);
    assert!(!grants(&place).contains("not.yet"));
    fs::copy(built("tools/sys.info.wasm"), place.data("tools/echo.wasm")).expect("a file");
    let tool = place.json(&["grant", "echo", "host-facts"]);
    assert_eq!(tool["role"], "tool", "an agent has that name too, which can't have it");
}

#[test]
fn what_can_not_be_granted_is_refused_and_changes_nothing() {
    let place = Place::new();
    fs::copy(built("tools/greet.wasm"), place.data("tools/echo.wasm")).expect("a file");
    let role = "[role.r]\nhost-facts = true\n[tool.greet]\nroles = [\"r\"]\n";
    fs::write(place.data("config/grants.toml"), grants(&place) + role).expect("a file");
    let before = grants(&place);
    for (args, code, want) in [
        (&["grant", "fs.stta", "host-facts"][..], 2, "there is no component fs.stta; did you mean fs.stat?"),
        (&["grant", "echo", "files-read", "d=x"], 2, "there are an agent and a tool echo"),
        (&["grant", "planner", "host-facts"], 2, "`host-facts` isn't for agents"),
        (&["grant", "fs.stat", "file-read", "d=x"], 2, "did you mean `files-read`?"),
        (&["grant", "fs.stat", "files-read", "/srv"], 2, "`/srv` names no folder"),
        (&["grant", "planner", "roles", "r"], 2, "the role `r` has `host-facts`, which isn't for agents"),
        (&["grant", "planner", "payload", "submit"], 2, "`payload` is written by hand"),
        (&["revoke", "greet", "host-facts"], 3, "has that by its role `r`"),
    ] {
        let said = place.run(args);
        assert_eq!((said.code, &*said.out), (code, ""), "{args:?}: {said:?}");
        assert!(said.err.contains(want) && said.err.contains("\nnext: "), "{args:?}: {said:?}");
        assert_eq!(grants(&place), before, "{args:?}");
    }
}

#[test]
fn a_node_that_runs_has_taken_it_over_when_the_command_returns() {
    let place = Place::new();
    let node = place.serve();
    let health = || place.run(&["submit", "system-health", "--input", "{}", "--wait"]);
    assert_eq!(health().code, 0);
    let gone = place.ok(&["revoke", "sys.info"]);
    assert!(gone.contains("tool sys.info doesn't serve now"), "{gone}");
    assert!(gone.contains("next: jaros grant sys.info host-facts"), "{gone}");
    assert_eq!(health().code, 1);
    let told = place.json(&["grant", "sys.info", "host-facts"]);
    assert_eq!(told["node"]["state"], "serving", "{told}");
    assert_eq!(health().code, 0);
    let wants = place.run(&["add-tool", &built("tools/sys.info.wasm"), "--name", "wants"]);
    assert_eq!(wants.code, 3, "{wants:?}");
    let serves = place.ok(&["grant", "wants", "host-facts"]);
    assert!(serves.contains("tool wants @") && serves.contains(" serving"), "{serves}");
    // The interface is granted, and has no such resource.
    let odd = include_str!("../../src/demo/phone.home.wat")
        .replace("wasi:sockets/tcp@0.2.0", "jaros:plugin/host-facts@1.0.0");
    let odd = place.file("odd.wasm", wat::parse_str(odd).expect("component text"));
    assert_eq!(place.run(&["add-tool", &odd]).code, 3);
    let odd = place.ok(&["grant", "odd", "host-facts"]);
    assert!(odd.contains("tool odd doesn't serve now: "), "its import has another type: {odd}");
    fs::write(place.data("config/limits.toml"), "turn = 3\n").expect("a file");
    let stuck = place.run(&["grant", "system-health", "propose", "advance"]);
    assert_eq!(stuck.code, 3, "{stuck:?}");
    assert!(stuck.err.contains("config/limits.toml:1:1"), "{stuck:?}");
    fs::write(place.data("config/limits.toml"), "").expect("a file");
    let taken = place.ok(&["grant", "system-health", "propose", "advance"]);
    assert!(taken.contains("says so already") && taken.contains("serving"), "{taken}");
    node.stop();
    assert_eq!(place.json(&["replay"])["ok"], true);
}
