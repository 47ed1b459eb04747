//! Tools as their toolchain builds them: loaded, granted, admitted by the gate, carried out, and replayed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use jaros_capability::{Grants, Store, World};
use jaros_decision::{Code, DecisionId, Digest, JobId, Json, JsonLimits, Limits, Millis, Proposal, Source};
use jaros_engine::{Access, Attempt, Compiler, Engine, Load, LoadError, NoLog, Settings};
use jaros_gate::{AgentMay, View, admit};
use jaros_tools::{Tool, Tools, Validation};

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        Engine::new(&Settings { tool_calls: 4, agent_calls: 1, ..Settings::new(Compiler::InProcess) })
            .unwrap()
    })
}

fn example(file: &str) -> Vec<u8> {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples-wasm/built");
    fs::read(built.join(file)).unwrap()
}

fn load(name: &str, file: &str, grants: &str, access: Access) -> Result<Tool, LoadError> {
    let grants = Grants::parse(grants, Path::new("/nowhere")).unwrap();
    Tool::load(&Load {
        engine: engine(),
        bytes: &example(file),
        grant: &grants.for_tool(&name.parse().unwrap()),
        access,
        limits: &Limits::default(),
        log: Arc::new(NoLog),
    })
}

/// Needs nothing but `wasi:sockets/tcp`, and answers `null`.
fn phone_home(grants: &str) -> Result<Tool, LoadError> {
    load("phone.home", "../../host/operation/cli/src/demo/phone.home.wasm", grants, Access::Live)
}

fn count() -> Tool {
    load("text.count", "tools/text.count.wasm", "", Access::Live).unwrap()
}

struct Around {
    job: JobId,
    limits: Limits,
}

impl Around {
    fn new() -> Self {
        Self { job: JobId::new("job-1").unwrap(), limits: Limits::default() }
    }

    fn attempt(&self) -> Attempt<'_> {
        Attempt {
            job: &self.job,
            accepted_at: Millis(1),
            seed: [1; 32],
            limits: &self.limits,
            log: Arc::new(NoLog),
            outside: None,
        }
    }
}

fn json(text: &str) -> Json {
    Json::parse(text, JsonLimits::default()).unwrap()
}

