//! A tool that behaves: what it is given, what it gives back, and that nothing stays.

use std::sync::Arc;

use crate::guests::{Circumstances, Lines, Tool, audited, digest, engine, json};
use jaros_decision::{Code, Failure, Limits};
use jaros_engine::{LoadError, NoLog, ToolComponent};

fn compile(tool: &Tool) -> ToolComponent {
    let bytes = tool.bytes();
    engine().compile_tool(&bytes, digest(&bytes)).unwrap()
}

#[test]
fn describe_gives_the_profile() {
    let profile = compile(&Tool::default()).describe(&Limits::default(), Arc::new(NoLog)).unwrap();
    assert_eq!(profile.description, "a test tool");
    assert_eq!(profile.schema.as_str(), "{}");
    assert_eq!(profile.meta.as_str(), "null");
}

#[test]
fn execute_gives_canonical_json() {
    let around = Circumstances::default();
    // Not the canonical text: the guest passes it on as it got it, members sorted by the host before.
    let called = compile(&Tool::default()).execute(around.call(), &json(r#"{"b":1.0,"a":"é"}"#)).unwrap();
    assert_eq!(called.result.unwrap().as_str(), r#"{"a":"é","b":1}"#);
    assert!(called.fuel.0 > 0);
    assert_eq!(called.observed, []);
    assert_eq!(called.divergence, None);
}

#[test]
fn what_a_guest_writes_is_canonicalised() {
    let mut tool = Tool::executing(
        r"(i32.store (i32.const 1200) (i32.const 0))
          (i32.store (i32.const 1204) (i32.const 1400)) (i32.store (i32.const 1208) (i32.const 22))
          (i32.const 1200)",
    );
    tool.core = r#"(data (i32.const 1400) "{ \"b\" : 1e2, \"a\":[ ] }")"#.to_owned();
    let called = compile(&tool).execute(Circumstances::default().call(), &json("null")).unwrap();
    assert_eq!(called.result.unwrap().as_str(), r#"{"a":[],"b":100}"#);
}

#[test]
fn the_guests_own_errors_have_their_codes() {
    let error = r"(i32.store (i32.const 1200) (i32.const 1))
                  (i32.store (i32.const 1204) (i32.const 1000)) (i32.store (i32.const 1208) (i32.const 6))
                  (i32.const 1200)";
    let tool = compile(&Tool {
        validate: error.replace("1208) (i32.const 6)", "1208) (i32.const 11)"),
        ..Tool::executing(error)
    });
    let around = Circumstances::default();
    let called = tool.execute(around.call(), &json("1")).unwrap();
    assert_eq!(called.result, Err(Failure::new(Code::FAILED, "a test")));
    let called = tool.validate(around.call(), &json("1")).unwrap();
    assert_eq!(called.result, Err(Failure::new(Code::REFUSED, "a test tool")));
}

#[test]
fn validate_says_yes() {
    let called = compile(&Tool::default()).validate(Circumstances::default().call(), &json("1")).unwrap();
    assert_eq!(called.result, Ok(()));
}

#[test]
fn nothing_stays_between_calls() {
    let mut tool = Tool::executing(
        r"(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
          (i32.store8 (i32.const 1500) (i32.add (i32.load8_u (i32.const 1500)) (i32.const 1)))
          (i32.store8 (i32.const 1300) (i32.add (i32.const 48)
             (i32.add (global.get $calls) (i32.load8_u (i32.const 1500)))))
          (i32.store (i32.const 1200) (i32.const 0))
          (i32.store (i32.const 1204) (i32.const 1300)) (i32.store (i32.const 1208) (i32.const 1))
          (i32.const 1200)",
    );
    tool.core = "(global $calls (mut i32) (i32.const 0))".to_owned();
    let tool = compile(&tool);
    let around = Circumstances::default();
    for _ in 0..10 {
        assert_eq!(tool.execute(around.call(), &json("1")).unwrap().result.unwrap().as_str(), "2");
    }
}

#[test]
fn fuel_is_the_calls_alone_and_the_same_each_time() {
    let quiet = compile(&Tool::default());
    let busy_start = compile(&Tool {
        core: r"(func $busy (local $i i32)
                  (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1)))
                           (br_if $l (i32.lt_u (local.get $i) (i32.const 10000)))))
                (start $busy)"
            .to_owned(),
        ..Tool::default()
    });
    let around = Circumstances::default();
    let fuel = |tool: &ToolComponent| tool.execute(around.call(), &json("[1,2]")).unwrap().fuel;
    assert_eq!(fuel(&quiet), fuel(&quiet));
    assert_eq!(fuel(&quiet), fuel(&busy_start));
}

