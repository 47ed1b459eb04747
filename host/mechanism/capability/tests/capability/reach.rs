//! Who can reach what, and why.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use jaros_capability::reach::{Around, Present, Reach};
use jaros_capability::{Capability, Grants, Role};
use jaros_decision::{Code, Digest, Failure};

use crate::harness::name;

const AROUND: Around<'_> = Around { built_ins: &["advance", "submit"], model_leaves: false };

fn agent(who: &str, imports: &[Capability]) -> Present {
    present(Role::Agent, who, imports)
}

fn tool(who: &str, imports: &[Capability]) -> Present {
    present(Role::Tool, who, imports)
}

fn present(role: Role, who: &str, imports: &[Capability]) -> Present {
    let imports: BTreeSet<Capability> = imports.iter().copied().collect();
    Present {
        role,
        name: name(who),
        digest: Some(Digest::of(who.as_bytes())),
        imports: Ok(imports),
        names: Vec::new(),
    }
}

fn components() -> Vec<Present> {
    use Capability::{FilesRead, HostFacts, Job, Log, Model};
    vec![
        tool("sys.info", &[Log, HostFacts]),
        tool("fs.stat", &[FilesRead]),
        tool("count", &[Job]),
        agent("planner", &[Model, Log]),
        agent("inventory", &[Model, FilesRead]),
        agent("greedy", &[HostFacts]),
        Present { imports: Err(Failure::new(Code::INVALID, "it is no component")), ..tool("broken", &[]) },
    ]
}

const GRANTS: &str = r#"
    [role.stat]
    propose = ["fs.stat", "levitate"]
    [role.idle]
    host-facts = true
    [tool."fs.stat"]
    files-read = { data = "shared" }
    host-facts = true
    [agent.inventory]
    roles = ["stat"]
    propose = ["count"]
    files-read = { own = "/srv/own" }
    payload."fs.stat".maxProperties = 1
    [tool.sys-info]
    host-facts = true
"#;

#[test]
fn every_component_is_told_with_what_it_gets_by_what() {
    let grants = Grants::parse(GRANTS, Path::new("/data")).expect("grants");
    let reach = Reach::of(&grants, &components(), &AROUND);
    let mut told = String::new();
    for one in &reach.components {
        let granted: Vec<String> = one
            .granted
            .iter()
            .filter(|granted| !granted.capability.is_given())
            .map(|granted| {
                format!("{} by {} ({})", granted.capability, granted.via[0], granted.scope.join(", "))
            })
            .collect();
        let missing: Vec<&str> = one.missing.iter().map(|missing| missing.capability.interface()).collect();
        let refused = one.refused.as_ref().map_or("serves", |failure| failure.code.as_str());
        let effective: Vec<&str> = one.effective.iter().map(|capability| capability.interface()).collect();
        writeln!(
            told,
            "{} {}: {}; has {}; lacks {}; {refused}",
            one.role,
            one.name,
            granted.join(", "),
            effective.join(" "),
            missing.join(" ")
        )
        .unwrap();
    }
    let expected = "\
agent greedy: ; has ; lacks host-facts; refused
agent inventory: files-read by section (own = /srv/own); has model files-read; lacks ; serves
agent planner: ; has model log; lacks ; serves
tool broken: ; has ; lacks ; invalid
tool count: ; has job; lacks ; serves
tool fs.stat: files-read by section (data = shared), host-facts by section (); has files-read; lacks ; serves
tool sys.info: ; has ; lacks host-facts; refused
";
    assert_eq!(told, expected);
    let missing = &reach.components[6].missing[0];
    assert_eq!(
        missing.next.as_ref().map(|next| (&*next.section, &*next.line)),
        Some(("[tool.\"sys.info\"]", "host-facts = true"))
    );
}

#[test]
fn every_kind_is_told_with_who_may_propose_it_by_what() {
    let grants = Grants::parse(GRANTS, Path::new("/data")).expect("grants");
    let reach = Reach::of(&grants, &components(), &AROUND);
    let mut told = String::new();
    for action in &reach.actions {
        let agents: Vec<String> = action
            .agents
            .iter()
            .map(|one| {
                format!("{} by {}{}", one.agent, one.via[0], if one.narrowed { ", narrowed" } else { "" })
            })
            .collect();
        let reaches = action.reaches.as_ref().map_or("built in".into(), |reaches| {
            reaches.iter().map(|capability| capability.interface()).collect::<Vec<_>>().join(" ")
        });
        writeln!(told, "{} [{reaches}]: {}", action.kind, agents.join("; ")).unwrap();
    }
    let expected = "\
advance [built in]: greedy by default; planner by default
broken []: 
count []: greedy by default; inventory by section; planner by default
fs.stat [files-read]: inventory by role stat, narrowed
submit [built in]: greedy by default; planner by default
sys.info []: 
";
    assert_eq!(told, expected);
    // What is told is what the gate would say.
    for action in &reach.actions {
        let open = matches!(action.kind.as_str(), "advance" | "submit" | "count");
        for one in components().iter().filter(|one| one.role == Role::Agent) {
            let told = action.agents.iter().any(|proposer| proposer.agent == one.name);
            assert_eq!(
                told,
                grants.may(&one.name).kinds.allow(&action.kind, open),
                "{} {}",
                action.kind,
                one.name
            );
        }
    }
}

#[test]
fn slips_are_told() {
    let grants = Grants::parse(GRANTS, Path::new("/data")).expect("grants");
    let reach = Reach::of(&grants, &components(), &AROUND);
    let nobody: Vec<_> = reach
        .nobody
        .iter()
        .map(|one| (one.role, one.name.as_str(), one.near.as_ref().map(jaros_decision::Name::as_str)))
        .collect();
    assert_eq!(nobody, [(Role::Tool, "sys-info", Some("sys.info"))]);
    let kinds: Vec<_> = reach.no_kinds.iter().map(|one| format!("{} {}", one.agent, one.kind)).collect();
    assert_eq!(kinds, ["inventory levitate"]);
    assert_eq!(reach.unused_roles, [name("idle")]);
    assert!(reach.dangers.is_empty(), "{:?}", reach.dangers);
}

#[test]
fn another_version_than_the_pinned_one_reaches_nothing() {
    let pin = Digest::of(b"fs.stat");
    let text =
        |pin: Digest| format!("[tool.\"fs.stat\"]\nfiles-read = {{ data = \"d\" }}\nsha256 = \"{pin}\"");
    for (pin, serves) in [(pin, true), (Digest::of(b"other"), false)] {
        let grants = Grants::parse(&text(pin), Path::new("/data")).expect("grants");
        let reach = Reach::of(&grants, &components(), &AROUND);
        let stat = reach.components.iter().find(|one| one.name.as_str() == "fs.stat").expect("it is there");
        assert_eq!((stat.refused.is_none(), !stat.effective.is_empty()), (serves, serves));
    }
}

#[test]
fn a_model_that_is_elsewhere_carries_out_what_its_agent_reads() {
    let grants = Grants::parse(GRANTS, Path::new("/data")).expect("grants");
    let around = Around { model_leaves: true, ..AROUND };
    let reach = Reach::of(&grants, &components(), &around);
    let dangers: Vec<String> = reach
        .dangers
        .iter()
        .map(|danger| format!("{} {}: {}", danger.kind, danger.who, danger.what))
        .collect();
    assert_eq!(
        dangers,
        [
            "asks-the-model agent inventory: it reads by its own `files-read` and fs.stat and asks a model that isn't on \
          this node: what it reads can leave with its questions"
        ]
    );
}
