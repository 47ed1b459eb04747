//! Agents that strike while they reason, or with what they propose.
//!
//! *Invariant:* a turn ends as a plan or as a named failure; a proposal ends as a refusal or as a bounded effect.
//! *Doesn't know:* tools that misbehave.
//! *Start at:* [`rows`].

use jaros_guests::{ASK, Agent, FOREVER, propose};

use super::{Ends, Row, Strikes};

pub(super) fn rows() -> Vec<Row> {
    [describing(), deciding(), plans(), kinds(), payloads(), built_ins()].into_iter().flatten().collect()
}

fn decides(does: &'static str, agent: &Agent, code: &'static str, part: &'static str) -> Row {
    Row::agent(does, Strikes::Decide, agent, Ends::Fails(code, part))
}

fn deciding_so(does: &'static str, body: &str, code: &'static str, part: &'static str) -> Row {
    decides(does, &Agent::deciding(body), code, part)
}

fn proposes(does: &'static str, kind: &str, payload: &str, code: &'static str, part: &'static str) -> Row {
    let agent = Agent::proposing(kind, payload, "");
    Row::agent(does, Strikes::Propose, &agent, Ends::Fails(code, part))
}

fn describing() -> Vec<Row> {
    let describe = |does, body: &str, code, part| {
        let agent = Agent { describe: body.to_owned(), ..Agent::default() };
        Row::agent(does, Strikes::Describe, &agent, Ends::Refused(code, part))
    };
    vec![
        describe("an agent that loops in describe", FOREVER, "limit", "fuel: describe used all"),
        describe("an agent that traps in describe", "unreachable", "trap", "describe trapped"),
        describe(
            "an agent that asks the model in describe",
            "(call $complete (i32.const 0) (i32.const 0) (i32.const 1380) (i32.const 0) (i32.const 1076) (i32.const 2)
               (i32.const 1078) (i32.const 2) (i32.const 1500))
             (i32.const 1024)",
            "refused",
            "`model` doesn't work in `describe`",
        ),
    ]
}

fn deciding() -> Vec<Row> {
    let deep = Agent {
        core: "(func $f (result i32) (i32.add (call $f) (i32.const 1)))".to_owned(),
        ..Agent::deciding("(call $f)")
    };
    let grow = "(loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable";
    vec![
        deciding_so(
            "an agent that loops for ever",
            FOREVER,
            "limit",
            "fuel: decide used all 20000000 (decide_fuel)",
        ),
        deciding_so("an agent that gives up", "unreachable", "trap", "decide trapped: it gave up"),
        decides("an agent that recurses for ever", &deep, "limit", "nested its calls deeper than"),
        deciding_so("an agent that grows its memory", grow, "limit", "memory: decide needed more"),
        deciding_so(
            "asking the model without end",
            &format!("(loop $l {ASK} (br $l)) unreachable"),
            "limit",
            "(host_calls)",
        ),
        deciding_so(
            "listing the actions without end",
            "(loop $l (call $list (i32.const 1500)) (br $l)) unreachable",
            "limit",
            "fuel: decide used all",
        ),
    ]
}

/// A plan whose list has `count` decisions at 65,536, and a memo of `memo` bytes there, if any.
fn plan(count: u32, memo: Option<u32>) -> String {
    let memo = memo.map_or_else(String::new, |len| {
        format!(
            "(i32.store8 (i32.const 1212) (i32.const 1)) (i32.store (i32.const 1216) (i32.const 65536))
             (i32.store (i32.const 1220) (i32.const {len}))"
        )
    });
    format!(
        "(memory.fill (i32.const 1200) (i32.const 0) (i32.const 24)) (i32.store (i32.const 1204) (i32.const 65536))
         (i32.store (i32.const 1208) (i32.const {count})) {memo} (i32.const 1200)"
    )
}

