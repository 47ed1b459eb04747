//! Agents: plans, memos, the model, deadlines.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jaros_decision::{
    Answer, Code, Completion, Failure, Json, Limits, Model, ModelFuture, Plan, Proposal, Request, Turn,
};
use jaros_engine::{AgentComponent, Decided, NoLog, Offer};

use crate::guests::{Agent, Circumstances, digest, engine, json};
use jaros_guests::{ASK, SAY, one_decision};

/// Answers each request with how many came before it.
#[derive(Default)]
struct Counts(AtomicUsize);

impl Model for Counts {
    fn complete(&self, request: Request) -> ModelFuture<'_> {
        let n = self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            tokio::task::yield_now().await;
            Ok(completion(&format!("answer {n} to {}", request.messages[0].content)))
        })
    }
}

/// Never answers.
pub(crate) struct Silent;

impl Model for Silent {
    fn complete(&self, _: Request) -> ModelFuture<'_> {
        Box::pin(std::future::pending())
    }
}

struct Fails;

impl Model for Fails {
    fn complete(&self, _: Request) -> ModelFuture<'_> {
        Box::pin(async { Err(Failure::new(Code::UNAVAILABLE, "no model today")) })
    }
}

struct Panics;

impl Model for Panics {
    fn complete(&self, _: Request) -> ModelFuture<'_> {
        Box::pin(async { panic!("a model that fails") })
    }
}

fn completion(text: &str) -> Completion {
    let (parts, structured) = (json("[]"), Json::null());
    Completion {
        text: text.to_owned(),
        parts,
        structured,
        model: "fake".to_owned(),
        finish: "stop".to_owned(),
        usage: json("{}"),
    }
}

