//! Agents as their toolchain builds them: loaded, asked, offered what they may propose.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use jaros_agents::{Agent, Agents, offers};
use jaros_capability::{Grants, World};
use jaros_decision::{
    Code, Completion, Failure, JobId, Json, JsonLimits, Limits, Millis, Model, ModelFuture, Request, Turn,
};
use jaros_engine::{Access, Attempt, Compiler, Engine, Load, LoadError, NoLog, Settings};
use jaros_gate::{Action, Actions, AgentMay, Schema};

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        Engine::new(&Settings { tool_calls: 1, agent_calls: 4, ..Settings::new(Compiler::InProcess) })
            .unwrap()
    })
}

fn load(name: &str, file: &str, grants: &str) -> Result<Agent, LoadError> {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples-wasm/built");
    let grants = Grants::parse(grants, Path::new("/nowhere")).unwrap();
    Agent::load(&Load {
        engine: engine(),
        bytes: &fs::read(built.join(file)).unwrap(),
        grant: &grants.for_agent(&name.parse().unwrap()),
        access: Access::Live,
        limits: &Limits::default(),
        log: Arc::new(NoLog),
    })
}

fn json(text: &str) -> Json {
    Json::parse(text, JsonLimits::default()).unwrap()
}

fn turn(input: &str) -> Turn {
    Turn { input: json(input), memo: Json::null(), answers: Vec::new(), number: 1 }
}

/// Says the same to everyone.
struct Says(&'static str);

impl Model for Says {
    fn complete(&self, _: Request) -> ModelFuture<'_> {
        let text = self.0.to_owned();
        Box::pin(async move {
            Ok(Completion {
                text,
                parts: json("[]"),
                structured: Json::null(),
                model: "fake".to_owned(),
                finish: "stop".to_owned(),
                usage: json("{}"),
            })
        })
    }
}

async fn ask(agent: &Agent, turn: &Turn, model: impl Model + 'static) -> jaros_engine::Decided {
    let (job, limits) = (JobId::new("job-1").unwrap(), Limits::default());
    let attempt = Attempt {
        job: &job,
        accepted_at: Millis(1),
        seed: [1; 32],
        limits: &limits,
        log: Arc::new(NoLog),
        outside: None,
    };
    agent.decide(&attempt, World::Live, turn, Arc::new(model), Arc::from([])).await.unwrap()
}

