//! Tools that attack from `execute`, to be kept busy beside honest ones.
//!
//! *Invariant:* each says `begin` in its diagnostics before it does anything, and each call runs into a limit.
//! *Doesn't know:* the limits.
//! *Start at:* [`attackers`].

use crate::{FOREVER, Tool, returns};

/// Each attacker by name.
#[must_use]
pub fn attackers() -> Vec<(&'static str, Vec<u8>)> {
    let line = "(call $write (i32.const 1400) (i32.const 4) (i32.const 2000) (i32.const 200))";
    let fill = "(drop (memory.grow (i32.const 400)))
                (loop $l (memory.fill (i32.const 65536) (i32.const 1) (i32.const 20000000)) (br $l)) unreachable";
    let huge = "(drop (memory.grow (i32.const 200)))
                (memory.fill (i32.const 65536) (i32.const 49) (i32.const 12000000))";
    vec![
        ("endless-loop", attacker(FOREVER)),
        ("memory-filler", attacker(fill)),
        ("log-flood", attacker(&format!("(loop $l {line} (br $l)) unreachable"))),
        ("million-calls", attacker("(loop $l (drop (call $time)) (br $l)) unreachable")),
        ("huge-result", attacker(&format!("{huge} {}", returns(65_536, 12_000_000)))),
    ]
}

fn attacker(body: &str) -> Vec<u8> {
    let begin = "(call $write (i32.const 1400) (i32.const 4) (i32.const 1404) (i32.const 5))";
    let texts = r#"(data (i32.const 1400) "infobegin")"#;
    Tool::with_core(&format!("{begin} {body}"), texts).logging().with_job().bytes()
}
