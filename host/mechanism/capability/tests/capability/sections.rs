//! Roles, pins and rules for payloads: what they come to, and what is refused of them.

use std::path::Path;

use jaros_capability::{Grants, Role};
use jaros_decision::{Code, Digest, Json};
use jaros_gate::Kinds;

use crate::harness::{LIMITS, name};

fn parse(text: &str) -> Grants {
    Grants::parse(text, Path::new("/data")).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What an agent may propose: the kinds, or `open`.
fn kinds(grants: &Grants, agent: &str) -> String {
    match &grants.may(&name(agent)).kinds {
        Kinds::Open => String::from("open"),
        Kinds::Only(kinds) => kinds.iter().map(jaros_decision::Name::as_str).collect::<Vec<_>>().join(" "),
    }
}

/// The rules for an agent's payloads of this kind.
fn rules(grants: &Grants, agent: &str, kind: &str) -> Vec<String> {
    let rules = grants.may(&name(agent)).rules.get(&name(kind)).cloned().unwrap_or_default();
    rules.iter().map(|rule| rule.json().to_string()).collect()
}

const ROLES: &str = r#"
    [role.reporter]
    propose = ["fs.write"]
    payload."fs.write".properties.path.pattern = "^out/"

    [role.sender]
    propose = ["submit", "fs.write"]
    payload.submit.maxProperties = 1

    [role.reader]
    files-read = { data = "/srv/data" }

    [role.machine]
    host-facts = true
    store = true
    wasi = "virtual"
    files-read = { docs = "docs" }
    files-write = { out = "/srv/out" }
    http."https://a.example" = { methods = ["GET", "PUT"] }
"#;

#[test]
fn a_component_has_what_its_section_and_its_roles_say_together() {
    let text = format!(
        "{ROLES}{}",
        r#"
        [agent.both]
        roles = ["reporter", "sender", "reader"]
        propose = ["advance"]
        payload."fs.write".properties.data.maxLength = 9
        [agent.reads]
        roles = ["reader"]
        [agent.one]
        roles = ["reporter"]
        [agent.none]
        roles = []
        [tool.t]
        roles = ["machine", "reader"]
        host-facts = false
        files-read = { data = "/srv/data", own = "shared" }
        "#
    );
    let grants = parse(&text);
    let table = [
        ("both", "advance fs.write submit"),
        ("reads", "open"),
        ("one", "fs.write"),
        ("none", "open"),
        ("other", "open"),
    ];
    for (agent, expected) in table {
        assert_eq!(kinds(&grants, agent), expected, "{agent}");
    }
    let path = r#"{"properties":{"path":{"pattern":"^out/"}}}"#;
    let data = r#"{"properties":{"data":{"maxLength":9}}}"#;
    assert_eq!(rules(&grants, "both", "fs.write"), [data, path]);
    assert_eq!(rules(&grants, "both", "submit"), [r#"{"maxProperties":1}"#]);
    assert_eq!(rules(&grants, "one", "fs.write"), [path]);
    assert_eq!(rules(&grants, "reads", "fs.write").len(), 0);
    let written = r#"
        [agent.reads]
        files-read = { data = "/srv/data" }
        [tool.t]
        host-facts = true
        store = true
        wasi = "virtual"
        files-read = { data = "/srv/data", docs = "docs", own = "shared" }
        files-write = { out = "/srv/out" }
        http."https://a.example" = { methods = ["PUT", "GET"] }
    "#;
    let written = parse(written);
    for (role, who) in [(Role::Agent, "reads"), (Role::Tool, "t")] {
        assert_eq!(grants.of(role, &name(who)), written.of(role, &name(who)), "{who}");
    }
}

#[test]
fn a_role_that_nobody_has_is_fine_and_known() {
    let grants = parse(&format!("{ROLES}[agent.a]\nroles = [\"reader\"]"));
    let unused: Vec<&str> = grants.unused_roles().map(jaros_decision::Name::as_str).collect();
    assert_eq!(unused, ["machine", "reporter", "sender"]);
    assert_eq!(grants.names().count(), 1);
}

#[test]
fn a_rule_may_be_a_section_a_table_or_a_text_of_json() {
    let texts = [
        "[agent.a.payload.submit]\nrequired = [\"agent\"]\n[agent.a.payload.submit.properties.agent]\nenum = [\"worker\", 1, 1.5, true, [[]]]",
        "[agent.a]\npayload = { submit = { required = [\"agent\"], properties = { agent = { enum = [\"worker\", 0x1, 1.5, true, [[]]] } } } }",
        "[agent.a]\npayload.submit = '{ \"properties\": {\"agent\":{\"enum\":[\"worker\",1.0,1.5,true,[[]]]}}, \"required\": [\"agent\"] }'",
        "[agent.a.payload]\nsubmit = \"\"\"\n{\"required\":[\"agent\"],\n \"properties\":{\"agent\":{\"enum\":[\"worker\",1,15e-1,true,[[]]]}}}\n\"\"\"",
    ];
    let expected = r#"{"properties":{"agent":{"enum":["worker",1,1.5,true,[[]]]}},"required":["agent"]}"#;
    for text in texts {
        let grants = parse(text);
        assert_eq!(rules(&grants, "a", "submit"), [expected], "{text}");
        let check = |payload: &str| {
            let payload = Json::parse(payload, jaros_decision::JsonLimits::default()).expect("JSON");
            grants
                .may(&name("a"))
                .check(&name("submit"), &payload, LIMITS().schema_work)
                .map_err(|failure| failure.code)
        };
        assert_eq!(check(r#"{"agent":"worker","input":3}"#), Ok(()));
        assert_eq!(check(r#"{"agent":"planner"}"#), Err(Code::REFUSED));
    }
}

#[test]
fn only_a_pinned_version_may_serve() {
    let [one, two, three] = [b"1", b"2", b"3"].map(|bytes| Digest::of(bytes));
    let text = format!(
        "[tool.\"fs.stat\"]\nsha256 = \"{one}\"\n[agent.a]\nsha256 = [\"{one}\", \"{}\"]",
        two.to_hex().to_uppercase()
    );
    let grants = parse(&text);
    let table = [
        (Role::Tool, "fs.stat", one, true),
        (Role::Tool, "fs.stat", two, false),
        (Role::Agent, "a", one, true),
        (Role::Agent, "a", two, true),
        (Role::Agent, "a", three, false),
        (Role::Tool, "a", three, true),
        (Role::Agent, "fs.stat", three, true),
    ];
    for (role, who, digest, may) in table {
        assert_eq!(grants.of(role, &name(who)).pinned(digest).is_ok(), may, "{role} {who} {digest}");
    }
    let failure = grants.for_tool(&name("fs.stat")).pinned(two).expect_err("a refusal");
    assert_eq!(failure.code, Code::REFUSED);
    assert_eq!(
        failure.message,
        format!(
            "tool `fs.stat` is refused: this version, {}, isn't one of those that it is pinned to ({}); to let it serve, \
             add its digest to `sha256` in config/grants.toml under [tool.\"fs.stat\"]:\n\"{two}\"",
            two.short(),
            one.short()
        )
    );
    let many: Vec<String> = (100..200_u8).map(|n| format!("\"{}\"", Digest::of(&[n]))).collect();
    let grants = parse(&format!("[tool.t]\nsha256 = [{}]", many.join(",")));
    let failure = grants.for_tool(&name("t")).pinned(two).expect_err("a refusal");
    assert!(failure.message.len() < 500, "{failure}");
}

#[test]
fn every_problem_is_told_with_its_place_and_what_is_allowed() {
    let reader = "[role.reader]\nfiles-read = { data = \"/a\" }\n";
    let facts = "[role.facts]\nhost-facts = true\n";
    let speaker = "[role.speaker]\npropose = [\"advance\"]\npayload.advance.maxProperties = 1\n";
    let with = |roles: &str, rest: &str| format!("{roles}{rest}");
    let table: &[(String, &str)] = &[
        // Roles.
        ("[role]\nreader = true".into(), "2:10: `reader` is a section, `[role.NAME]`, not a TOML boolean"),
        ("role = 1".into(), "1:8: `role` is a section for each name"),
        ("[role.\"a/b\"]".into(), "1:7: `a/b` is no role's name"),
        (
            "[role.r]\nx = 1".into(),
            "2:1: unknown key `x`; role entries have `propose`, `payload`, `files-read`",
        ),
        ("[role.r]\nroles = [\"s\"]".into(), "2:1: a role has no roles: each says by itself what it grants"),
        (
            format!("[role.r]\nsha256 = \"{}\"", "0".repeat(64)),
            "2:1: `sha256` stands with a component: a role is for several",
        ),
        ("[role.r]\njob = true".into(), "2:1: every component has `job`, it isn't granted"),
        ("[role.r]\nmodel = true".into(), "2:1: every agent has `model`, it isn't granted"),
        (
            "[agent.a]\nroles = \"reader\"".into(),
            "2:9: `roles` is a list of roles: [\"reporter\"], not a TOML string",
        ),
        ("[agent.a]\nroles = [1]".into(), "2:10: `roles` is a list of roles, each a string"),
        ("[agent.a]\nroles = [\"a b\"]".into(), "2:10: `a b` is no role's name"),
        ("[agent.a]\nroles = [\"reader\"]".into(), "2:10: there is no role `reader`; roles are nothing"),
        (
            with(reader, "[agent.a]\nroles = [\"raeder\"]"),
            "4:10: there is no role `raeder` (did you mean `reader`?); roles are `reader`",
        ),
        (
            with(reader, "[agent.a]\nroles = [\"reader\", \"reader\"]"),
            "4:20: the role `reader` stands here twice",
        ),
        (
            with(facts, "[agent.a]\nroles = [\"facts\"]"),
            "4:10: the role `facts` has `host-facts`, which isn't for agents",
        ),
        (
            with(speaker, "[tool.t]\nroles = [\"speaker\"]"),
            "5:10: the role `speaker` has `payload`, which isn't for tools\n\
             config/grants.toml:5:10: the role `speaker` has `propose`, which isn't for tools",
        ),
        (
            with(reader, "[tool.t]\nroles = [\"reader\"]\nfiles-read = { data = \"/b\" }"),
            "4:10: the role `reader` has `/a` as `data` of `files-read`, which is `/b` here already; give one of them",
        ),
        (
            with(
                "[role.writer]\nfiles-write = { data = \"/w\" }\n",
                "[tool.t]\nroles = [\"writer\"]\nfiles-read = { data = \"/r\" }",
            ),
            "4:10: the role `writer` makes `data` one folder under `files-read` and another under `files-write`",
        ),
        (
            with(
                "[role.web.http.\"https://a.example\"]\nmethods = [\"PUT\"]\n",
                "[tool.t]\nroles = [\"web\"]\nhttp.\"https://a.example\" = {}",
            ),
            "4:10: the role `web` has another rule for `https://a.example` of `http` than stands here already",
        ),
        (
            with("[role.web.http.\"https://a.example\"]\n", "[agent.a]\nroles = [\"web\"]"),
            "3:10: the role `web` has `http`, which isn't for agents",
        ),
        // Pins.
        (
            "[tool.t]\nsha256 = 3".into(),
            "2:10: `sha256` is a digest, or a list of digests, each a string, not a TOML",
        ),
        ("[tool.t]\nsha256 = \"abc\"".into(), "2:10: `abc` is no digest: SHA-256 has 64 hexadecimal digits"),
        ("[tool.t]\nsha256 = []".into(), "2:10: `sha256` names no version, so none could serve"),
        (
            format!("[tool.t]\nsha256 = [\"{}\", \"{}\"]", "a".repeat(64), "A".repeat(64)),
            "2:79: the digest `AAAA",
        ),
        ("[tool.t]\nsha256 = [\"x\", 1]".into(), "2:11: `x` is no digest"),
        // Rules for payloads.
        ("[tool.t]\npayload = {}".into(), "2:1: `payload` is for agents: tools propose nothing"),
        ("[agent.a]\npayload = {}".into(), "2:11: `payload` has no kind: write a JSON Schema under"),
        (
            "[agent.a]\npayload = \"x\"".into(),
            "2:11: `payload` is a section with a JSON Schema for each kind",
        ),
        (
            "[agent.a]\npayload.submit = 3".into(),
            "2:18: `submit` is a JSON Schema, as a table or as a string of JSON, not a TOML integer",
        ),
        ("[agent.a.payload.\"a b\"]\ntype = \"object\"".into(), "1:18: `a b` is no kind's name"),
        ("[agent.a.payload.submit]".into(), "1:18: the rule for `submit`: the schema asks for nothing"),
        (
            "[agent.a.payload.submit]\ntitle = \"x\"".into(),
            "1:18: the rule for `submit`: the schema asks for nothing",
        ),
        (
            "[agent.a.payload.submit]\nrequird = [\"agent\"]".into(),
            "1:18: the rule for `submit`: \"requird\" is no keyword of JSON Schema; did you mean required? (at \"/requird\")",
        ),
        (
            "[agent.a.payload.text.count]\ntype = \"object\"".into(),
            "1:18: the rule for `text`: \"count\" is no keyword of JSON Schema; did you mean const? (at \"/count\"); a kind whose name has a \
             dot stands in quotes: \"text.count\"",
        ),
        (
            "[agent.a.payload.submit.properties.agent]\nformat = \"email\"".into(),
            "1:18: the rule for `submit`: `format` isn't checked, so it can't stand in a rule (at \
             \"/properties/agent/format\")",
        ),
        (
            "[agent.a.payload.submit]\ntype = \"objct\"".into(),
            "1:18: the rule for `submit`: the schema is invalid at",
        ),
        (
            "[agent.a]\npayload.submit = '{\"not\":{\"$ref\":\"#\"}}'".into(),
            "2:9: the rule for `submit`: `$ref` leads back to itself; recursive schemas are refused (at \"/not/$ref\")",
        ),
        (
            format!("[agent.a]\npayload.submit = '{{\"enum\":[\"{}\"]}}'", "x".repeat(70_000)),
            "2:9: the rule for `submit`: the schema is longer than 65536 bytes",
        ),
        (
            "[agent.a]\npayload.submit = '{\"type\":}'".into(),
            "2:18: the rule for `submit`: not JSON: expected value at line 1 column 9 within this string",
        ),
        ("[agent.a]\npayload.submit = ''".into(), "2:18: the rule for `submit`: not JSON: the text is empty"),
        (
            "[agent.a.payload.submit]\nmaximum = 9007199254740992".into(),
            "2:11: a whole number in a schema lies within ±(2^53−1)",
        ),
        ("[agent.a.payload.submit]\nmaximum = inf".into(), "2:11: JSON has no such number"),
        (
            "[agent.a.payload.submit]\nconst = 2026-01-01".into(),
            "2:9: JSON has no dates; write it as a string",
        ),
    ];
    for (text, expected) in table {
        let error = Grants::parse(text, Path::new("/data")).expect_err(text).to_string();
        assert!(error.starts_with(&format!("config/grants.toml:{expected}")), "{text:?}: {error}");
    }
}

#[test]
fn hostile_texts_end_in_an_error() {
    let deep = format!("[agent.a.payload.k]\nconst = {}{}", "[".repeat(70), "]".repeat(70));
    let nested = format!("[agent.a]\npayload.k = '{}true{}'", "{\"not\":".repeat(70), "}".repeat(70));
    let heavy: Vec<String> =
        (0..5_000).map(|n| format!("k{n} = {{ pattern = \"(a|b|c|d){{1,9}}$\" }}")).collect();
    let heavy = format!("[agent.a.payload.k.properties]\n{}", heavy.join("\n"));
    for text in [deep, nested, heavy] {
        let error = Grants::parse(&text, Path::new("/")).expect_err("an error").to_string();
        assert!(error.len() < 2_000, "{error}");
    }
}
