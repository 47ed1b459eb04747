//! Every limit: set small, met by a guest that reaches it, with the very same end in a second run.

use std::fs;
use std::sync::Arc;

use jaros_capability::{Capability, Grants};
use jaros_decision::{Code, Completion, Failure, Json, LIMITS, Limits, Model, ModelFuture, Request, Turn};
use jaros_engine::{Engine, LoadError, NoLog, audit};

use crate::guests::{Agent, Circumstances, Tool, digest, engine, json, settings};
use jaros_guests::{ASK, SAY, one_decision};

const FOREVER: &str = "(loop $l (br $l)) (unreachable)";
/// The line that is logged has 1,000 bytes, and its level 4.
const LOG_LOOP: &str = "(memory.fill (i32.const 2000) (i32.const 0x78) (i32.const 1000))
    (loop $l (call $write (i32.const 1400) (i32.const 4) (i32.const 2000) (i32.const 1000)) (br $l)) (unreachable)";

/// Where the limits are tried that no single call meets.
const ELSEWHERE: [(&str, &str); 26] = [
    ("turns", "tests/tests/limits.rs"),
    ("submit_depth", "tests/tests/limits.rs"),
    ("artifact_bytes", "tests/tests/limits.rs"),
    ("job_bytes", "host/mechanism/fabric/tests/bad_input.rs"),
    ("schema_nodes", "host/contract/gate/tests/schema.rs"),
    ("schema_work", "host/contract/gate/tests/schema.rs"),
    ("write_bytes", "host/mechanism/capability/tests/capability/files_write.rs"),
    ("staged_bytes", "host/mechanism/capability/tests/capability/files_write.rs"),
    ("store_bytes", "host/mechanism/capability/tests/capability/store.rs"),
    ("store_key_bytes", "host/mechanism/capability/tests/capability/store.rs"),
    ("store_value_bytes", "host/mechanism/capability/tests/capability/store.rs"),
    ("store_keys", "host/mechanism/capability/tests/capability/store.rs"),
    ("handles", "host/mechanism/engine/tests/engine/wasi.rs"),
    ("http_calls", "host/mechanism/capability/tests/capability/http.rs"),
    ("http_ms", "host/mechanism/http/tests/client/answers.rs"),
    ("http_connect_ms", "host/mechanism/http/tests/client/answers.rs"),
    ("http_url_bytes", "host/mechanism/capability/tests/capability/http.rs"),
    ("http_headers", "host/mechanism/capability/tests/capability/http.rs"),
    ("http_head_bytes", "host/mechanism/capability/tests/capability/http.rs"),
    ("http_request_bytes", "host/mechanism/capability/tests/capability/http.rs"),
    ("http_response_bytes", "host/mechanism/capability/tests/capability/http.rs"),
    ("compile_ms", "host/mechanism/engine/tests/engine/compile.rs"),
    ("compile_mib_ms", "host/mechanism/engine/tests/engine/compile.rs"),
    ("compile_wait_ms", "host/mechanism/engine/tests/engine/compile.rs"),
    ("compile_memory_bytes", "host/mechanism/engine/tests/engine/compile.rs"),
    ("compile_mib_memory_bytes", "host/mechanism/engine/tests/engine/compile.rs"),
];

/// A limit, its end, and how it is reached.
type Row = (&'static str, &'static str, fn() -> String);