#[test]
fn job_is_what_the_record_says() {
    let text = r"
        (call $id (i32.const 1300))
        (call $random (i32.const 4) (i32.const 1320))
        (call $random (i32.const 4) (i32.const 1340))
        (if (i64.ne (call $time) (i64.const 1700000000000)) (then unreachable))
        ;; two draws differ
        (if (i32.eq (i32.load (i32.load (i32.const 1324))) (i32.load (i32.load (i32.const 1344)))) (then unreachable))
        ;; the id as a failure's words
        (i32.store (i32.const 1200) (i32.const 1))
        (i32.store (i32.const 1204) (i32.load (i32.const 1300)))
        (i32.store (i32.const 1208) (i32.load (i32.const 1304)))
        (i32.const 1200)";
    let tool = compile(&Tool::executing(text).with_job());
    let called = tool.execute(Circumstances::default().call(), &json("1")).unwrap();
    assert_eq!(called.result, Err(Failure::new(Code::FAILED, "job-1")));
}

#[test]
fn too_much_randomness_at_once_is_an_answer() {
    let text = r"
        (call $random (i32.const 4097) (i32.const 1320))
        (i32.store (i32.const 1200) (i32.const 1))
        (i32.store (i32.const 1204) (i32.load (i32.const 1332)))
        (i32.store (i32.const 1208) (i32.load (i32.const 1336)))
        (i32.const 1200)";
    let called = compile(&Tool::executing(text).with_job())
        .execute(Circumstances::default().call(), &json("1"))
        .unwrap();
    let failure = called.result.unwrap_err();
    assert!(failure.message.contains("4097 random bytes are more than 4096"), "{failure}");
    let [refused] = &called.observed[..] else { panic!("{:?}", called.observed) };
    assert_eq!((&*refused.call, refused.arguments.as_str()), ("job.random", "[4097]"));
    assert_eq!(refused.answer.as_ref().unwrap_err().code, Code::LIMIT);
}

#[test]
fn describe_learns_nothing() {
    let tool = compile(
        &Tool { describe: "(call $id (i32.const 1300)) (i32.const 1024)".to_owned(), ..Tool::default() }
            .with_job(),
    );
    let Err(LoadError::Refused(failure)) = tool.describe(&Limits::default(), Arc::new(NoLog)) else {
        panic!("`job.id` answered in `describe`");
    };
    assert_eq!(failure.code, Code::REFUSED);
    assert!(failure.message.contains("`job` doesn't work in `describe`"), "{failure}");
}

#[test]
fn what_does_not_work_now_ends_the_call_and_is_no_answer() {
    let tries = "(call $system (i32.const 1300)) ";
    let tool = compile(
        &Tool {
            describe: format!("{tries} (i32.const 1024)"),
            validate: format!("{tries} (i32.const 1100)"),
            ..Tool::default()
        }
        .with_facts(),
    );
    let Err(LoadError::Refused(failure)) = tool.describe(&Limits::default(), Arc::new(NoLog)) else {
        panic!("`host-facts` answered in `describe`");
    };
    assert!(failure.message.contains("`host-facts` doesn't work in `describe`"), "{failure}");
    let called = tool.validate(Circumstances::default().call(), &json("1")).unwrap();
    let failure = called.result.unwrap_err();
    assert_eq!(failure.code, Code::REFUSED);
    assert!(failure.message.contains("`host-facts` doesn't work in `validate`"), "{failure}");
    assert_eq!(called.observed, [], "the refusal is the verdict, and so on the record");
}

#[test]
fn job_random_does_not_work_in_describe_either() {
    let describe = "(call $random (i32.const 4) (i32.const 1320)) (i32.const 1024)".to_owned();
    let tool = compile(&Tool { describe, ..Tool::default() }.with_job());
    let Err(LoadError::Refused(failure)) = tool.describe(&Limits::default(), Arc::new(NoLog)) else {
        panic!("`job.random` answered in `describe`");
    };
    assert!(failure.message.contains("`job` doesn't work in `describe`"), "{failure}");
}

