//! Core modules become components, and what a component asks for is held against its world.

use std::fs;

use super::*;
use crate::lang::Lang;
use crate::manifest::Project;

/// A world with these lines in it.
fn world(role: Role, lines: &str) -> World {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("wit")).unwrap();
    let text = format!("package local:project;\nworld w {{ include jaros:plugin/{role}@1.0.0; {lines} }}\n");
    fs::write(dir.path().join("wit/world.wit"), text).unwrap();
    let (name, lang) = (Name::new("a").unwrap(), Lang::C);
    let folder = dir.path().to_owned();
    World::of(&Project { folder, name, kind: role, lang, sdk: "sdk".into(), with: Vec::new() })
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A core module of a tool with these imports, as a C compiler would make it.
fn core(imports: &str) -> Vec<u8> {
    let text = format!(
        r#"(module
            {imports}
            (memory (export "memory") 1)
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
            (func (export "jaros:plugin/action@1.0.0#describe") (result i32) (i32.const 16))
            (func (export "jaros:plugin/action@1.0.0#validate") (param i32 i32) (result i32) (i32.const 16))
            (func (export "jaros:plugin/action@1.0.0#execute") (param i32 i32) (result i32) (i32.const 16)))"#
    );
    wat::parse_str(text).unwrap()
}

const LOG: &str = r#"(import "jaros:plugin/log@1.0.0" "write" (func (param i32 i32 i32 i32)))"#;
const STORE: &str = r#"(import "jaros:plugin/store@1.0.0" "get" (func (param i32 i32 i32)))"#;
const READ: &str = r#"(import "jaros:plugin/files-read@1.0.0" "read" (func (param i32 i32 i32)))"#;

#[test]
fn a_module_imports_what_it_calls_and_no_more() {
    let wide = world(Role::Tool, "import jaros:plugin/store@1.0.0; import jaros:plugin/files-read@1.0.0;");
    for (imports, want) in [
        (String::new(), vec![]),
        (LOG.into(), vec![Capability::Log]),
        (format!("{LOG}{STORE}"), vec![Capability::Log, Capability::Store]),
    ] {
        let bytes = wrap(&core(&imports), &wide).unwrap();
        let audit = check(&bytes, Role::Tool, &wide).unwrap();
        assert_eq!(audit.capabilities.iter().copied().collect::<Vec<_>>(), want);
    }
}

#[test]
fn a_module_that_calls_what_its_world_lacks_is_told_the_lines() {
    let narrow = world(Role::Tool, "");
    let bytes = wrap(&core(&format!("{LOG}{STORE}{READ}")), &narrow).unwrap();
    let UnfitError::Beyond { imports, lines } = check(&bytes, Role::Tool, &narrow).unwrap_err() else {
        panic!("another error")
    };
    assert_eq!(imports, ["jaros:plugin/files-read@1.0.0", "jaros:plugin/store@1.0.0"]);
    assert_eq!(lines, imports.iter().map(|import| format!("import {import};")).collect::<Vec<_>>());
}

#[test]
fn what_is_no_component_of_the_project_is_refused() {
    let tool = world(Role::Tool, "");
    let bytes = wrap(&core(""), &tool).unwrap();
    let kind = check(&bytes, Role::Agent, &tool).unwrap_err().to_string();
    assert_eq!(kind, "jaros.toml says that this is an agent, but the component is a tool");
    assert!(matches!(check(&core(""), Role::Tool, &tool), Err(UnfitError::Refused(_))), "a core module");
    let empty = wat::parse_str("(module)").unwrap();
    let why = wrap(&empty, &tool).unwrap_err().to_string();
    assert!(why.starts_with("the core module can't become a component of the world `w`: "), "{why}");
    let strange = core(r#"(import "env" "puts" (func (param i32)))"#);
    assert!(wrap(&strange, &tool).unwrap_err().to_string().contains("env"));
}

#[test]
fn what_an_operator_grants_is_told_as_a_command_and_as_lines() {
    let name = Name::new("text.count").unwrap();
    let asked = |all: &[Capability]| ask(all.iter().copied(), Role::Tool, &name);
    assert_eq!(
        asked(&[Capability::FilesRead, Capability::Store]),
        Asks {
            capabilities: vec!["files-read", "store"],
            commands: vec![
                "jaros grant text.count files-read data=/path/to/a/folder".into(),
                "jaros grant text.count store".into()
            ],
            lines: vec![
                "[tool.\"text.count\"]".into(),
                "files-read = { data = \"/path/to/a/folder\" }".into(),
                "store = true".into()
            ],
        }
    );
    for capability in Capability::all().filter(|capability| !capability.is_given()) {
        let asks = asked(&[capability]);
        assert!(asks.commands.len() == 1 && asks.lines.len() >= 2, "{asks:?}");
    }
    assert_eq!(asked(&[]), Asks::default());
}