const ROWS: &[Row] = &[
    ("decisions", "limit: the plan has 1 decisions, more than 0 (decisions)", || {
        decide(&one_decision(true), Limits { decisions: 0, ..small() })
    }),
    ("plan_bytes", "limit: the plan has 34 bytes, more than 33 (plan_bytes)", || {
        decide(&one_decision(true), Limits { plan_bytes: 33, ..small() })
    }),
    ("decide_fuel", "limit: fuel: decide used all 1000000 (decide_fuel)", || {
        decide(FOREVER, Limits { decide_fuel: 1_000_000, ..small() })
    }),
    ("decide_ms", "timeout: decide took more than 50 ms (decide_ms)", || {
        decide(&format!("{ASK} {SAY}"), Limits { decide_ms: 50, model_bytes: 14, ..small() })
    }),
    ("model_calls", "failed: a turn asks the model at most 0 times (model_calls)", || {
        decide(&format!("{ASK} {SAY}"), Limits { model_calls: 0, ..small() })
    }),
    (
        "model_bytes",
        "failed: a turn's requests to the model have at most 13 bytes together (model_bytes)",
        || decide(&format!("{ASK} {SAY}"), Limits { model_bytes: 13, ..small() }),
    ),
    ("validate_fuel", "limit: fuel: validate used all 1000 (validate_fuel)", || {
        validate(
            &Tool { validate: FOREVER.to_owned(), ..Tool::default() },
            Limits { validate_fuel: 1_000, ..small() },
        )
    }),
    ("execute_fuel", "limit: fuel: execute used all 1000 (execute_fuel)", || {
        execute(&Tool::executing(FOREVER), Limits { execute_fuel: 1_000, ..small() })
    }),
    ("start_fuel", "limit: fuel: the component's start used all 1000 (start_fuel)", || {
        let core = format!("(func $forever {FOREVER}) (start $forever)");
        execute(&Tool { core, ..Tool::default() }, Limits { start_fuel: 1_000, ..small() })
    }),
    ("memory_bytes", "limit: memory: execute needed more than 200000 bytes (memory_bytes)", || {
        let greedy =
            "(loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (unreachable)";
        execute(&Tool::executing(greedy), Limits { memory_bytes: 200_000, ..small() })
    }),
    ("table_elements", "limit: tables: execute needed more than 10 elements (table_elements)", || {
        let grow = "(if (i32.eq (table.grow (ref.null func) (i32.const 11)) (i32.const -1)) (then unreachable)) (i32.const 0)";
        let tool = Tool { core: "(table 0 funcref)".to_owned(), ..Tool::executing(grow) };
        execute(&tool, Limits { table_elements: 10, ..small() })
    }),
    (
        "instances",
        "limit: instances: the component's start needed more than 1 core instances (instances)",
        || execute(&Tool::default(), Limits { instances: 1, ..small() }),
    ),
    ("host_calls", "limit: it called the host more than 3 times (host_calls)", || {
        execute(&Tool::executing(LOG_LOOP).logging(), Limits { host_calls: 3, ..small() })
    }),
    (
        "host_call_bytes",
        "limit: it handed the host more than 2500 bytes in its calls (host_call_bytes)",
        || execute(&Tool::executing(LOG_LOOP).logging(), Limits { host_call_bytes: 2_500, ..small() }),
    ),
    ("lift_bytes", "limit: execute gave the host more than 1000 bytes (lift_bytes)", || {
        let text = "(i32.store (i32.const 1200) (i32.const 0)) (i32.store (i32.const 1204) (i32.const 2000))
                    (i32.store (i32.const 1208) (i32.const 2000)) (i32.const 1200)";
        execute(&Tool::executing(text), Limits { lift_bytes: 1_000, ..small() })
    }),
    ("json_bytes", "limit: the result of execute: the JSON text is longer than 4 bytes (json_bytes)", || {
        execute(&Tool::default(), Limits { json_bytes: 4, ..small() })
    }),
    (
        "json_depth",
        "limit: the result of execute: JSON is nested deeper than 1 levels at line 1 column 2 (json_depth)",
        || execute(&Tool::default(), Limits { json_depth: 1, ..small() }),
    ),
    ("note_bytes", "limit: the description is longer than 10 bytes (note_bytes)", || {
        describe(Limits { note_bytes: 10, ..small() })
    }),
    (
        "schema_bytes",
        "limit: the profile's schema: the JSON text is longer than 1 bytes (schema_bytes)",
        || describe(Limits { schema_bytes: 1, ..small() }),
    ),
    ("read_bytes", "failed: `data/file` is larger than read_bytes = 4; read a range of it", || {
        execute_reading(
            "(call $read (i32.const 1400) (i32.const 9) (i32.const 1500))",
            Limits { read_bytes: 4, ..small() },
        )
    }),
    ("read_entries", "failed: `data` has more than read_entries = 1 entries", || {
        execute_reading(
            "(call $entries (i32.const 1400) (i32.const 4) (i32.const 1500))",
            Limits { read_entries: 1, ..small() },
        )
    }),
    ("observed_bytes", "failed: observed_bytes: this call has observed 20 bytes", || {
        let read = "(call $read (i32.const 1400) (i32.const 9) (i32.const 1500))";
        execute_reading(&format!("{read} {read}"), Limits { observed_bytes: 20, ..small() })
    }),
    (
        "log_bytes",
        "2 lines of 1000, 499 bytes; (the rest of this call's diagnostics is dropped: log_bytes)",
        || {
            let around = around(Limits { log_bytes: 1_500, host_calls: 5, ..small() });
            drop(execute_in(&engine(), &Tool::executing(LOG_LOOP).logging(), &around));
            let mut lines = around.log.of_guest();
            let last = lines.pop().unwrap();
            let lens: Vec<_> = lines.iter().map(|line| line.len().to_string()).collect();
            format!("{} lines of {} bytes; {last}", lens.len(), lens.join(", "))
        },
    ),
    (
        "component_bytes",
        "limit: the component has more than 10 (component_bytes); strip it, or raise the limit",
        || {
            let bytes = Tool::default().bytes();
            let failure = audit(&bytes, &Limits { component_bytes: 10, ..small() }).unwrap_err();
            let text = said(&failure);
            text.replace(&format!("has {} bytes, more than 10", bytes.len()), "has more than 10")
        },
    ),
    ("stack_bytes", "limit: stack: execute nested its calls deeper than 65536 bytes (stack_bytes)", || {
        let core = "(func $deep (result i32) (i32.add (call $deep) (i32.const 1)))".to_owned();
        let tool = Tool { core, ..Tool::executing("(call $deep)") };
        execute_in(&with_stack(65_536), &tool, &around(small()))
    }),
];

