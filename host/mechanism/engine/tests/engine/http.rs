//! `http.send` through a component: what crosses, what is refused, and that a broken machine leaves no outcome.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use jaros_capability::http::{Allowed, Broken, Field, Outside, Response};
use jaros_capability::{Capability, Grants, Handles, World};
use jaros_decision::{Code, Failure, Name};
use jaros_engine::{EngineError, ToolComponent};

use crate::guests::{Circumstances, Tool, digest, engine, json};

/// Answers with the request's own words as JSON.
#[derive(Default)]
struct Far {
    seen: Mutex<Vec<String>>,
    broken: bool,
}

impl Outside for Far {
    fn send(&self, index: u32, request: &Allowed) -> Result<Result<Response, Failure>, Broken> {
        let headers: Vec<_> = request.headers().iter().map(|f| format!("{}={}", f.name, f.value)).collect();
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let line = format!("{index} {} {} {} {body}", request.method(), request.url(), headers.join(","));
        self.seen.lock().unwrap().push(line);
        if self.broken {
            return Err(Broken("the record can't be written".into()));
        }
        let headers = vec![Field { name: "content-type".into(), value: "application/json".into() }];
        Ok(Ok(Response { status: 203, headers, body: br#"{"far":true}"#.to_vec() }))
    }
}

/// A tool that posts to the URL that is its payload, a JSON string without quotes' need, and gives the answer's body back.
fn poster(validates: bool) -> ToolComponent {
    let mut tool = Tool {
        imports: r#"
          (type $http-error (record (field "code" string) (field "message" string)))
          (type $http-field (record (field "name" string) (field "value" string)))
          (import "jaros:plugin/http@1.0.0" (instance $http
            (export "error" (type $error (eq $http-error)))
            (export "field" (type $field (eq $http-field)))
            (type $request' (record (field "method" string) (field "url" string)
                                    (field "headers" (list $field)) (field "body" (list u8))))
            (export "request" (type $request (eq $request')))
            (type $response' (record (field "status" u16) (field "headers" (list $field)) (field "body" (list u8))))
            (export "response" (type $response (eq $response')))
            (export "send" (func (param "request" $request) (result (result $response (error $error)))))))
          (core func $send (canon lower (func $http "send")
            (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))"#
            .to_owned(),
        with: r#"(with "http" (instance (export "send" (func $send))))"#.to_owned(),
        core_imports: r#"(import "http" "send"
            (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))"#
            .to_owned(),
        // A header at 1420: its name and value; the body is the payload itself.
        core: r#"(data (i32.const 1400) "POST")
                 (data (i32.const 1408) "X-A") (data (i32.const 1412) "one")
                 (data (i32.const 1420) "\80\05\00\00\03\00\00\00\84\05\00\00\03\00\00\00")
                 (func $post (param $p i32) (param $n i32)
                   (call $send (i32.const 1400) (i32.const 4)
                     (i32.add (local.get $p) (i32.const 1)) (i32.sub (local.get $n) (i32.const 2))
                     (i32.const 1420) (i32.const 1) (local.get $p) (local.get $n) (i32.const 1500)))"#
            .to_owned(),
        ..Tool::default()
    };
    // The answer lies at 1500: a case, then the response's status, headers and body, or the error's code and message.
    tool.execute = r"(call $post (local.get $p) (local.get $n))
        (if (result i32) (i32.load8_u (i32.const 1500))
          (then (i32.store (i32.const 1200) (i32.const 1))
                (i32.store (i32.const 1204) (i32.load (i32.const 1512)))
                (i32.store (i32.const 1208) (i32.load (i32.const 1516)))
                (i32.const 1200))
          (else (if (i32.ne (i32.load16_u (i32.const 1504)) (i32.const 203)) (then unreachable))
                (if (i32.ne (i32.load (i32.const 1512)) (i32.const 1)) (then unreachable))
                (i32.store (i32.const 1200) (i32.const 0))
                (i32.store (i32.const 1204) (i32.load (i32.const 1516)))
                (i32.store (i32.const 1208) (i32.load (i32.const 1520)))
                (i32.const 1200)))"
        .to_owned();
    if validates {
        tool.validate = tool.execute.clone();
    }
    let bytes = tool.bytes();
    engine().compile_tool(&bytes, digest(&bytes)).unwrap()
}

fn handles() -> Arc<Handles> {
    let text = "[tool.t.http.\"https://far.example\"]\nmethods = [\"POST\"]\nheaders.A = { env = \"TOKEN\" }";
    let grants = Grants::parse(text, Path::new("/nowhere")).unwrap();
    let grant = grants.for_tool(&Name::new("t").unwrap());
    Arc::new(grant.recorded(&BTreeSet::from([Capability::Http])))
}

fn around(far: &Arc<Far>) -> Circumstances {
    let outside: Arc<dyn Outside> = Arc::<Far>::clone(far);
    Circumstances { handles: handles(), outside: Some(outside), ..Circumstances::default() }
}

const URL: &str = "\"https://far.example/x\"";

#[test]
fn a_request_goes_out_and_its_answer_comes_back_live_and_replayed() {
    let (far, tool) = (Arc::new(Far::default()), poster(false));
    let called = tool.execute(around(&far).call(), &json(URL)).unwrap();
    assert_eq!(called.result.as_ref().unwrap().as_str(), r#"{"far":true}"#);
    let line = format!("1 POST https://far.example/x X-A=one {URL}");
    assert_eq!(*far.seen.lock().unwrap(), [line]);
    assert_eq!(called.observed.len(), 1);
    assert_eq!(called.observed[0].call, "http.send");

    let quiet = Circumstances { handles: handles(), ..Circumstances::default() };
    let mut call = quiet.call();
    call.world = World::Recorded(called.observed.clone().into());
    assert_eq!(tool.execute(call, &json(URL)).unwrap(), called, "a replay needs nobody outside");
}

#[test]
fn what_is_not_granted_is_refused_on_the_record() {
    let (far, tool) = (Arc::new(Far::default()), poster(false));
    let called = tool.execute(around(&far).call(), &json("\"https://near.example/x\"")).unwrap();
    let failure = called.result.expect_err("a refusal");
    assert!(failure.message.contains("`https://near.example` isn't granted"), "{failure}");
    assert_eq!(called.observed[0].answer.as_ref().expect_err("a refusal").code, Code::REFUSED);
    assert!(far.seen.lock().unwrap().is_empty());
}

#[test]
fn without_an_outside_nothing_leaves_and_validate_has_none() {
    let quiet = Circumstances { handles: handles(), ..Circumstances::default() };
    let failure = poster(false).execute(quiet.call(), &json(URL)).unwrap().result.expect_err("no outside");
    assert_eq!(failure.message, "nothing leaves the node in this run");
    let far = Arc::new(Far::default());
    let called = poster(true).validate(around(&far).call(), &json(URL)).unwrap();
    let failure = called.result.expect_err("a refusal");
    assert!(failure.message.contains("only `job` and `log` do"), "{failure}");
    assert!(called.observed.is_empty() && far.seen.lock().unwrap().is_empty());
}

#[test]
fn a_broken_machine_ends_the_call_without_an_outcome() {
    let far = Arc::new(Far { broken: true, ..Far::default() });
    match poster(false).execute(around(&far).call(), &json(URL)) {
        Err(EngineError::Machine(text)) => assert!(text.contains("the record can't be written"), "{text}"),
        other => panic!("{other:?}"),
    }
}
