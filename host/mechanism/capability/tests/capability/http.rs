//! `http.send`: what goes out, what stands on the record, and when it refuses.

use std::collections::BTreeSet;
use std::sync::Mutex;

use jaros_capability::http::{Allowed, Bounds, Broken, Field, Outside, Request, Response, Source};
use jaros_capability::{Handles, Observer, Phase, World};
use jaros_decision::{Code, Failure, Limits};

use crate::harness::{LIMITS, Machine, everything, live, refused};

const GRANT: &str = r#"
    [tool.t.http."https://api.example.com"]
    methods = ["GET", "POST"]
    headers.Authorization = { env = "API_TOKEN", before = "Bearer " }
    headers.X-Client = { text = "jaros" }
    timeout_ms = 2_000
    request_bytes = 10
    response_bytes = 99_999_999
"#;

/// The world outside: answers with what was asked, and keeps it.
#[derive(Default)]
struct Echo {
    seen: Mutex<Vec<(u32, Allowed)>>,
    broken: bool,
}

impl Outside for Echo {
    fn send(&self, index: u32, request: &Allowed) -> Result<Result<Response, Failure>, Broken> {
        self.seen.lock().expect("no test panicked here").push((index, request.clone()));
        if self.broken {
            return Err(Broken("the ledger is closed".into()));
        }
        if request.url().ends_with("/fails") {
            return Ok(Err(Failure::new(Code::TIMEOUT, "it took too long")));
        }
        let headers = vec![field("Content-Type", "text/plain")];
        Ok(Ok(Response { status: 200, headers, body: request.method().as_bytes().to_vec() }))
    }
}

pub(crate) fn field(name: &str, value: &str) -> Field {
    Field { name: name.into(), value: value.into() }
}

pub(crate) fn get(url: &str) -> Request {
    Request { method: "GET".into(), url: url.into(), headers: Vec::new(), body: Vec::new() }
}

pub(crate) fn handles(grant: &str) -> Handles {
    let grants = Machine::new().grants(grant);
    grants.for_tool(&crate::harness::name("t")).recorded(&everything())
}

fn send(observer: &mut Observer, outside: &Echo, request: &Request) -> Result<Response, Failure> {
    handles(GRANT).http_send(observer, &LIMITS(), Some(outside), request).expect("nothing is broken")
}

#[test]
fn a_request_within_the_grant_goes_out_without_its_secrets() {
    let (echo, mut observer) = (Echo::default(), live(Phase::Execute));
    let request = Request {
        method: "POST".into(),
        url: "HTTPS://API.example.com:443/a/../b?x=1#part".into(),
        headers: vec![field("Content-Type", "text/plain"), field("Accept", "text/plain")],
        body: b"hello".to_vec(),
    };
    let answer = send(&mut observer, &echo, &request).expect("an answer");
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"POST"[..]));
    let (index, allowed) = echo.seen.lock().expect("no test panicked here").pop().expect("it was sent");
    assert_eq!(index, 1);
    assert_eq!((allowed.method(), allowed.url()), ("POST", "https://api.example.com/b?x=1"));
    assert_eq!((allowed.headers(), allowed.body()), (&request.headers[..], &b"hello"[..]));
    assert_eq!((allowed.origin().as_str(), allowed.origin().port()), ("https://api.example.com", 443));
    assert!(!allowed.is_idempotent() && !allowed.rule().local);
    let token = &allowed.rule().headers["authorization"];
    assert_eq!((token.name.as_str(), token.before.as_str()), ("Authorization", "Bearer "));
    assert_eq!(token.source, Source::Variable("API_TOKEN".into()));
    assert_eq!(allowed.rule().methods, BTreeSet::from(["GET".into(), "POST".into()]));
    // The grant's own limits where they are the smaller ones.
    let limits = LIMITS();
    let expected = Bounds {
        timeout_ms: 2_000,
        connect_ms: 2_000,
        response_bytes: limits.http_response_bytes,
        headers: limits.http_headers,
        head_bytes: limits.http_head_bytes,
    };
    assert_eq!(allowed.bounds(), expected);
    let (record, _) = observer.finish();
    assert_eq!(record[0].call, "http.send");
    assert_eq!(
        record[0].arguments.as_str(),
        "[\"POST\",\"HTTPS://API.example.com:443/a/../b?x=1#part\",[{\"name\":\"Content-Type\",\"value\":\"text/plain\"},\
         {\"name\":\"Accept\",\"value\":\"text/plain\"}],{\"base64\":\"aGVsbG8=\"}]"
    );
    assert_eq!(
        record[0].answer.as_ref().expect("an answer").as_str(),
        "{\"body\":{\"base64\":\"UE9TVA==\"},\"headers\":[{\"name\":\"Content-Type\",\"value\":\"text/plain\"}],\"status\":200}"
    );
}

