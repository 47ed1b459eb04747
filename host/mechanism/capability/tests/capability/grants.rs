//! `config/grants.toml`: what it grants, what it refuses to understand, and what a component still lacks.

use std::path::Path;

use jaros_capability::{Capability, Grants, Role};
use jaros_decision::Code;
use jaros_gate::AgentMay;

use crate::harness::{Machine, everything, name, refused};

fn parse(text: &str) -> Grants {
    Grants::parse(text, Path::new("/data")).expect(text)
}

fn words(capabilities: impl IntoIterator<Item = Capability>) -> String {
    capabilities.into_iter().map(Capability::interface).collect::<Vec<_>>().join(" ")
}

#[test]
fn an_entry_adds_to_what_every_component_has() {
    let grants = parse(
        r#"
        [agent.planner]
        propose = ["advance", "fs.write"]
        files-read = { data = "/srv/data", docs = "artifacts" }
        [tool."fs.stat"]
        files-read.data = "/srv/data"
        host-facts = true
        [tool.plain]
        host-facts = false
        [tool.python]
        wasi = "virtual"
        [agent.python]
        wasi = "virtual"
        "#,
    );
    let table = [
        (grants.for_agent(&name("planner")), "model actions job log files-read"),
        (grants.for_agent(&name("other")), "model actions job log"),
        (grants.for_agent(&name("fs.stat")), "model actions job log"),
        (grants.for_tool(&name("fs.stat")), "job log files-read host-facts"),
        (grants.for_tool(&name("plain")), "job log"),
        (grants.for_tool(&name("python")), "job log wasi"),
        (grants.for_agent(&name("python")), "model actions job log wasi"),
        (grants.for_tool(&name("planner")), "job log"),
        (Grants::default().for_tool(&name("fs.stat")), "job log"),
    ];
    for (grant, expected) in table {
        assert_eq!(words(grant.capabilities()), expected, "{} {}", grant.role(), grant.name());
    }
    let named: Vec<_> = grants.names().map(|(role, name)| format!("{role} {name}")).collect();
    assert_eq!(named, ["agent planner", "agent python", "tool fs.stat", "tool plain", "tool python"]);
    assert_eq!(parse("").names().count(), 0);
}

#[test]
fn an_agent_proposes_what_is_open_or_exactly_what_is_listed() {
    let grants = parse("[agent.strict]\npropose = [\"advance\", \"fs.stat\"]\n[agent.mute]\npropose = []");
    let table = [
        ("free", "advance", true, true),
        ("free", "text.count", true, true),
        ("free", "fs.stat", false, false),
        ("strict", "advance", true, true),
        ("strict", "fs.stat", false, true),
        ("strict", "text.count", true, false),
        ("strict", "fs", true, false),
        ("mute", "advance", true, false),
    ];
    for (agent, kind, open, may) in table {
        let grant = grants.for_agent(&name(agent));
        assert_eq!(grant.may().kinds.allow(&name(kind), open), may, "{agent} {kind}");
        assert_eq!(grants.may(&name(agent)), grant.may(), "{agent}");
    }
    assert_eq!(*grants.for_tool(&name("strict")).may(), AgentMay::only([]));
}