#[test]
fn every_limit_has_its_named_end_twice() {
    for (limit, expected, reach) in ROWS {
        assert!(expected.contains(limit), "the message names {limit}");
        assert_eq!(reach(), *expected, "{limit}");
        assert_eq!(reach(), *expected, "{limit}, once more");
    }
    let mut tried: Vec<&str> = ROWS.iter().map(|(limit, ..)| *limit).collect();
    tried.extend(ELSEWHERE.map(|(limit, _)| limit));
    tried.sort_unstable();
    let mut all: Vec<&str> = LIMITS.iter().map(|limit| limit.name).collect();
    all.sort_unstable();
    assert_eq!(tried, all, "each limit has a row here, or one in ELSEWHERE that says where it is tried");
}

#[test]
fn a_deeper_stack_has_room_for_deeper_calls() {
    // A thousand levels with sixteen numbers each to come back to.
    let core = format!(
        "(func $deep (param $n i64) (result i64)
           (if (result i64) (i64.eqz (local.get $n)) (then (i64.const 0))
             (else {})))",
        (1..=16).fold("(call $deep (i64.sub (local.get $n) (i64.const 1)))".to_owned(), |inner, n| format!(
            "(i64.add (i64.mul (local.get $n) (i64.const {n})) {inner})"
        ))
    );
    let body = "(drop (call $deep (i64.const 4000))) (i32.store (i32.const 1200) (i32.const 0))
                (i32.store (i32.const 1204) (local.get $p)) (i32.store (i32.const 1208) (local.get $n)) (i32.const 1200)";
    let tool = Tool { core, ..Tool::executing(body) };
    let ends = [65_536, 1 << 20].map(|stack| execute_in(&with_stack(stack), &tool, &around(small())));
    assert_eq!(
        ends,
        ["limit: stack: execute nested its calls deeper than 65536 bytes (stack_bytes)", "[[1]]"]
    );
}

#[test]
fn what_is_handed_over_again_and_again_counts_together() {
    // Each line is far under what may cross at once; only all of them together are too much.
    let around = around(Limits { host_call_bytes: 1 << 20, ..small() });
    let end = execute_in(&engine(), &Tool::executing(LOG_LOOP).logging(), &around);
    assert_eq!(end, "limit: it handed the host more than 1048576 bytes in its calls (host_call_bytes)");
}