fn turn() -> Turn {
    Turn { input: json(r#""hi""#), memo: Json::null(), answers: Vec::new(), number: 1 }
}

fn compile(agent: &Agent) -> AgentComponent {
    let bytes = agent.bytes();
    engine().compile_agent(&bytes, digest(&bytes)).unwrap()
}

async fn decided(agent: &Agent, model: impl Model + 'static, around: &Circumstances) -> Decided {
    let agent = compile(agent);
    agent.decide(around.call(), &turn(), Arc::new(model), Arc::from([])).await.expect("the machine is fine")
}

fn ended(decided: &Decided) -> String {
    let failure = decided.called.result.as_ref().unwrap_err();
    format!("{}: {}", failure.code, failure.message)
}

#[tokio::test]
async fn describe_gives_the_profile() {
    let profile = compile(&Agent::default()).describe(&Limits::default(), Arc::new(NoLog)).unwrap();
    assert_eq!((&*profile.description, profile.schema.as_str()), ("a test agent", "{}"));
}

#[tokio::test]
async fn a_plan_with_nothing_is_done() {
    let decided = decided(&Agent::default(), Silent, &Circumstances::default()).await;
    assert_eq!(decided.called.result, Ok(Plan { decisions: Vec::new(), memo: None }));
    assert_eq!(decided.transcript, []);
    assert!(decided.called.fuel.0 > 0);
}

#[tokio::test]
async fn a_plan_keeps_decisions_as_they_were_said_and_canonicalises_the_memo() {
    for memo in [false, true] {
        let agent = Agent::deciding(&one_decision(memo));
        let decided = decided(&agent, Silent, &Circumstances::default()).await;
        let proposal = Proposal {
            kind: "advance".to_owned(),
            payload: r#"{"b": [1]}"#.to_owned(),
            note: "because".to_owned(),
        };
        let memo = memo.then(|| json(r#"{"b":[1]}"#));
        assert_eq!(decided.called.result, Ok(Plan { decisions: vec![proposal], memo }));
    }
}

#[tokio::test]
async fn two_model_calls_stand_in_the_transcript_in_order() {
    let agent = Agent::deciding(&format!("{ASK} {ASK} {SAY}"));
    let decided = decided(&agent, Counts::default(), &Circumstances::default()).await;
    assert_eq!(ended(&decided), r#"failed: answer 1 to "hi""#);
    let texts: Vec<_> =
        decided.transcript.iter().map(|exchange| exchange.answer.clone().unwrap().text).collect();
    assert_eq!(texts, [r#"answer 0 to "hi""#, r#"answer 1 to "hi""#]);
    let request = &decided.transcript[0].request;
    assert_eq!((&*request.messages[0].role, request.tools.as_str()), ("user", "[]"));
}

#[tokio::test]
async fn an_error_of_the_model_is_an_answer_and_recorded() {
    let agent = Agent::deciding(&format!("{ASK} {SAY}"));
    let decided = decided(&agent, Fails, &Circumstances::default()).await;
    assert_eq!(ended(&decided), "failed: no model today");
    assert_eq!(decided.transcript[0].answer, Err(Failure::new(Code::UNAVAILABLE, "no model today")));
}

#[tokio::test]
async fn too_many_model_calls_are_refused_without_the_model() {
    let around = Circumstances::default();
    let around = Circumstances { limits: Limits { model_calls: 1, ..around.limits }, ..around };
    let decided = decided(&Agent::deciding(&format!("{ASK} {ASK} {SAY}")), Counts::default(), &around).await;
    assert_eq!(ended(&decided), "failed: a turn asks the model at most 1 times (model_calls)");
    assert_eq!(decided.transcript.len(), 1);
    let [refused] = &decided.called.observed[..] else { panic!("{:?}", decided.called.observed) };
    assert_eq!((&*refused.call, refused.arguments.as_str()), ("model.complete", r#"["\"hi\""]"#));
    assert_eq!(refused.answer.as_ref().unwrap_err().code, Code::LIMIT);
}

#[test]
fn describe_reaches_neither_the_model_nor_the_actions() {
    for (call, capability) in [("(call $list (i32.const 1500))", "actions"), (ASK, "model")] {
        // `describe` has no input: the question is any text.
        let call = call.replace("(local.get $input)", "(i32.const 1000)");
        let call = call.replace("(local.get $input_len)", "(i32.const 4)");
        let agent = Agent { describe: format!("{call} (i32.const 1024)"), ..Agent::default() };
        let refused = compile(&agent).describe(&Limits::default(), Arc::new(NoLog));
        let Err(jaros_engine::LoadError::Refused(failure)) = refused else { panic!("{capability} answered") };
        assert_eq!(failure.code, Code::REFUSED);
        let words = format!("`{capability}` doesn't work in `describe`");
        assert!(failure.message.contains(&words), "{failure}");
    }
}

#[tokio::test]
async fn a_request_that_is_no_json_never_reaches_the_model() {
    let bad = ASK.replace(
        "(i32.const 1076) (i32.const 2) (i32.const 1078)",
        "(i32.const 1076) (i32.const 1) (i32.const 1078)",
    );
    assert_ne!(bad, ASK);
    let decided =
        decided(&Agent::deciding(&format!("{bad} {SAY}")), Counts::default(), &Circumstances::default())
            .await;
    assert!(ended(&decided).starts_with("failed: tools: not JSON"), "{}", ended(&decided));
    assert_eq!(decided.transcript, []);
}

#[tokio::test]
async fn a_deadline_ends_a_wait_for_the_model_and_keeps_what_was_said() {
    struct OnceThenSilent(Counts);
    impl Model for OnceThenSilent {
        fn complete(&self, request: Request) -> ModelFuture<'_> {
            if self.0.0.load(Ordering::SeqCst) == 0 {
                self.0.complete(request)
            } else {
                Silent.complete(request)
            }
        }
    }
    let around = Circumstances::default();
    let around = Circumstances { limits: Limits { decide_ms: 50, ..around.limits }, ..around };
    let decided =
        decided(&Agent::deciding(&format!("{ASK} {ASK} {SAY}")), OnceThenSilent(Counts::default()), &around)
            .await;
    assert_eq!(ended(&decided), "timeout: decide took more than 50 ms (decide_ms)");
    assert_eq!(decided.transcript.len(), 1);
}

#[tokio::test]
async fn a_busy_agent_ends_by_fuel_or_deadline_and_lets_others_run() {
    let forever = Agent::deciding("(loop $l (br $l)) unreachable");
    let around = Circumstances::default();
    let by_fuel = Circumstances {
        limits: Limits { decide_fuel: 5_000_000, ..around.limits },
        ..Circumstances::default()
    };
    assert_eq!(
        ended(&decided(&forever, Silent, &by_fuel).await),
        "limit: fuel: decide used all 5000000 (decide_fuel)"
    );

    let limits = Limits { decide_fuel: u64::MAX >> 2, decide_ms: 300, ..around.limits };
    let by_deadline = Circumstances { limits, ..Circumstances::default() };
    let agent = compile(&forever);
    let ticks = Arc::new(AtomicUsize::new(0));
    let ticking = tokio::spawn({
        let ticks = Arc::clone(&ticks);
        async move {
            loop {
                tokio::time::sleep(Duration::from_millis(1)).await;
                ticks.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    // One thread for both: the ticks show that the agent gave it up in between.
    let decided = agent.decide(by_deadline.call(), &turn(), Arc::new(Silent), Arc::from([])).await.unwrap();
    assert_eq!(ended(&decided), "timeout: decide took more than 300 ms (decide_ms)");
    assert!(ticks.load(Ordering::SeqCst) > 3, "the agent held the thread");
    ticking.abort();
}

#[tokio::test]
async fn a_trap_and_a_panic_are_failures() {
    let around = Circumstances::default();
    let trap = decided(&Agent::deciding("unreachable"), Silent, &around).await;
    assert!(ended(&trap).starts_with("trap: decide trapped: it gave up"), "{}", ended(&trap));
    let deep = Agent {
        core: "(func $deep (result i32) (i32.add (call $deep) (i32.const 1)))".to_owned(),
        ..Agent::deciding("(call $deep)")
    };
    let deep = decided(&deep, Silent, &around).await;
    assert_eq!(ended(&deep), "limit: stack: decide nested its calls deeper than 524288 bytes (stack_bytes)");
    let panic = decided(&Agent::deciding(&format!("{ASK} {SAY}")), Panics, &around).await;
    assert_eq!(ended(&panic), "failed: decide met an error of the host's own");
}

#[tokio::test]
async fn plans_are_bounded() {
    let many = |n: u32| {
        let zeros = "(memory.fill (i32.const 1200) (i32.const 0) (i32.const 24))";
        Agent::deciding(&format!(
            "{zeros} (i32.store (i32.const 1204) (i32.const 2000)) (i32.store (i32.const 1208) (i32.const {n}))
             (drop (memory.grow (i32.const 1000))) (i32.const 1200)"
        ))
    };
    let around = Circumstances::default();
    assert_eq!(decided(&many(256), Silent, &around).await.called.result.unwrap().decisions.len(), 256);
    assert_eq!(
        ended(&decided(&many(257), Silent, &around).await),
        "limit: the plan has 257 decisions, more than 256 (decisions)"
    );
    assert_eq!(
        ended(&decided(&many(1_000_000), Silent, &around).await),
        "limit: decide gave the host more than 4194304 bytes (lift_bytes)"
    );
}

#[tokio::test]
async fn the_same_large_text_many_times_is_too_much() {
    // 100 decisions whose payloads are one and the same 1 MB.
    let agent = Agent::deciding(
        r"(local $i i32)
          (drop (memory.grow (i32.const 32)))
          (memory.fill (i32.const 65536) (i32.const 0x20) (i32.const 1048576))
          (loop $l
            (i32.store (i32.add (i32.const 2008) (i32.mul (local.get $i) (i32.const 24))) (i32.const 65536))
            (i32.store (i32.add (i32.const 2012) (i32.mul (local.get $i) (i32.const 24))) (i32.const 1048576))
            (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))
          (memory.fill (i32.const 1200) (i32.const 0) (i32.const 24))
          (i32.store (i32.const 1204) (i32.const 2000)) (i32.store (i32.const 1208) (i32.const 100))
          (i32.const 1200)",
    );
    let decided = decided(&agent, Silent, &Circumstances::default()).await;
    assert_eq!(ended(&decided), "limit: decide gave the host more than 4194304 bytes (lift_bytes)");
}

#[tokio::test]
async fn what_may_be_proposed_is_listed() {
    // The second action's kind, as the failure's words.
    let agent = Agent::deciding(
        r"(call $list (i32.const 1300))
          (i32.store (i32.const 1200) (i32.const 1))
          (i32.store (i32.const 1204) (i32.load (i32.add (i32.load (i32.const 1300)) (i32.const 24))))
          (i32.store (i32.const 1208) (i32.load (i32.add (i32.load (i32.const 1300)) (i32.const 28))))
          (i32.const 1200)",
    );
    let offer =
        |kind: &str| Offer { kind: kind.to_owned(), description: "does".to_owned(), schema: json("{}") };
    let offers: Arc<[Offer]> = [offer("advance"), offer("text.count")].into();
    let around = Circumstances::default();
    let decided = compile(&agent).decide(around.call(), &turn(), Arc::new(Silent), offers).await.unwrap();
    assert_eq!(ended(&decided), "failed: text.count");
}

#[tokio::test]
async fn answers_of_the_turn_before_arrive() {
    // The first answer's error message.
    let agent = Agent::deciding(
        r"(if (i32.ne (local.get $answers_len) (i32.const 1)) (then unreachable))
          (if (i32.ne (local.get $number) (i32.const 2)) (then unreachable))
          (i32.store (i32.const 1200) (i32.const 1))
          (i32.store (i32.const 1204) (i32.load offset=28 (local.get $answers)))
          (i32.store (i32.const 1208) (i32.load offset=32 (local.get $answers)))
          (i32.const 1200)",
    );
    let answer = Answer {
        id: "job-1/1/1".parse().unwrap(),
        kind: "x".to_owned(),
        outcome: Err(Failure::new(Code::REFUSED, "not you")),
    };
    let turn = Turn { answers: vec![answer], number: 2, memo: json("{}"), ..turn() };
    let around = Circumstances::default();
    let decided =
        compile(&agent).decide(around.call(), &turn, Arc::new(Silent), Arc::from([])).await.unwrap();
    assert_eq!(ended(&decided), "failed: not you");
}

#[tokio::test]
async fn more_turns_than_places_wait_their_turn() {
    let agent = compile(&Agent::deciding(&format!("{ASK} {SAY}")));
    let model: Arc<dyn Model> = Arc::new(Counts::default());
    let turns: Vec<_> = (0..40)
        .map(|_| {
            let (agent, model) = (agent.clone(), Arc::clone(&model));
            tokio::spawn(async move {
                let around = Circumstances::default();
                agent.decide(around.call(), &turn(), model, Arc::from([])).await.expect("no full pool")
            })
        })
        .collect();
    for turn in turns {
        assert_eq!(turn.await.unwrap().transcript.len(), 1);
    }
}
