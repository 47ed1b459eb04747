//! The virtual WASI, as a guest of either role sees it: what answers, what it says, and where it ends.

use std::sync::Arc;

use jaros_decision::{Code, Failure, Json, Limits, Turn};
use jaros_engine::{Called, Level, LoadError, NoLog};

use crate::agents::Silent;
use crate::guests::wasi::Guest;
use crate::guests::{Circumstances, Tool, digest, engine, json};

/// The hour at which the monotonic clock starts.
const START: u64 = 3_600_000_000_000;

fn executed(tool: &Tool, around: &Circumstances) -> Called<Json> {
    let bytes = tool.bytes();
    let component = engine().compile_tool(&bytes, digest(&bytes)).unwrap();
    let called = component.execute(around.call(), &json("1")).unwrap();
    // Everything again is the same, fuel included: there is nothing in it that could vary.
    assert_eq!(component.execute(around.call(), &json("1")).unwrap(), called);
    called
}

fn decided(guest: &Guest, around: &Circumstances) -> Called<Option<Json>> {
    let bytes = guest.agent().bytes();
    let agent = engine().compile_agent(&bytes, digest(&bytes)).unwrap();
    let turn = Turn { input: json("1"), memo: Json::null(), answers: Vec::new(), number: 1 };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let decide = || {
        let decided = agent.decide(around.call(), &turn, Arc::new(Silent), Arc::from([]));
        let Called { result, fuel, observed, staged, divergence } = runtime.block_on(decided).unwrap().called;
        Called { result: result.map(|plan| plan.memo), fuel, observed, staged, divergence }
    };
    let called = decide();
    assert_eq!(decide(), called);
    called
}

/// What the guest says, which is the same for a tool and for an agent.
#[track_caller]
fn said_in(guest: &Guest, around: &Circumstances) -> Vec<u64> {
    let called = executed(&guest.tool(), around);
    assert_eq!((&*called.observed, called.divergence), (&[][..], None), "nothing of it is observed");
    let said = called.result.unwrap();
    assert_eq!(decided(guest, around).result, Ok(Some(said.clone())));
    said.to().unwrap()
}

#[track_caller]
fn said(body: &str) -> Vec<u64> {
    said_in(&Guest::new(body), &Circumstances::default())
}

/// How the guest's call ends, which is the same for a tool and for an agent but for the export's name.
#[track_caller]
fn ended_in(guest: &Guest, around: &Circumstances) -> Failure {
    let failure = executed(&guest.tool(), around).result.unwrap_err();
    let agents = decided(guest, around).result.unwrap_err();
    assert_eq!(Failure::new(agents.code, agents.message.replace("decide", "execute")), failure);
    failure
}

#[track_caller]
fn ends(body: &str, code: Code, message: &str) {
    let failure = ended_in(&Guest::new(body), &Circumstances::default());
    assert_eq!(failure, Failure::new(code, message), "{body}");
}

#[test]
fn time_begins_with_the_turn_and_moves_when_it_is_looked_at() {
    let body = r"
        (call $say (call $now)) (call $say (call $now)) (call $say (call $resolution))
        (call $wall (i32.const 1304)) (call $say (i64.load (i32.const 1304))) (call $say-i32 (i32.load (i32.const 1312)))
        (call $wall-resolution (i32.const 1304))
        (call $say (i64.load (i32.const 1304))) (call $say-i32 (i32.load (i32.const 1312)))
        (call $zone (i64.const 0) (i32.const 0) (i32.const 1300))
        (call $say-i32 (i32.load (i32.const 1300))) (call $say-i32 (i32.load (i32.const 1308)))
        (call $say-i32 (i32.load8_u (i32.load (i32.const 1304))))
        (call $say-i32 (call $offset (i64.const 0) (i32.const 0)))";
    let utc = [0, 3, u64::from(b'U'), 0];
    let mut expected = vec![START, START + 1_000, 1_000, 1_700_000_000, 2_000, 0, 1_000];
    expected.extend(utc);
    assert_eq!(said(body), expected);
}

