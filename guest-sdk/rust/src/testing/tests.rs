//! The host for tests, held against what a node does.

use serde_json::{Value, json};

use super::{Host, turn};
use crate::http::{Request, Response};
use crate::prelude::*;
use crate::{files, host_facts, http, store};

/// Does what the test gave it as a plan.
struct Doer;

#[derive(Deserialize)]
struct Todo {
    first: String,
    #[serde(default)]
    then: Value,
}

impl Agent for Doer {
    const DESCRIPTION: &'static str = "Does as it is told.";
    type Input = Todo;

    fn decide(turn: Turn<Todo>) -> Result<Plan, String> {
        steps!(turn, start, tell)
    }
}

fn start(turn: Turn<Todo>) -> Result<Plan, String> {
    log::info!("turn {}", turn.number);
    Ok(match turn.input.first.as_str() {
        "err" => return Err("no".to_owned()),
        "finish" => Plan::finish(&turn.input.then),
        "fail" => Plan::fail("it won't do"),
        "block" => Plan::block("who may say?").go_on("tell", ()),
        "submit" => Plan::new().submit_and_wait("echo", 7).submit("echo", 8).go_on("tell", "submitted"),
        "lost" => Plan::new().go_on("nowhere", ()),
        "ever" => Plan::new().go_on("start", ()),
        "last" => Plan::propose("greet", json!({})).then("count", json!({ "n": 2 })),
        kind => Plan::propose(kind, json!({ "n": 1 }))
            .then("count", json!({ "n": 2 }))
            .note("why")
            .go_on("tell", "ok"),
    })
}

fn tell(turn: Turn<Todo>) -> Result<Plan, String> {
    let answers: Vec<Value> = turn
        .answers
        .iter()
        .map(|answer| match &answer.outcome {
            Ok(result) => result.clone(),
            Err(error) => json!(error.code),
        })
        .collect();
    Ok(Plan::finish(json!({ "answers": answers, "data": turn.data::<Value>()? })))
}

fn host() -> Host {
    Host::new()
        .tool("greet", json!("Hello"))
        .tool("count", |payload: &Value| Ok(json!(payload["n"].as_u64().unwrap_or(0) + 1)))
        .tool("broken", Error::new("failed", "it is broken"))
        .agent("echo", |input: &Value| Ok(input.clone()))
}

fn run(first: &str) -> super::Run {
    host().run::<Doer>(json!({ "first": first, "then": { "a": 1 } }))
}

#[test]
fn jobs_end_as_in_a_node() {
    let table = [
        ("finish", "DONE", Ok(json!({ "a": 1 }))),
        ("greet", "DONE", Ok(json!({ "answers": ["Hello", 3], "data": "ok" }))),
        ("broken", "DONE", Ok(json!({ "answers": ["failed"], "data": "ok" }))),
        ("missing", "DONE", Ok(json!({ "answers": ["not-found"], "data": "ok" }))),
        ("submit", "DONE", Ok(json!({ "answers": [7, { "job": "test-child" }], "data": "submitted" }))),
        ("last", "DONE", Ok(json!(3))),
        ("err", "FAILED", Err("failed: no")),
        ("fail", "FAILED", Err("failed: it won't do")),
        ("block", "BLOCKED", Err("blocked: who may say?")),
        ("lost", "FAILED", Err("failed: there is no step \"nowhere\"; there are start, tell")),
        ("ever", "FAILED", Err("limit: the job used all of its 64 turns (limits.turns)")),
    ];
    for (first, state, outcome) in table {
        let run = run(first);
        assert_eq!(run.state, state, "{first}");
        assert_eq!(run.result().cloned(), outcome.map_err(str::to_owned), "{first}");
    }
}

#[test]
fn a_run_tells_what_was_proposed() {
    let run = run("greet");
    assert_eq!((run.kinds(), run.turns), (vec!["greet", "count", "advance"], 2));
    let second = &run.decisions[1];
    assert_eq!((second.id.as_str(), second.note.as_str()), ("test/1/2", "why"));
    assert_eq!((&second.payload, &second.outcome), (&json!({ "n": 2 }), &Ok(json!(3))));
    let missing = self::run("missing").decisions[0].outcome.clone().unwrap_err();
    assert_eq!(missing.message, "there is no action \"missing\"; the test gave broken, count, greet");
}