#[test]
fn no_call_gets_more_than_its_engine_was_made_for() {
    let mut settings = settings();
    settings.limits.memory_bytes = 2 << 16;
    let greedy =
        "(loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (unreachable)";
    let around = around(Limits { memory_bytes: 1 << 30, ..small() });
    let end = execute_in(&Engine::new(&settings).unwrap(), &Tool::executing(greedy), &around);
    assert_eq!(end, "limit: memory: execute needed more than 131072 bytes (memory_bytes)");
}

fn small() -> Limits {
    Circumstances::default().limits
}

fn around(limits: Limits) -> Circumstances {
    Circumstances { limits, ..Circumstances::default() }
}

fn with_stack(stack_bytes: u64) -> Engine {
    let mut settings = settings();
    settings.limits.stack_bytes = stack_bytes;
    Engine::new(&settings).unwrap()
}

fn said(failure: &Failure) -> String {
    format!("{}: {}", failure.code, failure.message)
}

fn ended(result: Result<Json, Failure>) -> String {
    result.map_or_else(|failure| said(&failure), |json| json.as_str().to_owned())
}

fn execute(tool: &Tool, limits: Limits) -> String {
    execute_in(&engine(), tool, &around(limits))
}

fn execute_in(engine: &Engine, tool: &Tool, around: &Circumstances) -> String {
    let bytes = tool.bytes();
    let component = engine.compile_tool(&bytes, digest(&bytes)).unwrap();
    ended(component.execute(around.call(), &json("[[1]]")).unwrap().result)
}

fn validate(tool: &Tool, limits: Limits) -> String {
    let bytes = tool.bytes();
    let component = engine().compile_tool(&bytes, digest(&bytes)).unwrap();
    let called = component.validate(around(limits).call(), &json("1")).unwrap();
    ended(called.result.map(|()| Json::null()))
}

fn describe(limits: Limits) -> String {
    let bytes = Tool::default().bytes();
    let component = engine().compile_tool(&bytes, digest(&bytes)).unwrap();
    match component.describe(&limits, Arc::new(NoLog)) {
        Ok(profile) => profile.description,
        Err(LoadError::Refused(failure)) => said(&failure),
        Err(LoadError::Engine(error)) => panic!("{error}"),
    }
}

/// A tool that does this with a folder that it may read, and fails with the last answer's message.
fn execute_reading(body: &str, limits: Limits) -> String {
    let dir = tempfile::tempdir().unwrap();
    for file in ["file", "other"] {
        fs::write(dir.path().join(file), "12345").unwrap();
    }
    let say =
        "(i32.store (i32.const 1200) (i32.const 1)) (i32.store (i32.const 1204) (i32.load (i32.const 1512)))
               (i32.store (i32.const 1208) (i32.load (i32.const 1516))) (i32.const 1200)";
    let tool = Tool {
        core: r#"(data (i32.const 1400) "data/file")"#.to_owned(),
        ..Tool::executing(&format!("{body} {say}"))
    };
    let grants = format!("[tool.t]\nfiles-read = {{ data = {:?} }}", dir.path());
    let grant = Grants::parse(&grants, dir.path()).unwrap().for_tool(&"t".parse().unwrap());
    let handles = Arc::new(grant.open(&[Capability::FilesRead].into()).unwrap());
    execute_in(&engine(), &tool.reading(), &Circumstances { handles, ..around(limits) })
}

/// Never answers.
struct Silent;

impl Model for Silent {
    fn complete(&self, _: Request) -> ModelFuture<'_> {
        Box::pin(std::future::pending::<Result<Completion, Failure>>())
    }
}

fn decide(body: &str, limits: Limits) -> String {
    let bytes = Agent::deciding(body).bytes();
    let agent = engine().compile_agent(&bytes, digest(&bytes)).unwrap();
    let turn = Turn { input: json(r#""hi""#), memo: Json::null(), answers: Vec::new(), number: 1 };
    let around = around(limits);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let decided = runtime.block_on(agent.decide(around.call(), &turn, Arc::new(Silent), Arc::from([])));
    match decided.unwrap().called.result {
        Ok(plan) => format!("{} decisions", plan.decisions.len()),
        Err(failure) => {
            assert_ne!(failure.code, Code::TRAP, "{failure}");
            said(&failure)
        }
    }
}
