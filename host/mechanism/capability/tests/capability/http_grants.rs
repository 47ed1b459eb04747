//! The `http` key of `config/grants.toml`: what it grants, and what it refuses to understand.

use std::path::Path;

use jaros_capability::{Capability, Grants};

use crate::harness::name;

fn parse(text: &str) -> Grants {
    Grants::parse(text, Path::new("/data")).expect(text)
}

#[test]
fn an_origin_grants_http_to_the_tool_that_has_it() {
    let grants = parse(
        r#"
        [tool.fetch.http."https://api.example.com"]
        methods = ["GET", "POST", "M-SEARCH"]
        headers.Authorization = { env = "API_TOKEN", before = "Bearer " }
        headers.X-Key = { file = "/run/secrets/x" }
        headers.X-Client = { text = "jaros" }
        idempotent = true
        local = true
        timeout_ms = 10_000
        request_bytes = 0
        response_bytes = 0x1000
        [tool.fetch.http]
        "http://10.0.0.1:8080" = { headers.Authorization = { env = "API_TOKEN" } }
        "http://[fd00::1]" = {}
        "http://plain.example" = { headers.X-Client = { text = "jaros" } }
        "http://intern.example" = { local = true, headers.X-Key = { file = "key" } }
        [tool.other]
        host-facts = true
        "#,
    );
    let has = |tool: &str| grants.for_tool(&name(tool)).capabilities().contains(&Capability::Http);
    assert!(has("fetch") && !has("other") && !has("third"));
    let twice = ["a", "b"].map(|file| {
        let text = format!("[tool.t.http.\"https://a.example\"]\nheaders.K = {{ file = \"{file}\" }}");
        parse(&text).for_tool(&name("t"))
    });
    assert_ne!(twice[0], twice[1], "another secret is another grant");
}