#[test]
fn every_problem_is_told_with_its_place_and_what_is_allowed() {
    let table = [
        (
            "[tools.a]",
            "1:2: unknown key `tools` (did you mean `tool`?); a grant stands under `agent`, `tool`, `role`",
        ),
        ("host-facts = true", "1:1: unknown key `host-facts`; a grant stands under `agent`, `tool`, `role`"),
        ("tool = 3", "1:8: `tool` is a section for each name, not a TOML integer"),
        ("[[tool]]\nhost-facts = true", "1:1: `tool` is a section for each name, not a TOML array"),
        ("[tool]\na = true", "2:5: `a` is a section, `[tool.NAME]`, not a TOML boolean"),
        (
            "[tool.t]\nfile-read = {}",
            "2:1: unknown key `file-read` (did you mean `files-read`?); tool entries have `roles`, `sha256`, \
             `files-read`, `files-write`, `store`, `host-facts`, `http`, `wasi`",
        ),
        (
            "[agent.a]\nx = 1",
            "2:1: unknown key `x`; agent entries have `roles`, `sha256`, `propose`, `payload`, \
             `files-read`, `wasi`",
        ),
        (
            "[tool.fs.stat]\nhost-facts = true",
            "1:10: unknown key `stat`; if the tool's name has a dot, it stands in quotes: `[tool.\"fs.stat\"]`",
        ),
        ("[tool.t]\npropose = []", "2:1: `propose` is for agents: tools propose nothing"),
        ("[agent.a]\nhost-facts = true", "2:1: `host-facts` isn't for agents; agent entries have"),
        ("[tool.t]\nmodel = true", "2:1: `model` isn't for tools; tool entries have"),
        ("[tool.t]\njob = true", "2:1: every component has `job`, it isn't granted"),
        ("[agent.a]\nstore = true", "2:1: `store` isn't for agents; agent entries have"),
        ("[agent.a]\nfiles-write = { a = \"a\" }", "2:1: `files-write` isn't for agents"),
        ("[tool.t]\nstore = 1", "2:9: `store` is `true` or `false`, not a TOML integer"),
        ("[tool.t]\nfiles-write = {}", "2:15: `files-write` names no folder"),
        (
            "[tool.t]\nfiles-read.a = \"x\"\nfiles-write.a = \"y\"",
            "3:1: `a` is one folder under `files-read` and another under `files-write`",
        ),
        ("[tool.t]\nhost-facts = \"yes\"", "2:14: `host-facts` is `true` or `false`, not a TOML string"),
        ("[tool.t]\nwasi = true", "2:8: `wasi` is \"virtual\", not a TOML boolean"),
        ("[agent.a]\nwasi = \"real\"", "2:8: `wasi` is \"virtual\", not `real`; leave it out for none"),
        ("[tool.t]\nwasi = { env = [] }", "2:8: `wasi` is \"virtual\", not a TOML table"),
        ("wasi = \"virtual\"", "1:1: unknown key `wasi`; a grant stands under `agent`, `tool`, `role`"),
        ("[tool.t]\nfiles-read = \"/srv\"", "2:14: `files-read` is a table of folders"),
        ("[tool.t]\nfiles-read = {}", "2:14: `files-read` names no folder"),
        (
            "[tool.t]\nfiles-read = { data = 3 }",
            "2:23: `data` is a folder's path, a string, not a TOML integer",
        ),
        ("[tool.t]\nfiles-read = { data = \"\" }", "2:23: a folder's path isn't empty"),
        (
            "[tool.t]\nfiles-read = { data = \"a\\u0000\" }",
            "2:23: a folder's path isn't empty and has no NUL",
        ),
        ("[tool.t]\nfiles-read = { \"a/b\" = \"x\" }", "2:16: `a/b` is no folder's name: a name has only"),
        ("[tool.t]\nfiles-read = { \"..\" = \"x\" }", "2:16: `..` is no folder's name"),
        ("[tool.\"../t\"]", "1:7: `../t` is no component's name"),
        ("[tool.\"\"]", "1:7: `` is no component's name: a name has 1 to 128 characters"),
        ("[tool.\"tоol\"]", "1:7: `tоol` is no component's name"), // a Cyrillic letter
        ("[agent.a]\npropose = \"advance\"", "2:11: `propose` is a list of kinds"),
        ("[agent.a]\npropose = [\"a\", 3]", "2:17: `propose` is a list of kinds, each a string"),
        ("[agent.a]\npropose = [\"fs.*\"]", "2:12: `fs.*` is no kind's name"),
        ("[agent.a]\npropose = [\"a\", \"b\", \"a\"]", "2:22: the kind `a` stands here twice"),
        ("[tool.t]\n[tool.t]", "2:"),
        ("[tool.t]\nhost-facts = true\nhost-facts = true", "3:1: duplicate key"),
        ("[tool.t\n", "1:8: "),
        ("[tool.t]\nhost-facts = tru", "2:14: "),
        ("[tool.t]\n\u{7}", "2:2: "),
        ("# grüße\n[tool.é]", "2:7: "),
    ];
    for (text, expected) in table {
        let error = Grants::parse(text, Path::new("/data")).expect_err(text).to_string();
        assert!(error.starts_with(&format!("config/grants.toml:{expected}")), "{text:?}: {error}");
    }
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_the_file() {
    let error = Grants::parse("[tool.z]\nx = 1\n[agent.a]\ny = 2\nhost-facts = 3", Path::new("/"))
        .expect_err("three");
    assert_eq!(
        error.problems.iter().map(|p| (p.line, p.column)).collect::<Vec<_>>(),
        [(2, 1), (4, 1), (5, 1)]
    );
    assert_eq!(error.to_string().lines().count(), 3);
}

#[test]
fn hostile_texts_end_in_an_error() {
    let deep = format!("a = {}{}", "[".repeat(500_000), "]".repeat(500_000));
    let dotted = format!("{} = 1", vec!["a"; 500_000].join("."));
    let header = format!("[{}]", vec!["a"; 500_000].join("."));
    let wide: String = (0..5_000).map(|n| format!("[tool.t]\nk{n} = 1\n")).collect();
    let large = "#".repeat((1 << 20) + 1);
    for text in [deep, dotted, header, wide, large, "\u{feff}\u{feff}".into(), "\r".into(), "\0".into()] {
        let error = Grants::parse(&text, Path::new("/")).expect_err("an error");
        assert!(!error.problems.is_empty() && error.problems.len() <= 20);
        assert!(error.to_string().len() < 20_000, "{error}");
    }
    parse("\u{feff}# a byte order mark\r\n[tool.t]\r\nhost-facts = true\r\n");
}

#[test]
fn what_is_imported_and_not_granted_is_named_with_the_line_that_grants_it() {
    let machine = Machine::new();
    let bare = machine.grants("");
    let tool = bare.for_tool(&name("fs.stat"));
    let missing = tool.missing(&everything());
    assert_eq!(
        words(missing.iter().map(|m| m.capability)),
        "model actions files-read files-write store host-facts http wasi"
    );
    for missing in missing {
        let grantable = missing.capability.open_to(Role::Tool);
        assert_eq!(missing.next.is_some(), grantable, "{}", missing.capability);
        let Some(next) = missing.next else { continue };
        let text = format!("{}\n{}", next.section, next.line);
        let grant = machine.grants(&text).for_tool(&name("fs.stat"));
        assert_eq!(grant.missing(&[missing.capability].into()), [], "{text} grants it");
    }
    tool.admit(&[Capability::Job, Capability::Log].into(), &[]).expect("every tool has those");
    let failure = tool.admit(&[Capability::Job, Capability::HostFacts].into(), &[]).expect_err("a refusal");
    assert_eq!(
        failure.message,
        "tool `fs.stat` is refused: it imports `host-facts`, which isn't granted; to grant it, write in \
         config/grants.toml under [tool.\"fs.stat\"]:\nhost-facts = true"
    );
    refused(tool.admit(&[Capability::Http].into(), &[]), "under [tool.\"fs.stat\"]:\nhttp.\"https://");
    refused(tool.admit(&[Capability::Model].into(), &[]), "`model`, which isn't for tools");
    let agent = bare.for_agent(&name("a"));
    refused(
        agent.admit(&[Capability::HostFacts].into(), &[]),
        "agent `a` is refused: it imports `host-facts`, which isn't for agents",
    );
    refused(agent.admit(&[Capability::FilesRead].into(), &[]), "under [agent.a]:\nfiles-read = ");
}

#[test]
fn every_import_of_wasi_is_named_with_both_ways_out() {
    let imports =
        ["wasi:cli/environment@0.2.9", "jaros:plugin/log@1.0.0", "wasi:io/poll@0.2.9"].map(String::from);
    let asked = [Capability::Log, Capability::Wasi].into();
    let failure = parse("").for_tool(&name("t.py")).admit(&asked, &imports).expect_err("a refusal");
    assert_eq!(
        failure.message,
        "tool `t.py` is refused: it imports WASI (`wasi:cli/environment@0.2.9`, `wasi:io/poll@0.2.9`), which isn't \
         granted; it can be built without (Rust for wasm32-unknown-unknown, JavaScript with `--stub-wasi`, Python with \
         `-s`); to grant it, write in config/grants.toml under [tool.\"t.py\"]:\nwasi = \"virtual\" # no files, no sockets, no \
         real clock"
    );
    parse("[tool.\"t.py\"]\nwasi = \"virtual\"")
        .for_tool(&name("t.py"))
        .admit(&asked, &imports)
        .expect("it is granted");
}

#[test]
fn a_folder_that_cannot_be_opened_is_told_when_it_is_opened() {
    let machine = Machine::new();
    machine.write("tenant/file", b"x");
    machine.link("tenant/keys", "state/keys");
    let table = [
        (
            "missing",
            Code::NOT_FOUND,
            "`files-read` of tool `t`: the folder `missing` of `data` doesn't exist",
        ),
        ("file", Code::INVALID, "the folder `file` of `data` is no folder"),
        ("file/sub", Code::INVALID, "is no folder"),
        ("state", Code::REFUSED, "the folder `state` of `data` belongs to the node itself"),
        ("state/keys", Code::REFUSED, "belongs to the node itself"),
        ("keys", Code::REFUSED, "belongs to the node itself"),
    ];
    for (folder, code, words) in table {
        let grant = machine.tool(&format!("files-read = {{ data = \"{folder}\" }}"));
        let failure = grant.open(&everything()).expect_err(folder);
        assert_eq!(failure.code, code, "{failure}");
        assert!(failure.message.contains(words), "{failure}");
        grant.open(&[Capability::Job].into()).expect("what isn't imported isn't opened");
    }
}

#[test]
fn grants_that_are_equal_open_to_the_same() {
    let grants = [
        "[tool.t]\nfiles-read = { a = \"x\" }",
        "# another text\n[tool.t]\nfiles-read.a = \"x\"\n[tool.other]",
        "[role.r]\nfiles-read = { a = \"x\" }\n[tool.t]\nroles = [\"r\"]",
    ];
    let equal = grants.map(|text| parse(text).for_tool(&name("t")));
    assert!(equal.iter().all(|grant| *grant == equal[0]), "{equal:?}");
    let others = [
        "",
        "[tool.t]\nfiles-read = { a = \"y\" }",
        "[tool.t]\nfiles-read = { a = \"x\", b = \"x\" }",
        "[tool.t]\nfiles-read = { a = \"x\" }\nhost-facts = true",
        "[tool.t]\nfiles-read = { a = \"x\" }\nwasi = \"virtual\"",
        "[tool.t]\nfiles-read = { a = \"x\" }\nhttp.\"https://a.example\" = {}",
        "[tool.t]\nfiles-read = { a = \"x\" }\nhttp.\"https://a.example\" = { methods = [\"PUT\"] }",
        &format!("[tool.t]\nfiles-read = {{ a = \"x\" }}\nsha256 = \"{}\"", "0".repeat(64)),
    ];
    for text in others {
        assert_ne!(parse(text).for_tool(&name("t")), equal[0], "{text}");
    }
    let agents = [
        "",
        "[agent.a]\npropose = []",
        "[agent.a]\npropose = [\"x\"]",
        "[agent.a]\npropose = [\"x\"]\npayload.x.maxProperties = 1",
        "[agent.a]\npropose = [\"x\"]\npayload.x.maxProperties = 2",
    ];
    for (n, text) in agents.iter().enumerate() {
        for (m, other) in agents.iter().enumerate() {
            let [one, other] = [text, other].map(|text| parse(text).for_agent(&name("a")));
            assert_eq!(one == other, n == m, "{one:?} {other:?}");
        }
    }
    assert_eq!(equal[0].role(), Role::Tool);
}
