//! What a call observes is written down, and a replay answers from there without the machine.

use std::collections::VecDeque;
use std::fs;

use jaros_capability::{Handles, Observer, Phase, Stage, World};
use jaros_decision::{Code, Failure, Json, JsonLimits, Limits, Observation};

use crate::harness::{LIMITS, Machine, everything, live, word};

fn replay(record: Vec<Observation>) -> Observer {
    Observer::new(Phase::Execute, World::Recorded(VecDeque::from(record)), &LIMITS())
}

fn json(text: &str) -> Json {
    Json::parse(text, JsonLimits::default()).expect("JSON")
}

/// One of each call, as words.
fn ask_everything(handles: &Handles, observer: &mut Observer) -> Vec<String> {
    let limits = LIMITS();
    let mut words = vec![
        word(&handles.files_read_read(observer, &Stage::default(), &limits, "data/a"), |data| {
            format!("{data:?}")
        }),
        word(&handles.files_read_read_range(observer, &Stage::default(), &limits, "data/a", 1, 2), |data| {
            format!("{data:?}")
        }),
        word(&handles.files_read_stat(observer, &Stage::default(), "data/a"), |entry| format!("{entry:?}")),
        word(&handles.files_read_entries(observer, &Stage::default(), &limits, "data"), |list| {
            format!("{list:?}")
        }),
        word(&handles.host_facts_system(observer), ToString::to_string),
        word(&handles.host_facts_disk(observer, "data"), ToString::to_string),
    ];
    for path in ["data/missing", "data/..", "other/a", "data"] {
        let failure =
            handles.files_read_read(observer, &Stage::default(), &limits, path).expect_err("a failure");
        words.push(format!("{} {}", failure.code, failure.message));
    }
    words
}

#[test]
fn a_replay_answers_the_same_without_the_machine() {
    let machine = Machine::new();
    machine.write("shelf/a", b"\x00\xff\x80");
    let grant = machine.tool("files-read = { data = \"../shelf\" }\nhost-facts = true");
    let mut observer = live(Phase::Execute);
    let first = ask_everything(&grant.open(&everything()).expect("handles"), &mut observer);
    let (record, divergence) = observer.finish();
    assert_eq!((record.len(), divergence), (10, None));
    assert_eq!(record[0].arguments, json("[\"data/a\"]"));
    assert_eq!(record[0].answer, Ok(json("{\"base64\":\"AP+A\"}")));
    assert_eq!(record[1].arguments, json("[\"data/a\",1,2]"));
    assert_eq!(record[2].answer, Ok(json("{\"kind\":\"file\",\"name\":\"a\",\"size_bytes\":3}")));

    fs::remove_dir_all(machine.root()).expect("the machine is gone");
    let mut observer = replay(record.clone());
    let second = ask_everything(&grant.recorded(&everything()), &mut observer);
    assert_eq!(first, second);
    assert_eq!(observer.finish(), (record, None));
}

#[test]
fn whatever_the_record_does_not_hold_is_a_divergence() {
    let stat = |path: &str, answer: &str| Observation {
        call: "files-read.stat".into(),
        arguments: json(&format!("[\"{path}\"]")),
        answer: Ok(json(answer)),
    };
    let good = "{\"kind\":\"file\",\"name\":\"a\",\"size_bytes\":3}";
    let read = Observation { call: "files-read.read".into(), ..stat("data/a", good) };
    let table = [
        (vec![], "1: the record holds nothing more, the component asked files-read.stat"),
        (
            vec![read],
            "1: the record holds files-read.read `[\"data/a\"]`, the component asked files-read.stat",
        ),
        (vec![stat("data/b", good)], "1: the record holds files-read.stat `[\"data/b\"]`"),
        (vec![stat("data/a", "{\"kind\":\"fifo\"}")], "1: the record holds an answer that is none"),
        (
            vec![stat("data/a", good); 2],
            "2: the record holds files-read.stat `[\"data/a\"]`, the component asked nothing",
        ),
    ];
    let machine = Machine::new();
    let handles = machine.tool("files-read = { data = \"../shelf\" }").recorded(&everything());
    for (record, expected) in table {
        let mut observer = replay(record);
        let first = handles.files_read_stat(&mut observer, &Stage::default(), "data/a");
        if observer.divergence().is_some() {
            assert_eq!(first.expect_err("no answer").code, Code::FAILED);
            handles
                .files_read_stat(&mut observer, &Stage::default(), "data/a")
                .expect_err("no answer after that");
        }
        let divergence = observer.finish().1.expect(expected).to_string();
        assert!(divergence.starts_with(&format!("observation {expected}")), "{divergence}");
    }
}

#[test]
fn a_record_is_answered_from_and_never_asked_live() {
    let record = vec![Observation {
        call: "clock.now".into(),
        arguments: json("[]"),
        answer: Err(Failure::new(Code::UNAVAILABLE, "no clock")),
    }];
    let mut observer = replay(record);
    let answer = observer.call::<_, u64>("clock.now", &[(); 0], || panic!("a replay asked the machine"));
    assert_eq!(answer, Err(Failure::new(Code::UNAVAILABLE, "no clock")));
    let answer = observer.call::<_, u64>("clock.now", &[(); 0], || panic!("a replay asked the machine"));
    assert_eq!(answer.expect_err("nothing recorded").code, Code::FAILED);
}

#[test]
fn a_call_observes_so_much_and_no_more_live_and_replayed() {
    let limits = Limits { observed_bytes: 100, ..LIMITS() };
    let run = |world| {
        let mut observer = Observer::new(Phase::Execute, world, &limits);
        let mut answers = Vec::new();
        for n in 0..5 {
            answers.push(
                observer.call("file.read", &[n], || Ok("x".repeat(40))).map_err(|failure| failure.code),
            );
        }
        (answers, observer.finish())
    };
    let (live_answers, (record, _)) = run(World::Live);
    let good = Ok("x".repeat(40));
    assert_eq!(live_answers, [good.clone(), good, Err(Code::LIMIT), Err(Code::LIMIT), Err(Code::LIMIT)]);
    assert_eq!(record.len(), 2, "what isn't answered isn't written down");
    assert_eq!(run(World::Recorded(record.clone().into())), (live_answers, (record, None)));
}

#[test]
fn a_refusal_stands_on_the_record_and_is_checked_against_it() {
    let no = |text: &str| Failure::new(Code::LIMIT, text);
    let mut observer = live(Phase::Execute);
    assert_eq!(observer.refuse("store.put", &["key"], no("too much")), no("too much"));
    let (record, _) = observer.finish();
    assert_eq!((record.len(), &record[0].answer), (1, &Err(no("too much"))));

    let mut same = replay(record.clone());
    assert_eq!(same.refuse("store.put", &["key"], no("too much")), no("too much"));
    assert_eq!(same.finish(), (record.clone(), None));

    let table: [(&str, &str, &str, Vec<Observation>); 4] = [
        ("store.put", "key", "too much", Vec::new()),
        ("store.put", "other", "too much", record.clone()),
        ("store.get", "key", "too much", record.clone()),
        ("store.put", "key", "too little", record),
    ];
    for (call, argument, text, record) in table {
        let mut other = replay(record);
        assert_eq!(other.refuse(call, &[argument], no(text)).code, Code::FAILED, "{call} {argument} {text}");
        assert_eq!(other.divergence().expect("a divergence").call, 1);
    }
}
