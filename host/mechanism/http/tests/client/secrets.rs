//! Secrets: put in at the edge, taken out of whatever comes back, and in no word of ours.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::sync::Arc;

use jaros_http::{Client, Surroundings};

use crate::harness::{Around, Ask, Server, fails};

const CANARY: &str = "canary-5f1d2c7e9b";
const BEARER: &str = "headers.Authorization = { env = \"API_TOKEN\", before = \"Bearer \" }";

fn knowing(value: &'static str) -> Arc<Around> {
    Arc::new(Around { variables: HashMap::from([("API_TOKEN", value)]), ..Around::default() })
}

#[test]
fn a_secret_goes_to_its_origin_and_no_echo_brings_it_back() {
    let server = Server::echoing();
    let ask = Ask::get(server.origin()).under(BEARER);
    let answer = ask.send(&knowing(CANARY)).expect("an answer");
    assert!(server.asked().contains(&format!("Bearer {CANARY}\r\n")), "the server got it");
    let body = String::from_utf8(answer.body.clone()).unwrap();
    assert!(body.contains("Bearer [secret]\r\n"), "{body}");
    let echo = answer.headers.iter().find(|field| field.name == "x-echo").expect("its header");
    assert!(echo.value.ends_with("Bearer [secret]"), "{}", echo.value);
    assert!(!answer.headers.iter().any(|field| field.name == "set-cookie"), "no cookie comes back");
    assert!(!format!("{answer:?}").contains(CANARY));
    server.join();
}

#[test]
fn a_file_is_read_at_the_moment_of_sending_and_trimmed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let line = format!("headers.X-Key = {{ file = \"{}\" }}", path.display());
    for value in [CANARY, "canary-the-second-one"] {
        fs::write(&path, format!("\n  {value}\n")).unwrap();
        let server = Server::saying(format!("HTTP/1.1 200 OK\r\n\r\n<{value}>"));
        let answer = Ask::get(server.origin()).under(&line).send(&knowing("")).expect("an answer");
        assert_eq!(answer.body, b"<[secret]>");
        assert!(server.asked().to_ascii_lowercase().contains(&format!("x-key: {value}\r\n")));
        server.join();
    }
}

#[test]
fn a_secret_that_is_missing_is_told_by_its_header_and_variable() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).unwrap();
        format!("headers.X-Key = {{ file = \"{}\" }}", folder.path().join(name).display())
    };
    let absent = format!("headers.X-Key = {{ file = \"{}/absent\" }}", folder.path().display());
    let dir = format!("headers.X-Key = {{ file = \"{}\" }}", folder.path().display());
    let table = [
        (
            Around::default(),
            BEARER.to_owned(),
            "the header `Authorization` of `",
            "the variable `API_TOKEN` isn't set",
        ),
        (with(""), BEARER.to_owned(), "the header `Authorization` of `", "the variable `API_TOKEN` is empty"),
        (
            with("canary\r\nX: y"),
            BEARER.to_owned(),
            "`Authorization`",
            "`API_TOKEN` isn't plain ASCII on one line",
        ),
        (with("canäry"), BEARER.to_owned(), "`Authorization`", "`API_TOKEN` isn't plain ASCII on one line"),
        (with(""), absent, "the header `X-Key` of `", "its file can't be read"),
        (with(""), dir, "`X-Key`", "its file is no regular file"),
        (with(""), file("empty", b" \n"), "`X-Key`", "its file is empty"),
        (with(""), file("two", b"canary\ncanary"), "`X-Key`", "its file isn't plain ASCII on one line"),
        (with(""), file("bytes", b"canary\xff"), "`X-Key`", "its file isn't plain ASCII on one line"),
        (with(""), file("large", &[b'c'; 8193]), "`X-Key`", "its file is longer than 8192 bytes"),
    ];
    let server = Server::saying("");
    for (around, rule, header, why) in table {
        let failure = Ask::get(server.origin()).under(&rule).send(&Arc::new(around)).expect_err(why);
        assert_eq!(failure.code.as_str(), "unavailable", "{failure}");
        assert!(failure.message.contains(header) && failure.message.ends_with(why), "{failure}");
        let shown = format!("{failure:?}");
        assert!(!shown.contains("canary"), "{shown}");
        assert!(!shown.contains(folder.path().to_str().unwrap()), "no path: {shown}");
    }
    assert!(!server.was_asked(), "nothing goes out without its secret");
    drop(std::net::TcpStream::connect(("127.0.0.1", server.port)));
    server.join();
}

fn with(value: &'static str) -> Around {
    Around { variables: HashMap::from([("API_TOKEN", value)]), ..Around::default() }
}

#[test]
fn no_failure_and_no_debug_text_holds_a_secret() {
    let texts: Vec<String> = vec![
        String::new(),
        format!("{CANARY}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\n{CANARY}\r\n\r\n"),
        format!("HTTP/1.1 200 {CANARY}\r\nContent-Length: 99\r\n\r\n{CANARY}"),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{CANARY}\r\n"),
        format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", CANARY.repeat(10_000)),
        format!("HTTP/1.1 200 OK\r\n\r\n{}", CANARY.repeat(10_000)),
    ];
    let around = knowing(CANARY);
    let client = Client::with(Arc::clone(&around) as Arc<dyn Surroundings>);
    for text in texts {
        let server = Server::saying(text.clone());
        let ask = Ask::get(server.origin()).under(BEARER).limits(|limits| limits.http_response_bytes = 1_000);
        let failure = ask.send_by(&client).expect_err(&text);
        let shown = format!("{failure:?} {failure} {client:?}");
        assert!(!shown.contains("canary"), "{shown}");
        server.join();
    }
}

#[test]
fn an_answer_that_cannot_be_searched_is_refused_where_there_is_a_secret() {
    let text = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc";
    let server = Server::saying(text);
    fails(Ask::get(server.origin()).under(BEARER).send(&knowing(CANARY)), "refused", "is compressed");
    server.join();
}

#[test]
fn a_header_whose_name_is_a_secret_is_left_out() {
    let server = Server::that(|stream| {
        let _ = write!(stream, "HTTP/1.1 200 OK\r\nX-{CANARY}: 1\r\nX-Other: 2\r\nContent-Length: 0\r\n\r\n");
    });
    let answer = Ask::get(server.origin()).under(BEARER).send(&knowing(CANARY)).expect("an answer");
    let names: Vec<_> = answer.headers.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["x-other", "content-length"]);
    server.join();
}
