//! Format 1, held still: what this version writes, byte for byte, and that it reads what stands there.
//!
//! The files under `tests/golden/1` are never written anew. If this test fails, the format has changed: what is on
//! people's disks can't be read any more, and that needs a new format number, not a new fixture.

use std::fs;
use std::path::{Path, PathBuf};

use jaros_decision::{Code, Digest, Fuel, Json, Millis, Name, Seq};
use jaros_ledger::record::{
    self, Body, Bytes, Change, Checkpoint, Component, Config, Cost, Decision, Done, Effect, End, Erase,
    Failed, Intent, Job, Key, Op, Open, Operator, Outcome, Reasoned, Refusal, Role, Snapshot, Staged, Whole,
};
use jaros_ledger::{Data, Datum, Draft, EntryKind, Item, Salt, Verify, verify};
use serde::Serialize;

use crate::common::{Folder, append};

/// Data under salts that count up.
struct Salted(u8);

impl Salted {
    fn add(&mut self, data: &mut Data, value: &str) -> jaros_decision::Ref {
        self.0 += 1;
        let value = Json::parse(value, jaros_decision::JsonLimits::default()).unwrap();
        data.add_datum(Datum::with_salt(value, Salt([self.0; 16])))
    }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn draft(body: &impl Whole) -> Draft {
    Draft::of(body, Data::new()).unwrap()
}

/// The first segment's entries, in batches.
fn first(salted: &mut Salted) -> Vec<Vec<Draft>> {
    let tool = Digest::of(b"a tool");
    let mut data = Data::new();
    let grants =
        Config { data: salted.add(&mut data, r#"{"agent":{"a":{"propose":["x"]}}}"#), file: name("grants") };
    let grants = Draft::of(&grants, data).unwrap();
    let mut data = Data::new();
    let component = Component {
        at_ms: None,
        code: None,
        digest: Some(tool),
        event: Change::Loaded,
        imports: vec!["jaros:plugin/log@0.1.0".into()],
        message: None,
        name: name("text.count"),
        profile: Some(salted.add(&mut data, r#"{"description":"counts","meta":{},"schema":true}"#)),
        role: Role::Tool,
    };
    let component = Draft::of(&component, data).unwrap();
    vec![vec![grants, component], turn(salted, tool), rest(salted)]
}

/// A whole turn: job, reasoned, decision, outcome, refusal, done.
fn turn(salted: &mut Salted, tool: Digest) -> Vec<Draft> {
    let mut data = Data::new();
    let job = Job {
        agent: Some(name("a")),
        at_ms: Millis(1_700_000_000_001),
        depth: 0,
        input: salted.add(&mut data, r#"{"text":"héllo\nwörld"}"#),
        job: "j1".parse().unwrap(),
        parent: None,
        source: "external:inbox".parse().unwrap(),
        turns: 32,
    };
    let job = Draft::of(&job, data).unwrap();
    let mut data = Data::new();
    let reasoned = Reasoned {
        agent: name("a"),
        at_ms: Millis(1_700_000_000_002),
        attempt: 1,
        component: Digest::of(b"an agent"),
        extra: None,
        failure: None,
        fuel: Fuel(4711),
        job: "j1".parse().unwrap(),
        observed: Some(salted.add(&mut data, "[]")),
        plan: Some(salted.add(&mut data, r#"{"decisions":[{"kind":"text.count","payload":"{}"}]}"#)),
        seen: Seq(4),
        seed: Digest::of(b"a seed"),
        transcript: Some(salted.add(&mut data, "[]")),
        turn: 1,
    };
    let reasoned = Draft::of(&reasoned, data).unwrap();
    let mut data = Data::new();
    let decision = Decision {
        component: Some(tool),
        id: "j1/1/1".parse().unwrap(),
        kind: name("text.count"),
        note: Some(salted.add(&mut data, r#""since it was asked""#)),
        payload: salted.add(&mut data, r#"{"n":1.5}"#),
        seen: Seq(4),
        source: "agent:a".parse().unwrap(),
    };
    let decision = Draft::of(&decision, data).unwrap();
    vec![job, reasoned, decision, carried_out(salted), refused(salted), done(salted)]
}

fn carried_out(salted: &mut Salted) -> Draft {
    let mut data = Data::new();
    let effect = Effect {
        observed: Some(salted.add(&mut data, "[]")),
        ok: true,
        result: Some(salted.add(&mut data, &format!("{:?}", "large ".repeat(11_000)))),
        staged: vec![
            Staged::Artifact {
                artifact: salted.add(&mut data, r#""a/b.txt""#),
                bytes: 5,
                data: Bytes::Datum(salted.add(&mut data, r#""hello""#)),
            },
            Staged::Submit {
                agent: name("b"),
                input: salted.add(&mut data, "null"),
                submit: "j2".parse().unwrap(),
                wait: false,
            },
            Staged::Events {
                answers_job: true,
                events: vec![name("start")],
                from: name("PENDING"),
                to: name("RUNNING"),
            },
        ],
        ..Effect::default()
    };
    Draft::outcome(&"j1/1/1".parse().unwrap(), Cost { fuel: Fuel(99) }, &effect, data).unwrap()
}

fn refused(salted: &mut Salted) -> Draft {
    let mut data = Data::new();
    let refusal = Refusal {
        code: Code::NOT_FOUND,
        id: "j1/1/2".parse().unwrap(),
        kind: salted.add(&mut data, r#""fly""#),
        message: salted.add(&mut data, r#""there is no fly""#),
        seen: Seq(4),
        source: "agent:a".parse().unwrap(),
    };
    Draft::of(&refusal, data).unwrap()
}

fn done(salted: &mut Salted) -> Draft {
    let mut data = Data::new();
    let done = Done {
        code: Some(Code::NOT_FOUND),
        decision: Some("j1/1/2".parse().unwrap()),
        job: "j1".parse().unwrap(),
        reason: Some(salted.add(&mut data, r#""there is no fly""#)),
        result: None,
        state: End::Failed,
    };
    Draft::of(&done, data).unwrap()
}

fn rest(salted: &mut Salted) -> Vec<Draft> {
    let mut data = Data::new();
    let failed = Reasoned {
        agent: name("a"),
        at_ms: Millis(1_700_000_000_003),
        attempt: 2,
        component: Digest::of(b"an agent"),
        extra: None,
        failure: Some(Failed { code: Code::TRAP, message: salted.add(&mut data, r#""unreachable""#) }),
        fuel: Fuel(1),
        job: "j2".parse().unwrap(),
        observed: None,
        plan: None,
        seen: Seq(10),
        seed: Digest::of(b"another seed"),
        transcript: None,
        turn: 1,
    };
    let failed = Draft::of(&failed, data).unwrap();
    let operator = Operator {
        at_ms: Millis(1_700_000_000_004),
        component: None,
        input: None,
        job: Some("j2".parse().unwrap()),
        op: Op::Cancel,
        source: "operator:ann".parse().unwrap(),
    };
    vec![
        failed,
        draft(&operator),
        draft(&Intent { id: "j1/1/1".parse().unwrap(), index: 1, repeatable: false, request: None }),
    ]
}

/// Writes the ledger of the fixture.
fn write() -> Folder {
    let folder = Folder::new();
    let mut salted = Salted(0);
    let ledger = folder.open(1);
    for batch in first(&mut salted) {
        append(&ledger, batch);
    }
    ledger.checkpoint(Seq(10)).unwrap();
    drop(ledger);
    let ledger = folder.open(3);
    append(&ledger, vec![draft(&Snapshot { at: Seq(15), digest: Digest::of(b"a state") })]);
    let (secret, source) = (secret(&folder), "operator:ann".parse().unwrap());
    append(&ledger, vec![draft(&Erase { at_ms: Millis(1_700_000_000_005), data: vec![secret], source })]);
    let effect = Effect { code: Some(Code::FAILED), ..Effect::default() };
    let outcome = Draft::outcome(&"j2/1/1".parse().unwrap(), Cost::default(), &effect, Data::new()).unwrap();
    append(&ledger, vec![outcome]);
    ledger.checkpoint(Seq(18)).unwrap();
    drop(ledger);
    blank(&folder.segments()[0].path(&folder.dir()), "héllo");
    folder
}

/// The job's input, which the fixture erases.
fn secret(folder: &Folder) -> Digest {
    let mut reader = folder.reader();
    while let Some(item) = reader.read().unwrap() {
        if let Ok(job) = item.entry.parse::<Job>() {
            return job.input.0;
        }
    }
    panic!("no job")
}

fn blank(path: &Path, text: &str) {
    let lines = fs::read_to_string(path).unwrap();
    let blanked = lines
        .split_inclusive('\n')
        .map(|line| if line.contains(text) { " ".repeat(line.len() - 1) + "\n" } else { line.to_owned() });
    fs::write(path, blanked.collect::<String>()).unwrap();
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/1")
}

/// Makes the fixture of a format that has none yet; never touches one that is there.
#[test]
#[ignore = "run once, when a format is made"]
fn make_the_fixture() {
    fs::create_dir_all(golden().parent().unwrap()).unwrap();
    fs::create_dir(golden()).unwrap();
    let folder = write();
    for entry in fs::read_dir(folder.dir()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), golden().join(entry.file_name())).unwrap();
    }
}

#[test]
fn this_version_writes_format_1_to_the_byte() {
    let folder = write();
    let names = |dir: &Path| {
        let mut names: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&folder.dir()), names(&golden()));
    for name in names(&golden()) {
        let (written, golden) =
            (fs::read(folder.dir().join(&name)).unwrap(), fs::read(golden().join(&name)).unwrap());
        assert_eq!(String::from_utf8_lossy(&written), String::from_utf8_lossy(&golden), "{}", name.display());
    }
}

#[test]
fn this_version_reads_format_1() {
    let folder = write();
    let verified = verify(Verify { dir: &golden(), content: &folder.content, witnessed: &[] }).unwrap();
    assert_eq!((verified.entries, verified.segments, verified.erased), (19, 2, 1));
    assert_eq!(verified.checkpoints, [Seq(13), Seq(18)]);
    assert_eq!((verified.torn, verified.behind, verified.unsealed), (None, 0, Seq(15)));
    assert_eq!(
        verified.head.hash.to_hex(),
        "580f795447c706660f31ec29f918e9f8976d82ea8f75027160b340ae5c285545"
    );
    assert_eq!(
        verified.head.state.to_hex(),
        "8a75b5c0e2960017bfd1d8a4dac7d83c18860c805f9da402ff3781ebb528d0d9"
    );
    let mut reader = jaros_ledger::Reader::open(&golden(), &folder.content).unwrap();
    let mut kinds = Vec::new();
    while let Some(item) = reader.read().unwrap() {
        read_as_written(&item);
        kinds.push(item.entry.kind.to_string());
    }
    let expected = "open key config component job reasoned decision outcome refusal done reasoned operator intent \
                    checkpoint open snapshot erase outcome checkpoint";
    assert_eq!(kinds.join(" "), expected.split_whitespace().collect::<Vec<_>>().join(" "));
}

/// A body that is read and written again is the same text: nothing of it was passed over.
fn read_as_written(item: &Item<'_>) {
    fn check<B: Body + Serialize>(item: &Item<'_>) {
        let body: B = item.entry.parse().unwrap();
        assert_eq!(Json::of(&body).unwrap().as_str(), item.entry.body);
    }
    match item.entry.kind {
        EntryKind::Open => check::<Open>(item),
        EntryKind::Key => check::<Key>(item),
        EntryKind::Config => check::<Config>(item),
        EntryKind::Component => check::<Component>(item),
        EntryKind::Job => check::<Job>(item),
        EntryKind::Reasoned => check::<Reasoned>(item),
        EntryKind::Decision => check::<Decision>(item),
        EntryKind::Refusal => check::<Refusal>(item),
        EntryKind::Intent => check::<Intent>(item),
        EntryKind::Outcome => check::<Outcome>(item),
        EntryKind::Done => check::<Done>(item),
        EntryKind::Operator => check::<Operator>(item),
        EntryKind::Snapshot => check::<Snapshot>(item),
        EntryKind::Checkpoint => check::<Checkpoint>(item),
        EntryKind::Erase => check::<Erase>(item),
        EntryKind::Unknown(_) => panic!("the fixture holds kinds of this version only"),
    }
    assert_eq!(record::FORMAT, 1);
}