#[tokio::test]
async fn an_agent_proposes() {
    let agent = load("greeter", "agents/greeter.wasm", "").unwrap();
    assert_eq!(agent.name().as_str(), "greeter");
    assert_eq!(*agent.may(), AgentMay::OPEN);
    let decided = ask(&agent, &turn(r#"{"name":"Ada"}"#), Says("")).await;
    let plan = decided.called.result.unwrap();
    assert_eq!((&*plan.decisions[0].kind, &*plan.decisions[0].payload), ("greet", r#"{"name":"Ada"}"#));
    assert_eq!(plan.memo, None);
    assert_eq!(decided.transcript, []);
}

#[tokio::test]
async fn an_agent_asks_the_model_and_keeps_a_memo() {
    let agent = load("planner", "agents/planner.wasm", "").unwrap();
    let decided = ask(&agent, &turn(r#"{"ticket":"I was charged twice"}"#), Says("billing, high")).await;
    let plan = decided.called.result.unwrap();
    assert_eq!(plan.decisions[0].kind, "submit");
    assert_eq!(plan.memo.unwrap().as_str(), r#"{"queue":"billing","severity":"high"}"#);
    assert_eq!(decided.transcript.len(), 1);
    assert!(decided.transcript[0].request.messages[0].content.contains("I was charged twice"));
}

#[test]
fn a_tool_is_no_agent() {
    match load("text.count", "tools/text.count.wasm", "") {
        Err(LoadError::Refused(failure)) => {
            assert_eq!(failure.message, "this is a tool, not an agent; put it into `tools/`");
        }
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn an_input_is_checked_against_the_agents_schema() {
    let agent = load("planner", "agents/planner.wasm", "").unwrap();
    assert_eq!(agent.check_input(&json(r#"{"ticket":"x"}"#), &Limits::default()), Ok(()));
    let failure: Failure = agent.check_input(&json(r#"{"ticket":1}"#), &Limits::default()).unwrap_err();
    assert_eq!(failure.code, Code::INVALID);
    assert!(failure.message.starts_with("input of planner: "), "{failure}");
}

struct Two([Action; 2]);

impl Actions for Two {
    fn find(&self, kind: &str) -> Option<&Action> {
        self.0.iter().find(|action| action.kind.as_str() == kind)
    }

    fn all(&self) -> Box<dyn Iterator<Item = &Action> + '_> {
        Box::new(self.0.iter())
    }
}

#[test]
fn only_what_it_may_propose_is_offered() {
    let action = |kind: &str, open| Action {
        kind: kind.parse().unwrap(),
        description: format!("does {kind}"),
        schema: Schema::any(),
        component: None,
        open,
    };
    let actions = Two([action("advance", true), action("sys.info", false)]);
    let kinds = |grants: &str| {
        let agent = load("greeter", "agents/greeter.wasm", grants).unwrap();
        offers(&actions, agent.may()).iter().map(|offer| offer.kind.clone()).collect::<BTreeSet<_>>()
    };
    assert_eq!(kinds(""), ["advance".to_owned()].into());
    assert_eq!(kinds("[agent.greeter]\npropose = [\"sys.info\"]\n"), ["sys.info".to_owned()].into());
    assert_eq!(kinds("[agent.greeter]\npropose = []\n"), BTreeSet::new());
}

#[test]
fn what_is_offered_has_the_operators_rule_in_its_schema() {
    let own = r#"{"properties":{"path":{"type":"string"}},"type":"object"}"#;
    let action = |kind: &str, schema: &str| Action {
        kind: kind.parse().unwrap(),
        description: String::new(),
        schema: Schema::compile(&json(schema), &Limits::default()).unwrap(),
        component: None,
        open: true,
    };
    let actions = Two([action("advance", "{}"), action("fs.write", own)]);
    let grants = "[agent.greeter.payload.\"fs.write\".properties.path]\npattern = \"^out/\"\n";
    let agent = load("greeter", "agents/greeter.wasm", grants).unwrap();
    let schemas: Vec<String> =
        offers(&actions, agent.may()).iter().map(|offer| offer.schema.to_string()).collect();
    let rule = r#"{"properties":{"path":{"pattern":"^out/"}}}"#;
    assert_eq!(schemas, ["{}".to_owned(), format!(r#"{{"allOf":[{own},{rule}],"type":"object"}}"#)]);
}

#[test]
fn another_version_than_the_pinned_one_is_refused_before_it_is_read() {
    let other = "a".repeat(64);
    let pinned = |digest: &str| {
        load("greeter", "agents/greeter.wasm", &format!("[agent.greeter]\nsha256 = \"{digest}\"\n"))
    };
    let Err(LoadError::Refused(failure)) = pinned(&other) else { panic!("not refused") };
    assert_eq!(failure.code, Code::REFUSED);
    let own = load("greeter", "agents/greeter.wasm", "").unwrap().digest();
    assert!(failure.message.contains(&own.to_hex()) && failure.message.contains("aaaaaaaaaaaa"), "{failure}");
    assert_eq!(pinned(&own.to_hex()).unwrap().digest(), own);
}

#[test]
fn a_snapshot_never_changes() {
    let none = Agents::default();
    let one = none.with(Arc::new(load("greeter", "agents/greeter.wasm", "").unwrap()));
    let gone = one.without("greeter");
    assert_eq!((none.len(), one.len(), gone.len()), (0, 1, 0));
    assert!(one.get("greeter").is_some() && gone.get("greeter").is_none());
}