#[test]
fn a_poll_jumps_to_the_earliest_deadline_and_names_all_that_are_ready() {
    let body = r"
        (i32.store (i32.const 1400) (call $after (i64.const 3000000000)))
        (i32.store (i32.const 1404) (call $after (i64.const 1000000000)))
        (i32.store (i32.const 1408) (call $at (i64.const 5)))
        (call $say-i32 (call $ready (i32.load (i32.const 1408))))
        (call $say-i32 (call $ready (i32.load (i32.const 1404))))
        (call $poll (i32.const 1400) (i32.const 2) (i32.const 1300)) (call $say-list (i32.const 1300))
        (call $say (call $now))
        (call $poll (i32.const 1400) (i32.const 3) (i32.const 1300)) (call $say-list (i32.const 1300))
        (call $say (call $now))
        (call $block (i32.load (i32.const 1400)))
        (call $poll (i32.const 1400) (i32.const 2) (i32.const 1300)) (call $say-list (i32.const 1300))
        (call $wall (i32.const 1304)) (call $say (i64.load (i32.const 1304)))";
    let second = START + 1_000_000_000;
    let expected = [1, 0, 1, 1, second + 1_000, 2, 1, 2, second + 3_000, 2, 0, 1, 1_700_000_003];
    assert_eq!(said(body), expected);
}

#[test]
fn two_timers_with_one_deadline_are_ready_together_and_streams_always() {
    let body = r"
        (i32.store (i32.const 1400) (call $at (i64.const 4000000000000)))
        (i32.store (i32.const 1404) (call $at (i64.const 4000000000000)))
        (i32.store (i32.const 1408) (call $at (i64.const 4000000000001)))
        (call $poll (i32.const 1400) (i32.const 3) (i32.const 1300)) (call $say-list (i32.const 1300))
        (i32.store (i32.const 1400) (call $after (i64.const 1000)))
        (i32.store (i32.const 1404) (call $stdin-ready (call $stdin)))
        (i32.store (i32.const 1408) (call $stdout-ready (call $stdout)))
        (call $poll (i32.const 1400) (i32.const 3) (i32.const 1300)) (call $say-list (i32.const 1300))";
    assert_eq!(said(body), [2, 0, 1, 2, 1, 2]);
}

#[test]
fn whoever_waits_by_looking_sees_time_pass() {
    let body = r"
        (local.set $a (call $after (i64.const 5000000)))
        (loop $again (br_if $again (i32.eqz (call $ready (local.get $a)))))
        (call $say (i64.div_u (call $now) (i64.const 1000000)))";
    assert_eq!(said(body), [3_600_005]);
}

#[test]
fn the_longest_sleep_ends_at_once() {
    let body = r"
        (call $block (call $after (i64.const -1)))
        (call $say-i32 (i64.eq (call $now) (i64.const -1)))
        (call $block (call $at (i64.const -1)))
        (call $wall (i32.const 1304)) (call $say (i64.load (i32.const 1304)))";
    let years_584 = (u64::MAX - START) / 1_000_000_000;
    assert_eq!(said(body), [1, 1_700_000_000 + years_584]);
}

#[test]
fn an_empty_poll_ends_the_call() {
    ends(
        "(call $poll (i32.const 1400) (i32.const 0) (i32.const 1300))",
        Code::TRAP,
        "it polled an empty list, which `wasi:io/poll` forbids",
    );
}

#[test]
fn all_randomness_is_one_stream_of_the_seed() {
    let body = r"
        (call $bytes (i64.const 4) (i32.const 1300)) (call $say-i32 (i32.load (i32.load (i32.const 1300))))
        (call $say (i64.shr_u (call $number) (i64.const 32)))
        (call $dice-bytes (i64.const 4) (i32.const 1300)) (call $say-i32 (i32.load (i32.load (i32.const 1300))))
        (call $say (i64.shr_u (call $dice) (i64.const 32)))
        (call $seed (i32.const 1304))
        (call $say-i32 (i32.load (i32.const 1304))) (call $say-i32 (i32.load (i32.const 1312)))";
    let with = |seed| said_in(&Guest::new(body), &Circumstances { seed, ..Circumstances::default() });
    let (seven, eight) = (with([7; 32]), with([8; 32]));
    assert_eq!(seven, with([7; 32]));
    for drawn in [&seven, &eight] {
        let mut distinct = drawn.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 6, "{drawn:?}");
    }
    assert!(seven.iter().zip(&eight).all(|(a, b)| a != b), "{seven:?} {eight:?}");
    // As the contract says: block 0 is SHA-256(seed ‖ `wasi` ‖ 0 as eight bytes).
    let block = jaros_decision::Digest::of_parts(&[&[7; 32], b"wasi", &[0; 8]]).0;
    assert_eq!(seven[0], u64::from(u32::from_le_bytes(block[..4].try_into().unwrap())));
}