fn plans() -> Vec<Row> {
    // Each payload is the same megabyte, at 4 MiB.
    let same = format!(
        "(local $at i32) (drop (memory.grow (i32.const 100))) (local.set $at (i32.const 65536))
         (loop $l
           (i32.store (i32.add (local.get $at) (i32.const 8)) (i32.const 4194304))
           (i32.store (i32.add (local.get $at) (i32.const 12)) (i32.const 1048576))
           (local.set $at (i32.add (local.get $at) (i32.const 24)))
           (br_if $l (i32.lt_u (local.get $at) (i32.const 2465536))))
         {}",
        plan(100_000, None)
    );
    let tiny = format!("(drop (memory.grow (i32.const 400))) {}", plan(1_000_000, None));
    let many = format!("(drop (memory.grow (i32.const 1))) {}", plan(257, None));
    let memo = |byte: u32, len: u32| {
        format!(
            "(drop (memory.grow (i32.const 20))) (memory.fill (i32.const 65536) (i32.const {byte}) (i32.const {len})) {}",
            plan(0, Some(len))
        )
    };
    vec![
        deciding_so(
            "a plan outside its memory",
            &plan(1_000, None),
            "invalid",
            "decide gave the host something unreadable",
        ),
        deciding_so(
            "100,000 times the same megabyte",
            &same,
            "limit",
            "more than 4194304 bytes (lift_bytes)",
        ),
        deciding_so("a million tiny decisions", &tiny, "limit", "more than"),
        deciding_so("257 decisions", &many, "limit", "the plan has 257 decisions, more than 256"),
        deciding_so("a memo that is no JSON", &memo(0x78, 3), "invalid", "the plan's memo: not JSON"),
        deciding_so(
            "a memo over a megabyte",
            &memo(0x31, (1 << 20) + 1),
            "limit",
            "longer than 1048576 bytes",
        ),
        deciding_so(
            "a memo nested 100,000 deep",
            &memo(0x5b, 100_000),
            "limit",
            "nested deeper than 64 levels",
        ),
        deciding_so("turns without end", &memo(0x31, 1), "limit", "turns"),
    ]
}

fn kinds() -> Vec<Row> {
    let unknown = |does, kind: &str| proposes(does, kind, "{}", "not-found", "there is no action");
    vec![
        unknown("a kind of nothing", ""),
        unknown("another tenant's tool", "acme/greet"),
        unknown("a tool by a path", "../tenants/acme/tools/greet"),
        unknown("a tool by an absolute path", "/tools/greet.wasm"),
        unknown("a kind that moves the cursor", "\u{1b}[2Jgreet\n\0"),
        unknown("a kind of 10,000 bytes", &"x".repeat(10_000)),
        Row::agent(
            "a note of 5,000 bytes",
            Strikes::Propose,
            &Agent::proposing("greet", r#"{"name":"A"}"#, &"x".repeat(5_000)),
            Ends::Fails("limit", "note"),
        ),
    ]
}

fn payloads() -> Vec<Row> {
    let payload = |does, text: &str, code, part| proposes(does, "greet", text, code, part);
    let deep = Agent::deciding(&format!(
        "(drop (memory.grow (i32.const 2))) (memory.fill (i32.const 65536) (i32.const 0x5b) (i32.const 100000)) {}",
        propose([
            "(i32.const 1048)",
            "(i32.const 7)",
            "(i32.const 65536)",
            "(i32.const 100000)",
            "(i32.const 0)",
            "(i32.const 0)",
        ])
    ));
    vec![
        payload("a payload that doesn't fit the schema", r#"{"nam":1}"#, "invalid", "a required property"),
        payload("a payload that is no JSON", "{name:1}", "invalid", "payload: not JSON"),
        payload("a payload with NaN", r#"{"name":NaN}"#, "invalid", "payload: not JSON"),
        payload("a payload with a repeated member", r#"{"name":"a","name":"b"}"#, "invalid", "repeated"),
        payload("a payload with half a pair", r#"{"name":"\ud800"}"#, "invalid", "payload: not JSON"),
        Row::agent(
            "a payload nested 100,000 deep",
            Strikes::Propose,
            &deep,
            Ends::Fails("limit", "nested deeper than 64"),
        ),
    ]
}

fn built_ins() -> Vec<Row> {
    let write = |does, path: &str, part| {
        proposes(does, "fs.write", &format!(r#"{{"data":"x","path":{path:?}}}"#), "refused", part)
    };
    let long = "a/".repeat(40) + "b";
    let own = r#"{"agent":"chain","input":null,"wait":true}"#;
    let chain = proposes("a job that submits its like without end", "submit", own, "limit", "submit_depth");
    vec![
        write("writing above the artifacts", "../config/grants.toml", "has a part `.` or `..`"),
        write("writing to an absolute path", "/etc/cron.d/x", "begins with `/`"),
        write("writing with a backslash", "..\\x", "backslash"),
        write("writing 41 folders deep", &long, "over 32 parts"),
        proposes(
            "writing to a path with a NUL",
            "fs.write",
            r#"{"data":"x","path":"a\u0000b"}"#,
            "refused",
            "NUL",
        ),
        proposes(
            "a job for an agent that isn't there",
            "submit",
            r#"{"agent":"nobody"}"#,
            "not-found",
            "nobody",
        ),
        proposes("a job for an agent by a path", "submit", r#"{"agent":"../poke"}"#, "not-found", "../poke"),
        Row { named: "chain", ..chain },
        proposes(
            "an event that isn't there",
            "advance",
            r#"{"events":["explode"]}"#,
            "invalid",
            "at /events/0",
        ),
        proposes(
            "an event that doesn't follow",
            "advance",
            r#"{"events":["complete","complete"]}"#,
            "invalid",
            "DONE can't complete",
        ),
    ]
}
