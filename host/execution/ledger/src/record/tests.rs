//! Every body is written in canonical form, exactly as stated here, and reads back as itself.

use std::fmt::Debug;

use jaros_decision::{Code, DecisionId, Digest, Epoch, Fuel, Json, Millis, Name, Ref, Seq, Source};
use serde::Serialize;

use super::*;

fn check<B: Body + Serialize + PartialEq + Debug>(body: &B, expected: &str) {
    let digits = |byte: &str| byte.repeat(32);
    let expected = expected.replace("#a", &digits("aa")).replace("#b", &digits("bb"));
    let text = Json::of(body).unwrap();
    assert_eq!(text.as_str(), expected);
    assert_eq!(&serde_json::from_str::<B>(text.as_str()).unwrap(), body);
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn source(text: &str) -> Source {
    text.parse().unwrap()
}

fn id(text: &str) -> DecisionId {
    text.parse().unwrap()
}

const A: Digest = Digest([0xaa; 32]);
const B: Digest = Digest([0xbb; 32]);

#[test]
fn the_hosts_own() {
    let seal = Seal { bytes: 900, hash: A, segment: "00000001-000000000001.ndjson".into(), seq: Seq(8) };
    let open = Open {
        at_ms: Millis(5),
        engine: Json::of(&serde_json::json!({"name": "wasmtime", "cpu": "x86_64"})).unwrap(),
        epoch: Epoch(2),
        format: FORMAT,
        host: "jaros 0.1.0".into(),
        ledger: "0d3c".into(),
        node: name("n1"),
        rules: 1,
        seal: Some(seal),
        tenant: name("root"),
    };
    check(
        &open,
        r##"{"at_ms":5,"engine":{"cpu":"x86_64","name":"wasmtime"},"epoch":2,"format":1,"host":"jaros 0.1.0","ledger":"0d3c","node":"n1","rules":1,"seal":{"bytes":900,"hash":"#a","segment":"00000001-000000000001.ndjson","seq":8},"tenant":"root"}"##,
    );
    check(
        &Open { seal: None, ..open },
        r#"{"at_ms":5,"engine":{"cpu":"x86_64","name":"wasmtime"},"epoch":2,"format":1,"host":"jaros 0.1.0","ledger":"0d3c","node":"n1","rules":1,"seal":null,"tenant":"root"}"#,
    );
    let key = Key { id: "01020304".into(), name: "jaros/0d3c".into(), public: "AAAA".into() };
    check(&key, r#"{"id":"01020304","name":"jaros/0d3c","public":"AAAA"}"#);
    check(&Config { data: Ref(A), file: name("grants") }, r##"{"data":"@#a","file":"grants"}"##);
    let note = "jaros/0d3c\n8\nqqo=\n\n— jaros/0d3c AQI=\n".to_owned();
    check(
        &Checkpoint { note, published: Seq(7) },
        r#"{"note":"jaros/0d3c\n8\nqqo=\n\n— jaros/0d3c AQI=\n","published":7}"#,
    );
    check(&Snapshot { at: Seq(3), digest: B }, r##"{"at":3,"digest":"#b"}"##);
    let erase = Erase { at_ms: Millis(9), data: vec![A, B], source: source("operator:ann") };
    check(&erase, r##"{"at_ms":9,"data":["#a","#b"],"source":"operator:ann"}"##);
    assert_eq!(crate::line::refs(Json::of(&erase).unwrap().as_str()).count(), 0, "it names nothing");
}

#[test]
fn components_and_people() {
    let component = Component {
        at_ms: None,
        code: None,
        digest: Some(B),
        event: Change::Loaded,
        imports: vec!["jaros:plugin/log@1.0.0".into()],
        message: None,
        name: name("text.count"),
        profile: Some(Ref(A)),
        role: Role::Tool,
    };
    check(
        &component,
        r##"{"code":null,"digest":"#b","event":"loaded","imports":["jaros:plugin/log@1.0.0"],"message":null,"name":"text.count","profile":"@#a","role":"tool"}"##,
    );
    let refused = Component {
        code: Some(Code::REFUSED),
        event: Change::Refused,
        message: Some(Ref(A)),
        profile: None,
        imports: vec![],
        role: Role::Agent,
        ..component.clone()
    };
    check(
        &refused,
        r##"{"code":"refused","digest":"#b","event":"refused","imports":[],"message":"@#a","name":"text.count","profile":null,"role":"agent"}"##,
    );
    let held = Component {
        at_ms: Some(Millis(5)),
        code: Some(Code::HELD),
        event: Change::Held,
        message: Some(Ref(A)),
        profile: None,
        ..component
    };
    check(
        &held,
        r##"{"at_ms":5,"code":"held","digest":"#b","event":"held","imports":["jaros:plugin/log@1.0.0"],"message":"@#a","name":"text.count","profile":null,"role":"tool"}"##,
    );
    let operator = Operator {
        at_ms: Millis(1),
        component: None,
        input: Some(Ref(B)),
        job: Some("j1".parse().unwrap()),
        op: Op::Unblock,
        source: source("operator:ann"),
    };
    check(&operator, r##"{"at_ms":1,"input":"@#b","job":"j1","op":"unblock","source":"operator:ann"}"##);
    let version = Version { digest: B, name: name("text.count"), role: Role::Tool };
    let operator =
        Operator { component: Some(version), input: None, job: None, op: Op::Rollback, ..operator };
    check(
        &operator,
        r##"{"at_ms":1,"component":{"digest":"#b","name":"text.count","role":"tool"},"input":null,"job":null,"op":"rollback","source":"operator:ann"}"##,
    );
}

#[test]
fn a_job_from_acceptance_to_its_end() {
    let job = Job {
        agent: Some(name("greeter")),
        at_ms: Millis(12),
        depth: 1,
        input: Ref(A),
        job: "j1".parse().unwrap(),
        parent: Some(id("j0/1/2")),
        source: source("agent:planner"),
        turns: 32,
    };
    check(
        &job,
        r##"{"agent":"greeter","at_ms":12,"depth":1,"input":"@#a","job":"j1","parent":"j0/1/2","source":"agent:planner","turns":32}"##,
    );
    let reasoned = Reasoned {
        agent: name("greeter"),
        at_ms: Millis(13),
        attempt: 1,
        component: B,
        extra: None,
        failure: Some(Failed { code: Code::TRAP, message: Ref(A) }),
        fuel: Fuel(12_345),
        job: "j1".parse().unwrap(),
        observed: None,
        plan: Some(Ref(B)),
        seen: Seq(40),
        seed: A,
        transcript: None,
        turn: 1,
    };
    check(
        &reasoned,
        r##"{"agent":"greeter","at_ms":13,"attempt":1,"component":"#b","extra":null,"failure":{"code":"trap","message":"@#a"},"fuel":12345,"job":"j1","observed":null,"plan":"@#b","seed":"#a","seen":40,"transcript":null,"turn":1}"##,
    );
    let (kind, note, source) = (name("text.count"), Some(Ref(B)), source("agent:greeter"));
    let decision =
        Decision { component: Some(B), id: id("j1/1/1"), kind, note, payload: Ref(A), seen: Seq(9), source };
    check(
        &decision,
        r##"{"component":"#b","id":"j1/1/1","kind":"text.count","note":"@#b","payload":"@#a","seen":9,"source":"agent:greeter"}"##,
    );
    let refusal = Refusal {
        code: Code::NOT_FOUND,
        id: id("j1/1/2"),
        kind: Ref(A),
        message: Ref(B),
        seen: Seq(9),
        source: decision.source,
    };
    check(
        &refusal,
        r##"{"code":"not-found","id":"j1/1/2","kind":"@#a","message":"@#b","seen":9,"source":"agent:greeter"}"##,
    );
    let intent = Intent { id: id("j1/1/1"), index: 2, repeatable: false, request: None };
    check(&intent, r#"{"id":"j1/1/1","index":2}"#);
    let request = Some(Ref(Digest([0xaa; 32])));
    let again = Intent { repeatable: true, request, ..intent };
    check(&again, r##"{"id":"j1/1/1","index":2,"repeatable":true,"request":"@#a"}"##);
    let (job, decision) = ("j1".parse().unwrap(), Some(id("j1/1/1")));
    let done = Done {
        code: Some(Code::FAILED),
        decision,
        job,
        reason: Some(Ref(A)),
        result: None,
        state: End::Failed,
    };
    check(
        &done,
        r##"{"code":"failed","decision":"j1/1/1","job":"j1","reason":"@#a","result":null,"state":"FAILED"}"##,
    );
}

#[test]
fn an_outcome_with_everything_that_can_be_staged() {
    let staged = vec![
        Staged::Artifact { artifact: Ref(A), bytes: 3, data: Bytes::Content(B) },
        Staged::Artifact { artifact: Ref(A), bytes: 3, data: Bytes::Datum(Ref(B)) },
        Staged::Submit { agent: name("worker"), input: Ref(A), submit: "j2".parse().unwrap(), wait: true },
        Staged::Events {
            answers_job: false,
            events: vec![name("start"), name("complete")],
            from: name("PENDING"),
            to: name("DONE"),
        },
    ];
    let kept = vec![
        Staged::Entry { entry: Ref(A), store: name("notes"), value: Some(Ref(B)) },
        Staged::Entry { entry: Ref(A), store: name("notes"), value: None },
        Staged::File { data: Some(Ref(B)), file: Ref(A), tool: name("save") },
        Staged::File { data: None, file: Ref(A), tool: name("save") },
    ];
    let effect = Effect { ok: true, staged: kept, ..Effect::default() };
    check(
        &Outcome { cost: Cost { fuel: Fuel(7) }, effect, id: id("j1/1/1"), state: B },
        r##"{"cost":{"fuel":7},"effect":{"code":null,"message":null,"observed":null,"ok":true,"result":null,"staged":[{"entry":"@#a","store":"notes","value":"@#b"},{"entry":"@#a","store":"notes","value":null},{"data":"@#b","file":"@#a","tool":"save"},{"data":null,"file":"@#a","tool":"save"}]},"id":"j1/1/1","state":"#b"}"##,
    );
    let effect = Effect { ok: true, result: Some(Ref(A)), staged, ..Effect::default() };
    let outcome = Outcome { cost: Cost { fuel: Fuel(7) }, effect, id: id("j1/1/1"), state: B };
    check(
        &outcome,
        r##"{"cost":{"fuel":7},"effect":{"code":null,"message":null,"observed":null,"ok":true,"result":"@#a","staged":[{"artifact":"@#a","bytes":3,"data":"#b"},{"artifact":"@#a","bytes":3,"data":"@#b"},{"agent":"worker","input":"@#a","submit":"j2","wait":true},{"answers_job":false,"events":["start","complete"],"from":"PENDING","to":"DONE"}]},"id":"j1/1/1","state":"#b"}"##,
    );
}