#[test]
fn a_guests_log_comes_out_in_lines() {
    let around = Circumstances::default();
    let mut tool = Tool::executing(
        r"(call $write (i32.const 1400) (i32.const 4) (i32.const 1404) (i32.const 9))
          (i32.store (i32.const 1204) (local.get $p)) (i32.store (i32.const 1208) (local.get $n))
          (i32.const 1200)",
    )
    .logging();
    tool.core = r#"(data (i32.const 1400) "warnone\0atwo\1b!")"#.to_owned();
    compile(&tool).execute(around.call(), &json("1")).unwrap().result.unwrap();
    assert_eq!(around.log.of_guest(), [r"one\ntwo\u{1b}!"]);
}

#[test]
fn a_guests_last_words_are_the_failure_in_every_phase() {
    let tool = |len: u32| {
        let gives_up = format!("(call $abort (i32.const 1400) (i32.const {len})) (unreachable)");
        Tool {
            describe: gives_up.clone(),
            validate: gives_up.clone(),
            execute: gives_up,
            core: r#"(data (i32.const 1400) "oh no\0aat src/lib.rs:3")"#.to_owned(),
            ..Tool::default()
        }
        .panicking()
    };
    let short = compile(&tool(21));
    let Err(LoadError::Refused(failure)) = short.describe(&Limits::default(), Arc::new(NoLog)) else {
        panic!("it described itself");
    };
    assert!(failure.message.contains(r"it gave up: oh no\nat src/lib.rs:3"), "{failure}");
    for failure in [
        short.validate(Circumstances::default().call(), &json("1")).unwrap().result.unwrap_err(),
        short.execute(Circumstances::default().call(), &json("1")).unwrap().result.unwrap_err(),
    ] {
        assert_eq!((failure.code, &*failure.message), (Code::TRAP, r"it gave up: oh no\nat src/lib.rs:3"));
    }
    let long = compile(&tool(4_000)).execute(Circumstances::default().call(), &json("1")).unwrap();
    let message = long.result.unwrap_err().message;
    assert!(message.ends_with('…') && message.len() < 1_100, "{} bytes", message.len());
}

#[test]
fn a_guest_that_gives_up_for_want_of_memory_met_the_limit() {
    let starves = Tool::with_core(
        "(drop (memory.grow (i32.const 60000))) (call $abort (i32.const 1400) (i32.const 11)) (unreachable)",
        r#"(data (i32.const 1400) "MemoryError")"#,
    );
    let called = compile(&starves.panicking()).execute(Circumstances::default().call(), &json("1")).unwrap();
    let failure = called.result.unwrap_err();
    assert_eq!(failure.code, Code::LIMIT);
    assert!(failure.message.contains("(memory_bytes); it gave up: MemoryError"), "{failure}");
}

#[test]
fn other_patch_versions_are_the_same_contract() {
    let mut tool = Tool::default().logging();
    tool.imports = tool.imports.replace("log@1.0.0", "log@1.0.9");
    tool.export = "jaros:plugin/action@1.0.3".to_owned();
    let bytes = tool.bytes();
    audited(&bytes).unwrap();
    let called = compile(&tool).execute(Circumstances::default().call(), &json("7")).unwrap();
    assert_eq!(called.result.unwrap().as_str(), "7");

    let newer = Tool { export: "jaros:plugin/action@1.3.0".to_owned(), ..Tool::default() };
    let failure = audited(&newer.bytes()).unwrap_err();
    assert!(failure.contains("`jaros:plugin/action@1.3.0` is newer than this host"), "{failure}");
}

#[test]
fn extra_exports_are_ignored() {
    let tool = Tool {
        component: r#"(core module $extra (func (export "f")))
            (core instance $extra (instantiate $extra))
            (func $init (canon lift (core func $extra "f")))
            (export "init" (func $init))"#
            .to_owned(),
        ..Tool::default()
    };
    audited(&tool.bytes()).unwrap();
    let called = compile(&tool).execute(Circumstances::default().call(), &json("7")).unwrap();
    assert_eq!(called.result.unwrap().as_str(), "7");
}

#[test]
fn more_threads_than_places_wait_their_turn() {
    let tool = compile(&Tool::default());
    let lines = Arc::new(Lines::default());
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let around = Circumstances { log: Arc::clone(&lines), ..Circumstances::default() };
                for n in 0..50 {
                    let called = tool.execute(around.call(), &json(&n.to_string())).expect("no full pool");
                    assert_eq!(called.result.unwrap().as_str(), n.to_string());
                }
            });
        }
    });
}