#[test]
fn one_turn_can_be_given_by_itself() {
    let host = Host::new();
    let given =
        turn(json!({ "first": "" })).step("tell", [1]).answer("greet", "Hi").failed("count", "refused", "no");
    let plan = host.decide::<Doer>(given).unwrap();
    let told = json!({ "answers": ["Hi", "refused"], "data": [1] });
    assert_eq!(plan.decisions(), [("advance", json!({ "events": ["complete"], "result": told }))]);
    let wrong = host.decide::<Doer>(json!({ "first": 1 })).unwrap_err();
    assert!(wrong.starts_with("input: invalid type: integer `1`, expected a string"), "{wrong}");
    host.decide::<Doer>(json!({ "first": "fail" })).unwrap();
    assert_eq!(host.logs(), [("info".to_owned(), "turn 1".to_owned())]);
}

/// Calls what its payload names.
struct Prober;

impl Tool for Prober {
    const DESCRIPTION: &'static str = "Calls what it is told.";
    type Payload = Value;

    fn validate(payload: &Value) -> Result<(), String> {
        assert_eq!(job::id(), "test");
        if payload["ask"] == "early" { store::get("k").map(drop).map_err(String::from) } else { Ok(()) }
    }

    fn execute(payload: Value) -> Result<impl Serialize, String> {
        let path = payload["path"].as_str().unwrap_or("data/a.txt");
        Ok(match payload["ask"].as_str().unwrap_or_default() {
            "read" => json!(files::read_text(path)?),
            "range" => json!(files::read_range(path, 1, 2)?),
            "stat" => {
                let entry = files::stat(path)?;
                json!([entry.name, entry.kind, entry.size_bytes])
            }
            "entries" => json!(files::entries(path)?.into_iter().map(|entry| entry.name).collect::<Vec<_>>()),
            "write" => {
                files::write(path, "new")?;
                json!(files::read_text(path)?)
            }
            "remove" => json!(files::remove(path)?),
            "put" => {
                let before = store::get_json::<u32>("k")?;
                store::put_json("k", &7)?;
                json!([before, store::get_text("k")?, store::keys("", "", 9)?])
            }
            "forget" => json!(store::delete("k")?),
            "put and fail" => {
                store::put("k", "lost")?;
                files::write("out/a.txt", "lost")?;
                return Err("and no".to_owned());
            }
            "system" => json!(host_facts::system()?),
            "disk" => json!(host_facts::disk(path)?),
            "http" => {
                let response = http::post("https://a.example/x", "hi")?;
                json!([
                    response.status,
                    response.ok(),
                    response.text(),
                    response.header("ETAG"),
                    response.json::<u32>()?
                ])
            }
            "model" => json!(model::ask("hm")?),
            "random" => json!([job::random(4)?, job::random(4)?]),
            "too random" => json!(job::random(4097)?),
            _ => json!([job::id(), job::accepted_at_ms()]),
        })
    }
}

#[test]
fn what_is_not_given_is_refused_in_the_nodes_words() {
    let table = [
        ("read", "refused: `files-read` isn't granted to this component"),
        ("write", "refused: `files-write` isn't granted to this component"),
        ("remove", "refused: `files-write` isn't granted to this component"),
        ("put", "refused: `store` isn't granted to this component"),
        ("system", "refused: `host-facts` isn't granted to this component"),
        ("disk", "refused: `host-facts` isn't granted to this component"),
        ("http", "refused: `http` isn't granted to this component"),
        ("model", "refused: `model` doesn't work in `execute`: only agents have it"),
        ("too random", "limit: 4097 random bytes are more than 4096 at once; ask for them in parts"),
    ];
    for (ask, refused) in table {
        assert_eq!(Host::new().execute::<Prober>(json!({ "ask": ask })), Err(refused.to_owned()), "{ask}");
    }
    let early = Host::new().store().validate::<Prober>(json!({ "ask": "early" }));
    assert_eq!(early, Err("refused: `store` doesn't work in `validate`: only `job` and `log` do".to_owned()));
    assert_eq!(Host::new().validate::<Prober>(json!({})), Ok(()));
}