#[test]
fn every_problem_is_told_with_its_place() {
    let origin = |key: &str| format!("[tool.t.http]\n\"{key}\" = {{}}");
    let rule = |line: &str| format!("[tool.t.http.\"https://a.example\"]\n{line}");
    let header = |value: &str| rule(&format!("headers.A = {value}"));
    let table = [
        ("[tool.t]\nhttp = true".into(), "2:8: `http` is a section for each origin"),
        ("[tool.t]\nhttp = [\"https://a.example\"]".into(), "2:8: `http` is a section for each origin"),
        ("[tool.t]\nhttp = {}".into(), "2:8: `http` names no origin"),
        ("[agent.a]\nhttp = {}".into(), "2:1: `http` isn't for agents"),
        ("[tool.t.http]\n\"https://a.example\" = true".into(), "2:23: `https://a.example` is a table"),
        (origin(""), "2:1: `` is no origin: it isn't `http://…` or `https://…`"),
        (origin("a.example"), "2:1: `a.example` is no origin: it isn't"),
        (origin("ftp://a.example"), "2:1: `ftp://a.example` is no origin: it isn't"),
        (origin("*"), "2:1: `*` is no origin: it isn't"),
        (origin("https://*.example.com"), "2:1: `https://*.example.com` is no origin: it has a `*`"),
        (
            origin("https://a.example/"),
            "2:1: `https://a.example/` is no origin: an origin stands in its normal form: \"https://a.example\"",
        ),
        (
            origin("https://a.example/v1"),
            "2:1: `https://a.example/v1` is no origin: an origin has no path: \"https://a.example\"",
        ),
        (origin("https://a.example?q"), "2:1: `https://a.example?q` is no origin: an origin has no path"),
        (origin("https://a.example#x"), "2:1: `https://a.example#x` is no origin: an origin has no path"),
        (origin("https://u@a.example"), "2:1: `https://u@a.example` is no origin: it has user information"),
        (
            origin("https://u:p@a.example"),
            "2:1: `https://u:p@a.example` is no origin: it has user information",
        ),
        (
            origin("https://A.example"),
            "2:1: `https://A.example` is no origin: an origin stands in its normal form: \"https://a.example\"",
        ),
        (
            origin("https://a.example:443"),
            "2:1: `https://a.example:443` is no origin: an origin stands in its normal form",
        ),
        (origin("https://a.example."), "2:1: `https://a.example.` is no origin: its host ends in a dot"),
        (origin("https://a.example:0"), "2:1: `https://a.example:0` is no origin: port 0"),
        (
            origin("https://bücher.example"),
            "2:1: `https://bücher.example` is no origin: an origin stands in its normal form: \"https://xn--bcher-kva.example\"",
        ),
        (
            origin("http://127.1"),
            "2:1: `http://127.1` is no origin: an origin stands in its normal form: \"http://127.0.0.1\"",
        ),
        (origin("https://a b.example"), "2:1: `https://a b.example` is no origin: it has a space"),
        ("[tool.t.http.\"https://a.example\"]\n[tool.t.http.\"https://a.example\"]".into(), "2:"),
        (
            rule("method = [\"GET\"]"),
            "2:1: unknown key `method` (did you mean `methods`?); an origin has `methods`, `headers`",
        ),
        (rule("methods = \"GET\""), "2:11: `methods` is a list of methods"),
        (rule("methods = []"), "2:11: `methods` names none"),
        (rule("methods = [3]"), "2:12: `methods` is a list of methods, each a string"),
        (rule("methods = [\"get\"]"), "2:12: a method stands in capital letters: `GET`"),
        (rule("methods = [\"G T\"]"), "2:12: `G T` is no method"),
        (rule("methods = [\"*\"]"), "2:12: `*` stands for nothing here"),
        (rule("methods = [\"CONNECT\"]"), "2:12: the method `CONNECT` can't be granted"),
        (rule("methods = [\"trace\"]"), "2:12: the method `trace` can't be granted"),
        (rule("methods = [\"GET\", \"GET\"]"), "2:19: the method `GET` stands here twice"),
        (rule("headers = true"), "2:11: `headers` is a table"),
        (header("\"token\""), "2:13: `A` is a table that says where its value comes from"),
        (
            header("{}"),
            "2:13: `A` is a table that says where its value comes from: { env = \"NAME\" }, { file = \"…\" } or { text = \"…\" }, exactly one",
        ),
        (header("{ env = \"A\", file = \"b\" }"), "2:13: `A` is a table that says"),
        (header("{ before = \"Bearer \" }"), "2:13: `A` is a table that says"),
        (header("{ var = \"A\" }"), "2:15: unknown key `var`; a header has `env`, `file`, `text`, `before`"),
        (header("{ env = 3 }"), "2:21: `env` is a string, not a TOML integer"),
        (header("{ env = \"\" }"), "2:21: `` is no variable's name"),
        (header("{ env = \"A-B\" }"), "2:21: `A-B` is no variable's name"),
        (header("{ env = \"1A\" }"), "2:21: `1A` is no variable's name"),
        (header("{ file = \"\" }"), "2:22: a file's path isn't empty"),
        (header("{ text = \"a\\nb\" }"), "2:22: `a\\u{a}b` can't stand in a header"),
        (header("{ text = \"é\" }"), "2:22: `é` can't stand in a header"),
        (header("{ env = \"A\", before = \"x\\r\" }"), "2:35: `x\\u{d}` can't stand in a header"),
        (rule("headers.\"a b\" = { text = \"x\" }"), "2:9: `a b` is no header's name"),
        (rule("headers.Host = { text = \"x\" }"), "2:9: the header `Host` is for the host to say"),
        (
            rule("headers.idempotency-key = { text = \"x\" }"),
            "2:9: the header `idempotency-key` is for the host to say",
        ),
        (
            rule("headers.Proxy-Authorization = { env = \"X\" }"),
            "2:9: the header `Proxy-Authorization` is for the host",
        ),
        (
            rule("headers.a = { text = \"x\" }\nheaders.A = { text = \"y\" }"),
            "2:9: the header `a` stands here twice",
        ),
        (rule("idempotent = \"yes\""), "2:14: `idempotent` is `true` or `false`"),
        (rule("local = 1"), "2:9: `local` is `true` or `false`"),
        (rule("timeout_ms = 0"), "2:14: `timeout_ms` is a whole number from 1"),
        (rule("timeout_ms = \"3 s\""), "2:14: `timeout_ms` is a whole number, not a TOML string"),
        (rule("request_bytes = -1"), "2:17: `request_bytes` is a whole number from 0"),
        (rule("response_bytes = 1.5"), "2:18: `response_bytes` is a whole number, not a TOML float"),
        (
            "[tool.t.http.\"http://a.example\"]\nheaders.A = { env = \"A\" }".into(),
            "1:14: the secret of `A` would go over the network in the clear",
        ),
        (
            "[tool.t.http.\"http://8.8.8.8\"]\nheaders.A = { file = \"a\" }".into(),
            "1:14: the secret of `A` would go over the network in the clear",
        ),
    ];
    for (text, expected) in &table {
        let error = Grants::parse(text, Path::new("/data")).expect_err(text).to_string();
        assert!(error.starts_with(&format!("config/grants.toml:{expected}")), "{text}\n{error}");
    }
    println!("bad http grants: {}", table.len());
}
