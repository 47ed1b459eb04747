//! What guests are told, and how that has to end.
//!
//! *Invariant:* every row asks the guest itself something; what the host does before a guest sees it is tested elsewhere.
//! *Doesn't know:* languages.
//! *Start at:* [`rows`].

use serde_json::{Value, json};

/// What a row asks of whom.
#[derive(Clone, Debug)]
pub enum Asked {
    /// The agent gets this input.
    Agent(Value),
    /// The agent proposes the tool with these payloads, in one plan, and finishes with the answers.
    Tool(Vec<Value>),
}

/// How it has to end.
#[derive(Clone, Debug)]
pub enum Expected {
    /// Done, with this result (of the agent; of each payload).
    Is(Value),
    /// Done, and the result passes.
    Passes(fn(&Value) -> bool),
    /// An error with one of these codes and each of these parts in its message.
    Ends(&'static [&'static str], &'static [&'static str]),
    /// Waits for an operator.
    Waits,
}

/// One behaviour.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it shows, for people.
    pub name: &'static str,
    /// The question.
    pub asked: Asked,
    /// The end.
    pub expected: Expected,
}

fn tool(name: &'static str, payload: Value, expected: Expected) -> Row {
    Row { name, asked: Asked::Tool(vec![payload]), expected }
}

fn agent(name: &'static str, input: Value, expected: Expected) -> Row {
    Row { name, asked: Asked::Agent(input), expected }
}

/// A value that has to come back as it was sent.
fn echo(name: &'static str, value: &Value) -> Row {
    tool(name, json!({"do": "echo", "value": value}), Expected::Is(json!([value])))
}

/// So deep that the payload and the answers around it stay within the host's 64.
const DEEP: usize = 54;

fn nested(depth: usize) -> Value {
    (0..depth).fold(
        json!({"deepest": true}),
        |inner, n| if n % 2 == 0 { json!([inner]) } else { json!({"a": inner}) },
    )
}

/// Texts and numbers.
fn values() -> Vec<Row> {
    vec![
        echo("unicode", &json!("Grüße, 世界 🌍 \u{0}\u{1}\u{7f}\u{2028}\u{feff}\\\"/\n\t e\u{301}")),
        echo(
            "numbers at the edges of I-JSON",
            &json!([9_007_199_254_740_991_i64, -9_007_199_254_740_991_i64, 0, -1]),
        ),
        echo(
            "fractions",
            &json!([0.1, 1.5, -2.25e-7, 1.797_693_134_862_315_7e308, 5e-324, 123_456.789_012_345]),
        ),
        echo("empty lists, objects, texts, null", &json!([[], {}, "", null, false, [[]], [{}]])),
        echo("deep JSON", &nested(DEEP)),
        echo(
            "names that languages use themselves",
            &json!({"__proto__": 1, "constructor": 2, "": 3, "a b": 4, "ключ": 5, "self": 6}),
        ),
        echo("a text of 200 KB", &json!("0123456789abcdef".repeat(12_800))),
        echo("a list of 5,000", &json!((0..5_000).collect::<Vec<_>>())),
    ]
}

/// Errors of every kind.
fn errors() -> Vec<Row> {
    let trapped: &[&str] = &["trap"];
    vec![
        tool(
            "a tool says no",
            json!({"do": "fail", "message": "n\u{f6}: \"not\" today"}),
            Expected::Ends(&["failed"], &["n\u{f6}: \"not\" today"]),
        ),
        tool("a tool's bug", json!({"do": "crash"}), Expected::Ends(trapped, &["it gave up: "])),
        tool("a tool's endless loop", json!({"do": "spin"}), Expected::Ends(&["limit"], &["fuel"])),
        tool("a tool that takes all memory", json!({"do": "grow"}), Expected::Ends(&["limit"], &[])),
        tool("a tool's endless recursion", json!({"do": "recurse"}), Expected::Ends(&["limit", "trap"], &[])),
        tool(
            "`validate` says no",
            json!({"do": "validate-no"}),
            Expected::Ends(&["refused"], &["the tool says no"]),
        ),
        tool("a payload of another shape", json!({"do": 7}), Expected::Ends(&["refused"], &["payload"])),
        tool(
            "what it doesn't know",
            json!({"do": "nonsense"}),
            Expected::Ends(&["failed"], &["unknown: nonsense"]),
        ),
        agent(
            "an agent says no",
            json!({"do": "fail", "message": "not today"}),
            Expected::Ends(&["failed"], &["not today"]),
        ),
        agent("an agent's bug", json!({"do": "crash"}), Expected::Ends(trapped, &["it gave up: "])),
        agent("an agent's endless loop", json!({"do": "spin"}), Expected::Ends(&["limit"], &["fuel"])),
        agent("an input of another shape", json!({"do": 7}), Expected::Ends(&["failed"], &["input"])),
        agent(
            "what an agent doesn't know",
            json!({"do": "nonsense"}),
            Expected::Ends(&["failed"], &["unknown: nonsense"]),
        ),
    ]
}