#[test]
fn files_are_those_of_the_granted_folders() {
    let host =
        Host::new().file("data/a.txt", "text").file("data/sub/b.txt", "b").writable("out").file("out/o", "o");
    let ask = |ask: &str, path: &str| host.execute::<Prober>(json!({ "ask": ask, "path": path }));
    let ok = [
        ("read", "data/a.txt", json!("text")),
        ("range", "data/a.txt", json!([101, 120])),
        ("stat", "data/sub", json!(["sub", "dir", 0])),
        ("stat", "data/sub/b.txt", json!(["b.txt", "file", 1])),
        ("entries", "data", json!(["a.txt", "sub"])),
        ("write", "out/sub/n.txt", json!("new")),
        ("remove", "out/o", json!(null)),
        ("entries", "out", json!(["sub"])),
    ];
    for (what, path, result) in ok {
        assert_eq!(ask(what, path), Ok(result), "{what} {path}");
    }
    let refused = [
        ("read", "data/c.txt", "not-found: there is no `data/c.txt`"),
        ("read", "data/sub", "invalid: `data/sub` is a folder"),
        ("read", "other/a", "refused: there is no granted folder `other`; granted: `data`, `out`"),
        (
            "read",
            "/etc/passwd",
            "invalid: `/etc/passwd` is no path: it begins with `/`; a path is GRANT/rest",
        ),
        (
            "read",
            "data/../a",
            "invalid: `data/../a` is no path: it has the part `.` or `..`; a path is GRANT/rest",
        ),
        ("entries", "data/a.txt", "invalid: `data/a.txt` is no folder"),
        ("write", "data/a.txt", "refused: there is no granted folder `data`; granted: `out`"),
        ("remove", "out/none", "not-found: there is no `out/none`"),
    ];
    for (what, path, why) in refused {
        assert_eq!(ask(what, path), Err(why.to_owned()), "{what} {path}");
    }
}

#[test]
fn what_a_call_writes_lasts_if_the_call_does_well() {
    let host = Host::new().stored("k", "3").writable("out");
    let ask = |ask: &str| host.execute::<Prober>(json!({ "ask": ask }));
    assert_eq!(ask("put and fail"), Err("and no".to_owned()));
    assert_eq!((host.value("k"), host.contents("out/a.txt")), (Some(b"3".to_vec()), None));
    assert_eq!(ask("put"), Ok(json!([3, "7", ["k"]])));
    assert_eq!(host.value("k").as_deref(), Some(b"7".as_slice()));
    assert_eq!(ask("forget"), Ok(Value::Null));
    assert_eq!(host.value("k"), None);
}

#[test]
fn facts_answers_and_bytes_are_what_the_test_says() {
    let disk = host_facts::Disk { total_bytes: 3, used_bytes: 1, free_bytes: 2 };
    let answer = |request: &Request| {
        assert_eq!((request.method.as_str(), request.body.as_slice()), ("POST", b"hi".as_slice()));
        let field = http::Field { name: "etag".to_owned(), value: "e".to_owned() };
        Ok(Response { status: 201, headers: vec![field], body: b"12".to_vec() })
    };
    let host = Host::new().job("j", 5).disk("data", &disk).http(answer);
    let ask = |ask: &str| host.execute::<Prober>(json!({ "ask": ask, "path": "data" }));
    assert_eq!(ask("job"), Ok(json!(["j", 5])));
    assert_eq!(ask("disk"), Ok(json!(disk)));
    assert_eq!(ask("http"), Ok(json!([201, true, "12", "e", 12])));
    let random = |host: Host| host.execute::<Prober>(json!({ "ask": "random" })).unwrap();
    let (one, other) = (random(Host::new()), random(Host::new()));
    assert_eq!(one, other);
    assert_ne!(one[0], one[1]);
}

#[test]
#[should_panic(expected = "this asks the host, and a test has none of itself")]
fn without_a_host_nothing_answers() {
    let _ = job::id();
}