#[test]
fn drawing_from_wasi_leaves_the_jobs_own_stream_alone() {
    let body = |draw: &str| {
        let guest = Guest::new(&format!(
            "{draw} (call $random (i32.const 4) (i32.const 1320)) (call $say-i32 (i32.load (i32.load (i32.const 1324))))"
        ));
        executed(&guest.tool().with_job(), &Circumstances::default()).result.unwrap()
    };
    assert_eq!(body("(drop (call $number))"), body(""));
}

#[test]
fn random_bytes_cost_fuel_and_have_a_limit() {
    let fuel = |len: u32| {
        let guest = Guest::new(&format!("(call $bytes (i64.const {len}) (i32.const 1300))"));
        executed(&guest.tool(), &Circumstances::default()).fuel.0
    };
    let (few, many) = (fuel(1), fuel(65_536));
    assert!(many - few >= 65_535, "{few} {many}");
    let message = "it asked `wasi:random` for 65537 bytes at once, more than 65536";
    ends("(call $bytes (i64.const 65537) (i32.const 1300))", Code::LIMIT, message);
    let message = "it asked `wasi:random` for 18446744073709551615 bytes at once, more than 65536";
    ends("(call $dice-bytes (i64.const -1) (i32.const 1300))", Code::LIMIT, message);
    let forever = "(loop $l (call $bytes (i64.const 65536) (i32.const 1300)) (br $l))";
    let around = Circumstances::default();
    let around = Circumstances {
        limits: Limits { execute_fuel: 1_000_000, decide_fuel: 1_000_000, ..around.limits },
        ..around
    };
    let failure = executed(&Guest::new(forever).tool(), &around).result.unwrap_err();
    assert_eq!(failure.message, "fuel: execute used all 1000000 (execute_fuel)");
}

#[test]
fn there_is_no_environment_no_terminal_and_no_folder() {
    let body = r"
        (call $environment (i32.const 1300)) (call $say-i32 (i32.load (i32.const 1304)))
        (call $arguments (i32.const 1300)) (call $say-i32 (i32.load (i32.const 1304)))
        (call $cwd (i32.const 1300)) (call $say-i32 (i32.load8_u (i32.const 1300)))
        (call $terminal-in (i32.const 1300)) (call $say-i32 (i32.load8_u (i32.const 1300)))
        (call $terminal-out (i32.const 1300)) (call $say-i32 (i32.load8_u (i32.const 1300)))
        (call $terminal-err (i32.const 1300)) (call $say-i32 (i32.load8_u (i32.const 1300)))
        (call $directories (i32.const 1300)) (call $say-i32 (i32.load (i32.const 1304)))";
    assert_eq!(said(&format!("(memory.fill (i32.const 1300) (i32.const 9) (i32.const 16)) {body}")), [0; 7]);
}

#[test]
fn stdin_is_at_its_end() {
    let read = |name: &str| {
        format!(
            "(call ${name} (local.get $a) (i64.const 10) (i32.const 1304))
             (call $say-i32 (i32.load8_u (i32.const 1304)))"
        )
    };
    // `err`, `closed`: at 4 beside a list, at 8 beside a number.
    let closed = |at: u32| format!("(call $say-i32 (i32.load8_u (i32.const {at})))");
    let body = format!(
        "(local.set $a (call $stdin)) {} {} {} {} {} {} {} {}",
        read("read"),
        closed(1308),
        read("blocking-read"),
        closed(1308),
        read("skip"),
        closed(1312),
        read("blocking-skip"),
        closed(1312)
    );
    assert_eq!(said(&body), [1; 8]);
}