fn refused(loaded: Result<Tool, LoadError>) -> String {
    match loaded {
        Err(LoadError::Refused(failure)) => format!("{}: {}", failure.code, failure.message),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_tool_with_virtual_wasi_stays_open_since_it_reaches_nothing() {
    let refusal = refused(phone_home(""));
    assert!(refusal.contains("it imports WASI (`wasi:sockets/tcp@0.2.0`), which isn't granted"), "{refusal}");
    let tool = phone_home("[tool.\"phone.home\"]\nwasi = \"virtual\"").unwrap();
    assert!(tool.action().open);
    assert_eq!(tool.imports(), ["wasi:sockets/tcp@0.2.0"]);
    let around = Around::new();
    let called = tool.execute(&around.attempt(), World::Live, Store::default(), &json("{}")).unwrap();
    assert_eq!(called.result, Ok(json("null")));
    assert_eq!(called.observed, []);
}

#[test]
fn a_tool_is_what_its_file_says() {
    let tool = count();
    assert_eq!(tool.name().as_str(), "text.count");
    assert_eq!(tool.digest(), Digest::of(&example("tools/text.count.wasm")));
    assert_eq!(tool.action().component, Some(tool.digest()));
    assert!(tool.action().open, "it reaches nothing but its job");
    assert_eq!(tool.action().schema.json(), &tool.profile().schema);
    let called = tool
        .execute(&Around::new().attempt(), World::Live, Store::default(), &json(r#"{"text":"a b"}"#))
        .unwrap();
    assert_eq!(called.result.unwrap().as_str(), r#"{"characters":3,"lines":1,"words":2}"#);
}

#[test]
fn what_is_not_granted_is_refused_with_the_line_that_would_grant_it() {
    let end = refused(load("sys.info", "tools/sys.info.wasm", "", Access::Live));
    assert!(end.starts_with("refused: ") && end.contains("host-facts = true"), "{end}");
}

#[test]
fn an_agent_is_no_tool() {
    let end = refused(load("greeter", "agents/greeter.wasm", "", Access::Live));
    assert_eq!(end, "refused: this is an agent, not a tool; put it into `agents/`");
}

#[test]
fn what_is_observed_is_enough_to_run_it_again() {
    let granted = "[tool.\"sys.info\"]\nhost-facts = true\n";
    let live = load("sys.info", "tools/sys.info.wasm", granted, Access::Live).unwrap();
    assert!(!live.action().open, "it learns about the machine");
    let around = Around::new();
    let first = live.execute(&around.attempt(), World::Live, Store::default(), &json("{}")).unwrap();
    assert_eq!(first.observed.len(), 1);
    assert_eq!(first.observed[0].call, "host-facts.system");

    let recorded = load("sys.info", "tools/sys.info.wasm", granted, Access::Recorded).unwrap();
    let again = |observed: VecDeque<_>| {
        recorded.execute(&around.attempt(), World::Recorded(observed), Store::default(), &json("{}")).unwrap()
    };
    assert_eq!(again(first.observed.clone().into()), first, "fuel and all");
    assert!(again(VecDeque::new()).divergence.is_some(), "the record is too short");
    let mut doubled: VecDeque<_> = first.observed.clone().into();
    doubled.push_back(first.observed[0].clone());
    assert!(again(doubled).divergence.is_some(), "the record is too long");
}

#[test]
fn folders_are_opened_when_the_tool_is_loaded() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.txt"), "hello").unwrap();
    let granted = |folder: PathBuf| format!("[tool.\"fs.stat\"]\nfiles-read = {{ data = {folder:?} }}\n");
    let stat = |grants: &str| load("fs.stat", "tools/fs.stat.wasm", grants, Access::Live);
    let tool = stat(&granted(dir.path().to_owned())).unwrap();
    let around = Around::new();
    let called = tool
        .execute(&around.attempt(), World::Live, Store::default(), &json(r#"{"path":"data/a.txt"}"#))
        .unwrap();
    assert_eq!(called.result.unwrap().as_str(), r#"{"kind":"file","path":"data/a.txt","size_bytes":5}"#);
    let end = refused(stat(&granted(dir.path().join("missing"))));
    assert!(end.starts_with("not-found: "), "{end}");
}

#[test]
fn the_gate_asks_the_tool() {
    let tools = Tools::default().with(Arc::new(count()));
    let around = Around::new();
    let attempt = around.attempt();
    let judge = |kind: &str, payload: &str| {
        let view = View {
            actions: &tools,
            grants: &AgentMay::OPEN,
            limits: &around.limits,
            action_limits: &around.limits,
        };
        let proposal = Proposal { kind: kind.to_owned(), payload: payload.to_owned(), note: String::new() };
        let id: DecisionId = "job-1/1/1".parse().unwrap();
        let validation = Validation::new(&tools, &attempt);
        let verdict = admit(id, Source::Agent("a".parse().unwrap()), &proposal, &view, &validation);
        (verdict.map(|_| ()).map_err(|refusal| refusal.failure.code), validation.finish().unwrap())
    };
    let (verdict, fuel) = judge("text.count", r#"{"text":"x"}"#);
    assert_eq!(verdict, Ok(()));
    assert!(fuel.0 > 0, "the tool was asked");
    let (verdict, fuel) = judge("text.count", r#"{"text":1}"#);
    assert_eq!((verdict, fuel.0), (Err(Code::INVALID), 0), "the schema said no before");
    assert_eq!(judge("text.cuont", "{}").0, Err(Code::NOT_FOUND));
}

#[test]
fn a_snapshot_never_changes() {
    let none = Tools::default();
    let one = none.with(Arc::new(count()));
    let gone = one.without("text.count");
    assert_eq!((none.len(), one.len(), gone.len()), (0, 1, 0));
    assert!(one.get("text.count").is_some() && gone.get("text.count").is_none());
}
