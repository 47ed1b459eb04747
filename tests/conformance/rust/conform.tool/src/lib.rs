//! The tool that every language has, so that a test can hold them against each other.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

use jaros_guest::prelude::*;
use jaros_guest::{files, store};

#[derive(Deserialize)]
struct Payload {
    r#do: String,
    #[serde(flatten)]
    more: Value,
}

static CALLS: AtomicU32 = AtomicU32::new(0);

struct Conform;

impl Tool for Conform {
    const DESCRIPTION: &'static str = "Does what its payload says, as its siblings in other languages do.";
    type Payload = Payload;

    fn validate(payload: &Payload) -> Result<(), String> {
        if payload.r#do == "validate-no" { Err("the tool says no".to_owned()) } else { Ok(()) }
    }

    fn execute(payload: Payload) -> Result<impl Serialize, String> {
        let more = &payload.more;
        let text = |name: &str| more[name].as_str().unwrap_or_default();
        Ok(match payload.r#do.as_str() {
            "echo" => more["value"].clone(),
            "fail" => return Err(text("message").to_owned()),
            "crash" => json!([0][black_box(3)]),
            "spin" => loop {
                black_box(());
            },
            "grow" => grow(),
            "recurse" => json!(recurse(0)),
            "time" => json!({ "ms": job::accepted_at_ms() }),
            "random" => {
                let len = u32::deserialize(&more["len"]).map_err(|error| format!("payload: len: {error}"))?;
                json!({ "bytes": job::random(len)? })
            }
            "read" => match files::read_text(text("path")) {
                Ok(text) => json!({ "text": text }),
                Err(error) => json!({ "code": error.code }),
            },
            "store" => {
                let before: Option<Value> = store::get_json(text("key"))?;
                store::put_json(text("key"), &more["value"])?;
                json!({ "before": before })
            }
            "log" => {
                log::write(text("level"), text("message"));
                Value::Null
            }
            "count" => json!(CALLS.fetch_add(1, Ordering::Relaxed) + 1),
            other => return Err(format!("unknown: {other}")),
        })
    }
}

fn grow() -> ! {
    let mut held = Vec::new();
    loop {
        held.push(black_box(vec![1_u8; 1 << 20]));
    }
}

fn recurse(depth: u64) -> u64 {
    if black_box(depth) == u64::MAX { 0 } else { black_box(recurse(depth + 1)) + 1 }
}

export_tool!(Conform);