#[test]
fn every_refusal_is_on_the_record_and_nothing_went_out() {
    let with = |name: &str, value: &str| Request {
        headers: vec![field(name, value)],
        ..get("https://api.example.com/")
    };
    let method = |method: &str, body: &[u8]| Request {
        method: method.into(),
        body: body.to_vec(),
        ..get("https://api.example.com/")
    };
    let many = Request { headers: vec![field("a", "b"); 101], ..get("https://api.example.com/") };
    let table: Vec<(Request, &str, &str)> = vec![
        (get("https://api.example.org/"), "refused", "granted: `https://api.example.com`"),
        (method("PUT", b""), "refused", "the method `PUT` isn't granted for `https://api.example.com`"),
        (method("get", b""), "refused", "the method `get` isn't granted"),
        (method("G T", b""), "invalid", "`G T` is no method"),
        (method("", b""), "invalid", "`` is no method"),
        (method("GET\r\nX: y", b""), "invalid", "is no method"),
        (method("GET", b"x"), "invalid", "a GET has no body"),
        (method("POST", b"12345678901"), "limit", "over 10 (request_bytes of `https://api.example.com`)"),
        (method("POST", &[0; (1 << 20) + 1]), "limit", "over 1048576 (http_request_bytes)"),
        (many, "limit", "101 headers, over 100 (http_headers)"),
        (with("a", &"x".repeat(1 << 16)), "limit", "over 65536 (http_head_bytes)"),
        (get(&format!("https://api.example.com/{}", "x".repeat(1 << 13))), "limit", "(http_url_bytes)"),
        (with("Host", "other.example"), "refused", "`Host` is for the host to say"),
        (with("Connection", "close"), "refused", "is for the host to say"),
        (with("Content-Length", "0"), "refused", "is for the host to say"),
        (with("TRANSFER-ENCODING", "chunked"), "refused", "is for the host to say"),
        (with("te", "trailers"), "refused", "is for the host to say"),
        (with("Trailer", "X"), "refused", "is for the host to say"),
        (with("Upgrade", "h2c"), "refused", "is for the host to say"),
        (with("Expect", "100-continue"), "refused", "is for the host to say"),
        (with("Proxy-Authorization", "x"), "refused", "is for the host to say"),
        (with("proxy-anything", "x"), "refused", "is for the host to say"),
        (with("Keep-Alive", "1"), "refused", "is for the host to say"),
        (with("Idempotency-Key", "mine"), "refused", "is for the host to say"),
        (with("Accept-Encoding", "gzip"), "refused", "is for the host to say"),
        (with("authorization", "Bearer mine"), "refused", "is put in by the host"),
        (with("X-CLIENT", "other"), "refused", "`X-CLIENT` is put in by the host"),
        (with("", "x"), "invalid", "`` is no header's name"),
        (with("a b", "x"), "invalid", "`a b` is no header's name"),
        (with("a:", "x"), "invalid", "is no header's name"),
        (with("host ", "x"), "invalid", "is no header's name"),
        (with("a\r\nhost", "x"), "invalid", "is no header's name"),
        (with("é", "x"), "invalid", "is no header's name"),
        (with("a", "x\r\nhost: y"), "invalid", "isn't plain ASCII"),
        (with("a", "x\ny"), "invalid", "isn't plain ASCII"),
        (with("a", "x\0y"), "invalid", "isn't plain ASCII"),
        (with("a", "x\u{85}y"), "invalid", "isn't plain ASCII"),
    ];
    let (echo, mut observer) = (Echo::default(), live(Phase::Execute));
    for (request, code, words) in &table {
        let failure = send(&mut observer, &echo, request).expect_err(words);
        assert_eq!(failure.code.as_str(), *code, "{failure}");
        assert!(failure.message.contains(words), "{failure}");
    }
    println!("refused requests: {}", table.len());
    assert!(echo.seen.lock().expect("no test panicked here").is_empty());
    let (record, _) = observer.finish();
    assert_eq!(record.len(), table.len());
    assert!(record.iter().all(|observation| observation.arguments.as_str().len() < 20_000));
}