/// What a guest asks of its host.
fn host() -> Vec<Row> {
    let time = |value: &Value| value["ms"].as_u64().is_some_and(|ms| ms > 1_600_000_000_000);
    let tools_time = |value: &Value| value[0]["ms"].as_u64().is_some_and(|ms| ms > 1_600_000_000_000);
    vec![
        agent("the job's time", json!({"do": "time"}), Expected::Passes(time)),
        tool("the job's time, in a tool", json!({"do": "time"}), Expected::Passes(tools_time)),
        agent(
            "random bytes",
            json!({"do": "random", "len": 8}),
            Expected::Passes(|value| bytes(&value["bytes"], 8)),
        ),
        tool(
            "random bytes, in a tool",
            json!({"do": "random", "len": 16}),
            Expected::Passes(|value| bytes(&value[0]["bytes"], 16)),
        ),
        tool(
            "a file in a granted folder",
            json!({"do": "read", "path": "data/a.txt"}),
            Expected::Is(json!([{"text": "hello"}])),
        ),
        tool(
            "a file that isn't there",
            json!({"do": "read", "path": "data/b.txt"}),
            Expected::Is(json!([{"code": "not-found"}])),
        ),
        tool(
            "a folder that isn't granted",
            json!({"do": "read", "path": "other/a.txt"}),
            Expected::Is(json!([{"code": "refused"}])),
        ),
        tool(
            "a path out of the folder",
            json!({"do": "read", "path": "data/../secret"}),
            Expected::Passes(|value| value[0]["code"].is_string()),
        ),
        Row {
            name: "the store, from call to call",
            asked: Asked::Tool(vec![
                json!({"do": "store", "key": "k\u{e9}y", "value": {"n": [1, "zwei", null]}}),
                json!({"do": "store", "key": "k\u{e9}y", "value": 2}),
                json!({"do": "store", "key": "k\u{e9}y", "value": null}),
            ]),
            expected: Expected::Is(
                json!([{"before": null}, {"before": {"n": [1, "zwei", null]}}, {"before": 2}]),
            ),
        },
        tool(
            "a line in the log",
            json!({"do": "log", "level": "warn", "message": "one\ntwo"}),
            Expected::Is(json!([null])),
        ),
        Row {
            name: "nothing stays between a tool's calls",
            asked: Asked::Tool(vec![json!({"do": "count"}); 3]),
            expected: Expected::Is(json!([1, 1, 1])),
        },
        agent("nothing stays between an agent's turns", json!({"do": "count"}), Expected::Is(json!(1))),
        agent(
            "the model",
            json!({"do": "ask", "prompt": "say hello"}),
            Expected::Is(json!({"text": "hello, says the model"})),
        ),
        agent(
            "a model that fails",
            json!({"do": "ask", "prompt": "be away"}),
            Expected::Is(json!({"code": "unavailable"})),
        ),
        agent(
            "a model that calls tools, twice",
            json!({"do": "chat", "question": "how many words?"}),
            Expected::Is(json!({"answer": "three words", "turns": 3})),
        ),
        agent(
            "what may be proposed",
            json!({"do": "actions"}),
            Expected::Passes(|value| {
                value["kinds"].as_array().is_some_and(|kinds| {
                    kinds.contains(&json!("advance")) && kinds.contains(&json!("text.count"))
                })
            }),
        ),
    ]
}

/// Plans and turns.
fn turns() -> Vec<Row> {
    let hundred: Vec<_> = (0..100).map(|n| json!({"do": "echo", "value": n})).collect();
    let answers: Vec<_> = (0..100).collect();
    vec![
        Row {
            name: "a plan of 100 decisions",
            asked: Asked::Tool(hundred),
            expected: Expected::Is(json!(answers)),
        },
        agent(
            "a plan without decisions",
            json!({"do": "propose", "decisions": []}),
            Expected::Is(json!({"answers": []})),
        ),
        agent("20 turns", json!({"do": "turns", "n": 20}), Expected::Is(json!({"turns": 20}))),
        agent(
            "more turns than there may be",
            json!({"do": "turns", "n": 1_000}),
            Expected::Ends(&["limit"], &["turns"]),
        ),
        agent(
            "named steps",
            json!({"do": "steps"}),
            Expected::Is(json!({"steps": ["start", "middle", "end"]})),
        ),
        agent(
            "a step that isn't there",
            json!({"do": "lost"}),
            Expected::Ends(&["failed"], &["there is no step"]),
        ),
        agent(
            "a result",
            json!({"do": "finish", "result": {"a": [1, {"b": null}]}}),
            Expected::Is(json!({"a": [1, {"b": null}]})),
        ),
        agent(
            "waiting for an operator",
            json!({"do": "block", "reason": "a person should look"}),
            Expected::Waits,
        ),
        agent(
            "a kind that isn't there",
            json!({"do": "propose", "decisions": [{"kind": "no.such", "payload": {}}]}),
            Expected::Passes(|value| value["answers"][0]["code"] == "not-found"),
        ),
        agent(
            "a kind that isn't granted",
            json!({"do": "propose", "decisions": [{"kind": "fs.stat", "payload": {"path": "data"}}]}),
            Expected::Passes(|value| value["answers"][0]["code"] == "refused"),
        ),
        agent(
            "a payload that doesn't fit the kind's schema",
            json!({"do": "propose", "decisions": [{"kind": "text.count", "payload": {"text": 7}}]}),
            Expected::Passes(|value| value["answers"][0]["code"] == "invalid"),
        ),
    ]
}

fn bytes(value: &Value, len: usize) -> bool {
    value
        .as_array()
        .is_some_and(|bytes| bytes.len() == len && bytes.iter().all(|b| b.as_u64().is_some_and(|b| b < 256)))
}

/// Every behaviour, in the order of the table in the docs.
#[must_use]
pub fn rows() -> Vec<Row> {
    [values(), errors(), host(), turns()].concat()
}
