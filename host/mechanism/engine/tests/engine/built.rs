//! The example guests, as their toolchains build them, are what the engine takes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jaros_capability::{Grants, Role};
use jaros_decision::{Limits, Name, Profile};
use jaros_engine::NoLog;

use crate::guests::{Circumstances, digest, engine, json};

fn examples(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples-wasm/built").join(folder);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "wasm"));
    files.sort();
    assert!(files.len() > 3, "{} is nearly empty", folder.display());
    files
}

fn name(file: &Path) -> Name {
    file.file_stem().unwrap().to_str().unwrap().parse().unwrap()
}

fn check(profile: &Profile, file: &Path) {
    assert!(!profile.description.is_empty(), "{}", file.display());
    assert!(profile.schema.as_str().starts_with('{'), "{}", file.display());
}

/// Grants every example all that it asks for.
fn grants(role: Role, name: &Name) -> Grants {
    let tools = "host-facts = true\nstore = true\nfiles-write = { out = \"/tmp\" }\nhttp.\"https://a.example\" = {}\n";
    let rest = if role == Role::Tool { tools } else { "" };
    let text = format!("[{role}.\"{name}\"]\nfiles-read = {{ data = \"/tmp\" }}\n{rest}");
    Grants::parse(&text, Path::new("/data")).unwrap()
}

#[test]
fn every_example_is_admitted_with_its_grant_and_under_its_role_only() {
    let engine = engine();
    for file in examples("tools") {
        let (bytes, name) = (fs::read(&file).unwrap(), name(&file));
        let grants = grants(Role::Tool, &name);
        engine.admit(&bytes, &grants.for_tool(&name), &Limits::default()).unwrap();
        let failure = engine.admit(&bytes, &grants.for_agent(&name), &Limits::default()).unwrap_err();
        assert_eq!(failure.message, "this is a tool, not an agent; put it into `tools/`");
    }
    for file in examples("agents") {
        let (bytes, name) = (fs::read(&file).unwrap(), name(&file));
        let grants = grants(Role::Agent, &name);
        engine.admit(&bytes, &grants.for_agent(&name), &Limits::default()).unwrap();
        let failure = engine.admit(&bytes, &grants.for_tool(&name), &Limits::default()).unwrap_err();
        assert_eq!(failure.message, "this is an agent, not a tool; put it into `agents/`");
    }
}

/// Compiling all of them takes too long for a test of every day.
#[test]
fn examples_compile_and_describe_themselves() {
    let engine = engine();
    for file in examples("tools").iter().filter(|file| file.ends_with("fs.disk_usage.wasm")) {
        let bytes = fs::read(file).unwrap();
        let tool = engine.compile_tool(&bytes, digest(&bytes)).unwrap();
        check(&tool.describe(&Limits::default(), Arc::new(NoLog)).unwrap(), file);
    }
    for file in examples("agents").iter().filter(|file| file.ends_with("planner.wasm")) {
        let bytes = fs::read(file).unwrap();
        let agent = engine.compile_agent(&bytes, digest(&bytes)).unwrap();
        check(&agent.describe(&Limits::default(), Arc::new(NoLog)).unwrap(), file);
    }
}

#[test]
fn a_tool_from_rust_works_and_keeps_nothing() {
    let engine = engine();
    let bytes =
        fs::read(examples("tools").into_iter().find(|file| file.ends_with("text.count.wasm")).unwrap())
            .unwrap();
    let (digest, _) = engine
        .admit(&bytes, &Grants::default().for_tool(&"text.count".parse().unwrap()), &Limits::default())
        .unwrap();
    let tool = engine.compile_tool(&bytes, digest).unwrap();
    let around = Circumstances::default();
    let payload = json(r#"{"text":"one two\nthree"}"#);
    assert_eq!(tool.validate(around.call(), &payload).unwrap().result, Ok(()));
    let first = tool.execute(around.call(), &payload).unwrap();
    assert!(first.result.as_ref().unwrap().as_str().contains("3"), "{first:?}");
    assert_eq!(tool.execute(around.call(), &payload).unwrap(), first, "fuel included");
}