#[test]
fn output_goes_to_the_log_line_by_line() {
    let guest = Guest {
        core: r#"(data (i32.const 2000) "one\0atw" "o\1b[2J\0aend" "oh\0a" "rest")"#.to_owned(),
        ..Guest::new(
            r"
            (local.set $a (call $stdout)) (local.set $b (call $stderr))
            (call $check-write (local.get $a) (i32.const 1304))
            (call $say-i32 (i32.load8_u (i32.const 1304))) (call $say (i64.load (i32.const 1312)))
            (call $write-some (local.get $a) (i32.const 2000) (i32.const 6) (i32.const 1304))
            (call $flush (local.get $a) (i32.const 1304))
            (call $write-all (local.get $b) (i32.const 2015) (i32.const 3) (i32.const 1304))
            (call $write-all (local.get $a) (i32.const 2006) (i32.const 9) (i32.const 1304))
            (call $blocking-flush (local.get $a) (i32.const 1304))
            (call $say-i32 (i32.load8_u (i32.const 1304)))
            (call $zeroes (local.get $a) (i64.const 2) (i32.const 1304))
            (call $blocking-zeroes (local.get $a) (i64.const 1) (i32.const 1304))
            (call $splice (local.get $a) (call $stdin) (i64.const 9) (i32.const 1304))
            (call $say-i32 (i32.load8_u (i32.const 1304)))
            (call $blocking-splice (local.get $a) (call $stdin) (i64.const 9) (i32.const 1304))
            (call $say-i32 (i32.load8_u (i32.const 1312)))
            (call $write-all (local.get $b) (i32.const 2018) (i32.const 4) (i32.const 1304))",
        )
    };
    let around = Circumstances::default();
    let bytes = guest.tool().bytes();
    let tool = engine().compile_tool(&bytes, digest(&bytes)).unwrap();
    let said = tool.execute(around.call(), &json("1")).unwrap().result.unwrap();
    assert_eq!(said.to::<Vec<u64>>().unwrap(), [0, 65_536, 0, 1, 1]);
    let lines = around.log.0.lock().unwrap();
    let lines: Vec<(Level, &str)> = lines.iter().map(|(level, line)| (*level, &**line)).collect();
    let expected = [
        (Level::Info, "one"),
        (Level::Warn, "oh"),
        (Level::Info, r"two\u{1b}[2J"),
        (Level::Info, r"end\u{0}\u{0}\u{0}"),
        (Level::Warn, "rest"),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_call_that_traps_still_has_its_last_words() {
    let guest = Guest {
        core: r#"(data (i32.const 2000) "panicked at")"#.to_owned(),
        ..Guest::new(
            "(call $write-all (call $stderr) (i32.const 2000) (i32.const 11) (i32.const 1304)) unreachable",
        )
    };
    let around = Circumstances::default();
    executed(&guest.tool(), &around).result.unwrap_err();
    assert_eq!(around.log.of_guest(), ["panicked at"; 2], "one of each run");
}

#[test]
fn a_flood_of_output_is_cut_off() {
    let flood = "(local.set $a (call $stdout)) (local.set $b (i32.const 1000))
        (loop $l (call $write-all (local.get $a) (i32.const 2000) (i32.const 60000) (i32.const 1304))
                 (br_if $l (local.tee $b (i32.sub (local.get $b) (i32.const 1)))))";
    for byte in ["x", "\\0a", "\\80", "\\1b"] {
        let fill = "(memory.fill (i32.const 2000) (i32.load8_u (i32.const 1500)) (i32.const 60000))";
        let guest = Guest {
            core: format!(r#"(data (i32.const 1500) "{byte}")"#),
            // The answer's place is written over; nobody reads it.
            ..Guest::new(&format!("{fill} {flood} unreachable"))
        };
        let around = Circumstances::default();
        let bytes = guest.tool().bytes();
        let tool = engine().compile_tool(&bytes, digest(&bytes)).unwrap();
        tool.execute(around.call(), &json("1")).unwrap().result.unwrap_err();
        let lines = around.log.of_guest();
        assert!(lines.iter().map(|line| line.len() + 1).sum::<usize>() < (64 << 10) + 200, "{byte}");
        assert_eq!(lines.last().unwrap(), "(the rest of this call's diagnostics is dropped: log_bytes)");
    }
}

#[test]
fn too_many_zeroes_end_the_call() {
    ends(
        "(call $zeroes (call $stdout) (i64.const -1) (i32.const 1304))",
        Code::TRAP,
        "it wrote 18446744073709551615 zeroes at once, more than the 65536 that `check-write` permits",
    );
}

#[test]
fn leaving_is_no_answer() {
    for (how, status) in
        [("exit (i32.const 0)", "ok"), ("exit (i32.const 1)", "err"), ("exit-with-code (i32.const 3)", "3")]
    {
        let message = format!("it ended itself (`wasi:cli/exit`: {status}) and returned nothing");
        ends(&format!("(call ${how}) unreachable"), Code::FAILED, &message);
    }
}

#[test]
fn no_socket_is_had_and_no_name_looked_up() {
    let asked = |call: &str| {
        format!(
            "(call {call} (i32.const 1304)) (call $say-i32 (i32.load8_u (i32.const 1304)))
             (call $say-i32 (i32.load8_u (i32.const 1308)))"
        )
    };
    let body = [
        asked("$tcp (i32.const 0)"),
        asked("$tcp (i32.const 1)"),
        asked("$udp (i32.const 0)"),
        asked("$resolve (call $network) (i32.const 1000) (i32.const 6)"),
    ];
    // `err`, and `access-denied`, the second of the error codes.
    assert_eq!(said(&body.concat()), [1; 8]);
}

#[test]
fn handles_are_counted_while_they_are_held() {
    let around = Circumstances::default();
    let around =
        Circumstances { limits: Limits { handles: 50, host_calls: 100_000, ..around.limits }, ..around };
    let kept = "(loop $l (drop (call $after (i64.const 1))) (br $l))";
    let lent = "(local.set $a (call $after (i64.const 1)))
        (loop $l (i32.store (i32.add (i32.const 1400) (i32.mul (local.get $b) (i32.const 4))) (local.get $a))
                 (br_if $l (i32.lt_u (local.tee $b (i32.add (local.get $b) (i32.const 1))) (i32.const 60))))
        (call $poll (i32.const 1400) (i32.const 60) (i32.const 1300))";
    let streams = "(loop $l (drop (call $stdout)) (br $l))";
    for body in [kept, lent, streams] {
        let failure = ended_in(&Guest::new(body), &around);
        let message = "handles: execute held or lent more than 50 at once (handles)";
        assert_eq!(failure, Failure::new(Code::LIMIT, message), "{body}");
    }
    let churn = "(local.set $b (i32.const 5000))
        (loop $l (call $drop (call $after (i64.const 1)))
                 (br_if $l (local.tee $b (i32.sub (local.get $b) (i32.const 1)))))";
    assert_eq!(said_in(&Guest::new(churn), &around), [0; 0]);
}

#[test]
fn every_function_and_every_drop_counts_as_a_host_call() {
    let around = Circumstances::default();
    let around = Circumstances { limits: Limits { host_calls: 10, ..around.limits }, ..around };
    let five = "(call $drop (call $after (i64.const 1)))".repeat(5);
    assert_eq!(said_in(&Guest::new(&five), &around), [0; 0]);
    let more = format!("{five} (drop (call $now))");
    let failure = ended_in(&Guest::new(&more), &around);
    assert_eq!(failure, Failure::new(Code::LIMIT, "it called the host more than 10 times (host_calls)"));
}

#[test]
fn any_version_0_2_links() {
    for version in ["0.2.0", "0.2.3", "0.2.6", "0.2.12"] {
        let guest = Guest { version, ..Guest::new("(call $say (call $resolution))") };
        assert_eq!(said_in(&guest, &Circumstances::default()), [1_000], "{version}");
    }
}

#[test]
fn what_an_interface_does_not_have_is_refused_by_name() {
    for (wrong, word) in [
        (r#"(import "wasi:io/poll@0.2.9" (instance (export "poll-all" (func))))"#, "poll-all"),
        (r#"(import "wasi:cli/exit@0.2.9" (instance (export "exit" (func (param "status" u8)))))"#, "exit"),
    ] {
        let bytes = Tool { component: wrong.to_owned(), ..Tool::default() }.bytes();
        let Err(LoadError::Refused(failure)) = engine().compile_tool(&bytes, digest(&bytes)) else {
            panic!("{wrong} was linked");
        };
        assert_eq!(failure.code, Code::INVALID);
        assert!(failure.message.contains(word), "{failure}");
    }
}

#[test]
fn the_same_world_is_there_in_describe_and_in_validate() {
    let check = |seconds: u64, result: &str| {
        format!(
            "(call $wall (i32.const 1304)) (if (i64.ne (i64.load (i32.const 1304)) (i64.const {seconds})) (then unreachable))
             (call $block (call $after (i64.const 1000000000))) (drop (call $number))
             (call $wall (i32.const 1304))
             (if (i64.ne (i64.load (i32.const 1304)) (i64.const {})) (then unreachable)) {result}",
            seconds + 1
        )
    };
    let tool = Tool {
        describe: check(0, "(i32.const 1024)"),
        validate: check(1_700_000_000, "(i32.const 1100)"),
        ..Guest::new("").tool()
    };
    let bytes = tool.bytes();
    let tool = engine().compile_tool(&bytes, digest(&bytes)).unwrap();
    tool.describe(&Limits::default(), Arc::new(NoLog)).unwrap();
    assert_eq!(tool.validate(Circumstances::default().call(), &json("1")).unwrap().result, Ok(()));
}