#[test]
fn it_is_refused_without_a_grant_to_agents_and_outside_execute() {
    let echo = Echo::default();
    let ask = |handles: &Handles, phase| {
        let request = get("https://api.example.com/");
        let mut observer = live(phase);
        let answer = handles.http_send(&mut observer, &LIMITS(), Some(&echo), &request).expect("not broken");
        (answer, observer.finish().0.len())
    };
    let table = [
        (Machine::new().handles("host-facts = true"), Phase::Execute, "`http` isn't granted"),
        (handles(GRANT), Phase::Describe, "only `log` does"),
        (handles(GRANT), Phase::Validate, "only `job` and `log` do"),
        (handles(GRANT), Phase::Decide, "only tools have it"),
    ];
    for (handles, phase, words) in table {
        let (answer, recorded) = ask(&handles, phase);
        refused(answer, words);
        assert_eq!(recorded, 0, "the grant and the phase alone say so");
    }
    assert!(echo.seen.lock().expect("no test panicked here").is_empty());
}

#[test]
fn without_an_outside_it_is_unavailable() {
    let mut observer = live(Phase::Execute);
    let request = get("https://api.example.com/");
    let answer = handles(GRANT).http_send(&mut observer, &LIMITS(), None, &request).expect("not broken");
    assert_eq!(answer.expect_err("no outside").code, Code::UNAVAILABLE);
}

/// Two good calls, a refused one between them, one that fails, and one too many.
fn five(observer: &mut Observer, outside: Option<&dyn Outside>) -> Vec<Result<Response, Failure>> {
    let limits = Limits { http_calls: 3, ..LIMITS() };
    let paths = ["/", "other", "/x", "/fails", "/more"];
    let ask = |path: &&str| {
        let request = get(&format!("https://api.example.com{path}"));
        handles(GRANT).http_send(observer, &limits, outside, &request).expect("nothing is broken")
    };
    paths.iter().map(ask).collect()
}

#[test]
fn calls_are_numbered_counted_and_replayed_without_an_outside() {
    let (echo, mut observer) = (Echo::default(), live(Phase::Execute));
    let first = five(&mut observer, Some(&echo));
    let codes: Vec<_> =
        first.iter().map(|answer| answer.as_ref().map_or_else(|f| f.code.as_str(), |_| "ok")).collect();
    assert_eq!(codes, ["ok", "refused", "ok", "timeout", "limit"]);
    let sent: Vec<u32> =
        echo.seen.lock().expect("no test panicked here").iter().map(|(index, _)| *index).collect();
    assert_eq!(sent, [1, 2, 3], "what was refused has no number");
    let (record, divergence) = observer.finish();
    assert_eq!((record.len(), divergence), (5, None));

    let broken = Echo { broken: true, ..Echo::default() };
    let mut observer = Observer::new(Phase::Execute, World::Recorded(record.clone().into()), &LIMITS());
    assert_eq!(five(&mut observer, Some(&broken)), first);
    assert!(broken.seen.lock().expect("no test panicked here").is_empty(), "a replay sends nothing");
    assert_eq!(observer.finish(), (record, None));
}

#[test]
fn where_the_machine_fails_there_is_no_answer_and_no_record() {
    let (broken, mut observer) = (Echo { broken: true, ..Echo::default() }, live(Phase::Execute));
    let request = get("https://api.example.com/");
    let answer = handles(GRANT).http_send(&mut observer, &LIMITS(), Some(&broken), &request);
    assert_eq!(answer, Err(Broken("the ledger is closed".into())));
    assert_eq!(observer.finish(), (Vec::new(), None));
}
