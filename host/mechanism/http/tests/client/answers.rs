//! What servers answer, the bad ones above all: each end is an answer or a named failure, and none is waited for longer
//! than its limit.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use crate::harness::{Ask, KEY, Server, around, fails};

#[test]
fn a_request_arrives_as_it_was_allowed() {
    let server =
        Server::saying("HTTP/1.1 201 Created\r\nX-A: 1\r\nX-A: caf\u{e9}\r\nContent-Length: 5\r\n\r\nhello");
    let ask = Ask::post(format!("{}/a/b?x=1#part", server.origin()), b"{\"n\":1}")
        .with("Content-Type", "application/json")
        .under("headers.X-Client = { text = \"jaros\", before = \"v1 \" }");
    let answer = ask.send(&around()).expect("an answer");
    assert_eq!((answer.status, answer.body.as_slice()), (201, &b"hello"[..]));
    let headers: Vec<_> = answer.headers.iter().map(|f| (f.name.as_str(), f.value.as_str())).collect();
    assert_eq!(headers, [("x-a", "1"), ("x-a", "café"), ("content-length", "5")]);
    let asked = server.asked();
    let (head, body) = asked.split_once("\r\n\r\n").expect("a head");
    let mut lines: Vec<String> = head.lines().map(str::to_ascii_lowercase).collect();
    assert_eq!(lines.remove(0), "post /a/b?x=1 http/1.1");
    lines.sort();
    let expected = [
        "accept-encoding: identity".to_owned(),
        "accept: */*".to_owned(),
        "content-length: 7".to_owned(),
        "content-type: application/json".to_owned(),
        format!("host: 127.0.0.1:{}", server.port),
        format!("idempotency-key: {KEY}"),
        concat!("user-agent: jaros/", env!("CARGO_PKG_VERSION")).to_owned(),
        "x-client: v1 jaros".to_owned(),
    ];
    assert_eq!(lines, expected);
    assert_eq!(body, "{\"n\":1}");
    server.join();
}

#[test]
fn statuses_and_bodies_of_every_kind_are_answers() {
    let table: &[(&str, u16, &str)] = &[
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", 404, "no"),
        ("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", 500, ""),
        ("HTTP/1.0 200 OK\r\n\r\nto the end", 200, "to the end"),
        ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end", 200, "to the end"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
            200,
            "abcde",
        ),
        (
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1",
            200,
            "1",
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdefg", 200, "abc"),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 200, "abc"),
    ];
    for (text, status, body) in table {
        let server = Server::saying(*text);
        let answer = Ask::get(server.origin()).send(&around()).expect(text);
        assert_eq!(
            (answer.status, String::from_utf8(answer.body).unwrap().as_str()),
            (*status, *body),
            "{text}"
        );
        server.join();
    }
}

#[test]
fn a_redirect_is_an_answer_and_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        let text = format!(
            "HTTP/1.1 {status} Moved\r\nLocation: {}/next\r\nContent-Length: 4\r\n\r\nover",
            elsewhere.origin()
        );
        let server = Server::saying(text);
        let answer = Ask::get(server.origin()).send(&around()).expect("an answer");
        assert_eq!((answer.status, answer.body.as_slice()), (status, &b"over"[..]));
        let place = answer.headers.iter().find(|field| field.name == "location").expect("its place");
        assert_eq!(place.value, format!("{}/next", elsewhere.origin()));
        assert!(!elsewhere.was_asked(), "{status}");
        server.join();
        // It would wait for a caller.
        drop(TcpStream::connect(("127.0.0.1", elsewhere.port)));
        elsewhere.join();
    }
}

#[test]
fn what_is_too_large_ends_while_it_is_read() {
    let endless_headers = |stream: &mut TcpStream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X-Header: and another one\r\n").is_ok() {}
    };
    let endless_line = |stream: &mut TcpStream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX-Header: ");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    };
    let many_headers = |stream: &mut TcpStream| {
        let headers: String = (0..101).map(|n| format!("X-{n}: 1\r\n")).collect();
        let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: 0\r\n\r\n").as_bytes());
    };
    let endless_body = |stream: &mut TcpStream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    };
    let endless_chunks = |stream: &mut TcpStream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while stream.write_all(b"5\r\nabcde\r\n").is_ok() {}
    };
    let announced = |stream: &mut TcpStream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    };
    let table: Vec<(Server, &str)> = vec![
        (Server::that(endless_headers), "(http_headers)"),
        (Server::that(many_headers), "more than 100 headers (http_headers)"),
        (Server::that(endless_line), "larger than 65536 bytes (http_head_bytes)"),
        (Server::that(endless_body), "larger than 100000 bytes (http_response_bytes)"),
        (Server::that(endless_chunks), "(http_response_bytes)"),
        (Server::that(announced), "(http_response_bytes)"),
    ];
    for (server, words) in table {
        let ask = Ask::get(server.origin()).limits(|limits| limits.http_response_bytes = 100_000);
        fails(ask.send(&around()), "limit", words);
        server.join();
    }
    // The limit itself is no byte too many.
    let server = Server::saying("HTTP/1.1 200 OK\r\n\r\n12345");
    let ask = Ask::get(server.origin()).under("response_bytes = 5");
    assert_eq!(ask.send(&around()).expect("it fits").body, b"12345");
    server.join();
}

#[test]
fn what_takes_too_long_is_given_up() {
    let silent = |stream: &mut TcpStream| {
        let _ = stream.read(&mut [0]);
    };
    let dripping_head = |stream: &mut TcpStream| {
        for byte in b"HTTP/1.1 200 OK\r\nX: y\r\n".iter().cycle() {
            if stream.write_all(&[*byte]).is_err() {
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
    };
    let dripping_body = |stream: &mut TcpStream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    };
    let informing = |stream: &mut TcpStream| {
        while stream.write_all(b"HTTP/1.1 102 Processing\r\n\r\n").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    };
    let servers = [
        Server::that(silent),
        Server::that(dripping_head),
        Server::that(dripping_body),
        Server::that(informing),
    ];
    for server in servers {
        let ask = Ask::get(server.origin()).under("timeout_ms = 300");
        fails(ask.send(&around()), "timeout", "took longer than 300 ms");
        server.join();
    }
}

#[test]
fn what_is_no_answer_is_unavailable() {
    let ended = "ended before the answer did; whether the request was carried out isn't known";
    let table = [
        ("", ended),
        ("HTTP/1.1 200 OK\r\nContent-", ended),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123", ended),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", ended),
        ("SSH-2.0-OpenSSH_9.6\r\n\r\n", "isn't HTTP"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "isn't HTTP"),
        ("HTTP/1.1 200 OK\r\nX\0: y\r\n\r\n", "isn't HTTP"),
        ("\u{16}\u{3}\u{1}", "isn't HTTP"),
    ];
    for (text, words) in table {
        let server = Server::saying(text);
        let origin = server.origin();
        fails(Ask::get(&origin).send(&around()), "unavailable", words);
        server.join();
        // Nobody is there any more.
        let failure = Ask::get(&origin).send(&around()).expect_err("nobody is there");
        assert_eq!(failure.message, format!("`{origin}` can't be reached"));
    }
}

#[test]
fn other_methods_go_out_with_or_without_a_body() {
    for (method, body, length) in [
        ("DELETE", "", None),
        ("DELETE", "x", Some("1")),
        ("PUT", "", Some("0")),
        ("PROPFIND", "<a/>", Some("4")),
        ("HEAD", "", None),
    ] {
        let server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        let mut ask = Ask::get(server.origin()).under(&format!("methods = [\"{method}\"]"));
        ask.request.method = method.into();
        ask.request.body = body.into();
        assert_eq!(ask.send(&around()).expect(method).status, 200);
        let asked = server.asked().to_ascii_lowercase();
        let sent = asked.lines().find_map(|line| line.strip_prefix("content-length: "));
        assert_eq!(sent, length, "{method}: {asked}");
        assert!(asked.ends_with(&format!("\r\n\r\n{body}")), "{method}: {asked}");
        server.join();
    }
}
