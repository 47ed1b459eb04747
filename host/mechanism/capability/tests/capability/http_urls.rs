//! The URL table: which texts lead to a granted origin, and which lead nowhere.

use std::sync::Mutex;

use jaros_capability::Phase;
use jaros_capability::http::{Allowed, Broken, Outside, Response};
use jaros_decision::Failure;

use crate::harness::{LIMITS, live};
use crate::http::{get, handles};

const GRANT: &str = r#"
    [tool.t.http]
    "https://api.example.com" = {}
    "http://127.0.0.1:8080" = {}
    "http://[::1]:8080" = {}
    "https://xn--bcher-kva.example" = {}
"#;

/// Texts that lead to a granted origin, and what is sent.
const ALLOWED: &[(&str, &str)] = &[
    ("https://api.example.com", "https://api.example.com/"),
    ("https://api.example.com/", "https://api.example.com/"),
    ("https://api.example.com:443/", "https://api.example.com/"),
    ("HTTPS://API.EXAMPLE.COM/Path", "https://api.example.com/Path"),
    ("https://api.example.com?q=1", "https://api.example.com/?q=1"),
    ("https://api.example.com/#part", "https://api.example.com/"),
    ("https://api.example.com/a?x#y?z", "https://api.example.com/a?x"),
    ("https://api.example.com/a/../../b", "https://api.example.com/b"),
    ("https://api.example.com/%2e%2e/b", "https://api.example.com/b"),
    ("https://api.example.com/a%2Fb", "https://api.example.com/a%2Fb"),
    ("https://api.example.com//evil.example/", "https://api.example.com//evil.example/"),
    ("https://api.example.com/@evil.example/", "https://api.example.com/@evil.example/"),
    ("https://api.example.com/https://evil.example/", "https://api.example.com/https://evil.example/"),
    ("https://api.example.com/é", "https://api.example.com/%C3%A9"),
    ("https://api.example.com/?q={\"a\"}", "https://api.example.com/?q={%22a%22}"),
    ("https://%61pi.example.com/", "https://api.example.com/"),
    ("https://ａpi.example.com/", "https://api.example.com/"), // a full-width letter
    ("https://api.exam\u{ad}ple.com/", "https://api.example.com/"), // a soft hyphen
    ("https://api。example。com/", "https://api.example.com/"), // full stops of another script
    ("https://bücher.example/", "https://xn--bcher-kva.example/"),
    ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
    ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
    ("http://2130706433:8080/", "http://127.0.0.1:8080/"), // the same address as one number
    ("http://0x7f.1:8080/", "http://127.0.0.1:8080/"),
    ("http://0177.0.0.1:8080/", "http://127.0.0.1:8080/"),
    ("http://127.1:8080/", "http://127.0.0.1:8080/"),
    ("http://127.0.0.1.:8080/", "http://127.0.0.1:8080/"),
    ("http://[::1]:8080/", "http://[::1]:8080/"),
    ("http://[0:0:0:0:0:0:0:1]:8080/", "http://[::1]:8080/"),
];

/// Texts that lead nowhere, with the code and some words of the answer.
const FORBIDDEN: &[(&str, &str, &str)] = &[
    // Other origins.
    ("http://api.example.com/", "refused", "`http://api.example.com` isn't granted"),
    ("https://api.example.com:8443/", "refused", "isn't granted"),
    ("https://api.example.com:80/", "refused", "isn't granted"),
    ("http://api.example.com:443/", "refused", "isn't granted"),
    ("https://example.com/", "refused", "isn't granted"),
    ("https://www.api.example.com/", "refused", "isn't granted"),
    ("https://api.example.com.evil.example/", "refused", "isn't granted"),
    ("https://api.example.comevil.example/", "refused", "isn't granted"),
    ("https://evil.example/https://api.example.com/", "refused", "isn't granted"),
    ("https://evil.example/?https://api.example.com", "refused", "isn't granted"),
    ("https://evil.example#@api.example.com/", "refused", "isn't granted"),
    ("https://evil.example?@api.example.com/", "refused", "isn't granted"),
    ("https://api-example.com/", "refused", "isn't granted"),
    ("https://api_example.com/", "refused", "isn't granted"),
    ("https://аpi.example.com/", "refused", "isn't granted"), // a Cyrillic letter
    ("https://api.еxample.com/", "refused", "isn't granted"), // another
    ("https://apı.example.com/", "refused", "isn't granted"), // a dotless i
    ("https://xn--pi-6kc.example.com/", "refused", "isn't granted"),
    ("https://localhost/", "refused", "isn't granted"),
    ("https://bucher.example/", "refused", "isn't granted"),
    // Addresses in any spelling.
    ("http://127.0.0.1/", "refused", "`http://127.0.0.1` isn't granted"),
    ("https://127.0.0.1:8080/", "refused", "isn't granted"),
    ("http://127.0.0.2:8080/", "refused", "isn't granted"),
    ("http://169.254.169.254/latest/", "refused", "`http://169.254.169.254` isn't granted"),
    ("http://2852039166/", "refused", "`http://169.254.169.254` isn't granted"),
    ("http://0xa9fea9fe/", "refused", "`http://169.254.169.254` isn't granted"),
    ("http://0251.0376.0251.0376/", "refused", "`http://169.254.169.254` isn't granted"),
    ("http://169.254.43518/", "refused", "`http://169.254.169.254` isn't granted"),
    ("http://0/", "refused", "`http://0.0.0.0` isn't granted"),
    ("http://0.0.0.0:8080/", "refused", "isn't granted"),
    ("http://[::]:8080/", "refused", "isn't granted"),
    ("http://[::ffff:127.0.0.1]:8080/", "refused", "`http://[::ffff:7f00:1]:8080` isn't granted"),
    ("http://[::127.0.0.1]:8080/", "refused", "isn't granted"),
    ("http://[64:ff9b::7f00:1]:8080/", "refused", "isn't granted"),
    ("http://１２７.0.0.1/", "refused", "`http://127.0.0.1` isn't granted"), // full-width digits
    ("http://[fe80::1%25eth0]/", "invalid", "it is no URL"),
    ("http://[::1/", "invalid", "it is no URL"),
    ("http://::1/", "invalid", "it names no host"),
    ("http://256.0.0.1/", "invalid", "it is no URL"),
    ("http://127.0.0.1.1/", "invalid", "it is no URL"),
    ("http://0x7f.0.0.0.1/", "invalid", "it is no URL"),
    ("http://4294967296/", "invalid", "it is no URL"),
    // Users.
    ("https://user@api.example.com/", "refused", "user information"),
    ("https://user:pass@api.example.com/", "refused", "user information"),
    ("https://@api.example.com/", "refused", "user information"),
    ("https://:@api.example.com/", "refused", "user information"),
    ("https://api.example.com@evil.example/", "refused", "user information"),
    ("https://api.example.com:443@evil.example/", "refused", "user information"),
    ("https://evil.example@api.example.com/", "refused", "user information"),
    ("https://a@b@api.example.com/", "refused", "user information"),
    // Schemes.
    ("", "refused", "it isn't `http://…` or `https://…`"),
    ("api.example.com", "refused", "it isn't"),
    ("//api.example.com/", "refused", "it isn't"),
    ("/path", "refused", "it isn't"),
    ("https:api.example.com/", "refused", "it isn't"),
    ("https:/api.example.com/", "refused", "it isn't"),
    ("ftp://api.example.com/", "refused", "it isn't"),
    ("ws://api.example.com/", "refused", "it isn't"),
    ("file:///etc/passwd", "refused", "it isn't"),
    ("data:text/plain,x", "refused", "it isn't"),
    ("javascript://api.example.com/%0aalert(1)", "refused", "it isn't"),
    ("view-source:https://api.example.com/", "refused", "it isn't"),
    ("blob:https://api.example.com/x", "refused", "it isn't"),
    ("httpss://api.example.com/", "refused", "it isn't"),
    // Hosts that are none.
    ("https://", "invalid", "it names no host"),
    ("https:///api.example.com/", "invalid", "it names no host"),
    ("https://///api.example.com/", "invalid", "it names no host"),
    ("https://:443/", "invalid", "it names no host"),
    ("https://?q", "invalid", "it names no host"),
    ("https://#x", "invalid", "it names no host"),
    ("https://api.example.com./", "invalid", "its host ends in a dot"),
    ("https://api.example.com.:443/", "invalid", "its host ends in a dot"),
    ("https://api.example.com。/", "invalid", "its host ends in a dot"),
    ("https://api..example.com/", "refused", "isn't granted"),
    ("https://./", "invalid", "its host ends in a dot"),
    ("https://api.example.com%00/", "invalid", "it is no URL"),
    ("https://api.example.com%0d%0a.evil.example/", "invalid", "it is no URL"),
    ("https://api.example.com%2f.evil.example/", "invalid", "it is no URL"),
    ("https://api.example.com%40evil.example/", "invalid", "it is no URL"),
    ("https://api.example.com%5c.evil.example/", "invalid", "it is no URL"),
    ("https://api.example.com<evil.example/", "invalid", "it is no URL"),
    ("https://api.example.com|evil.example/", "invalid", "it is no URL"),
    ("https://[api.example.com]/", "invalid", "it is no URL"),
    ("https://xn--/", "invalid", "it is no URL"),
    ("https://\u{ad}/", "invalid", "it is no URL"),
    // Ports that are none.
    ("https://api.example.com:0/", "invalid", "port 0 is none"),
    ("https://api.example.com:65536/", "invalid", "it is no URL"),
    ("https://api.example.com:-1/", "invalid", "it is no URL"),
    ("https://api.example.com:https/", "invalid", "it is no URL"),
    ("https://api.example.com:443:443/", "invalid", "it is no URL"),
    // What would be mended in silence.
    (" https://api.example.com/", "invalid", "a space or a control character"),
    ("https://api.example.com/ ", "invalid", "a space or a control character"),
    ("https://api.exa\tmple.com/", "invalid", "a space or a control character"),
    ("https://api.example.com/\r\nHost: evil.example", "invalid", "a space or a control character"),
    ("https://api.example.com/a\nb", "invalid", "a space or a control character"),
    ("https://api.example.com/\0", "invalid", "a space or a control character"),
    ("https://api.example.com/\u{7f}", "invalid", "a space or a control character"),
    ("https://api.example.com/\u{85}", "invalid", "a space or a control character"),
    ("https://api.example.com/\u{2028}", "invalid", "a space or a control character"),
    ("https:\\\\api.example.com\\", "invalid", "a backslash"),
    ("https://api.example.com\\@evil.example/", "invalid", "a backslash"),
    ("https://evil.example\\@api.example.com/", "invalid", "a backslash"),
    ("https://api.example.com\\.evil.example/", "invalid", "a backslash"),
    ("https://api.example.com/a\\b", "invalid", "a backslash"),
];

/// Keeps what is sent.
#[derive(Default)]
struct Sent(Mutex<Vec<String>>);

impl Outside for Sent {
    fn send(&self, _: u32, request: &Allowed) -> Result<Result<Response, Failure>, Broken> {
        self.0.lock().expect("no test panicked here").push(request.url().to_owned());
        Ok(Ok(Response { status: 204, headers: Vec::new(), body: Vec::new() }))
    }
}

#[test]
fn every_url_leads_where_the_table_says() {
    let handles = handles(GRANT);
    let sent = Sent::default();
    let ask = |url: &str| {
        let answer = handles.http_send(&mut live(Phase::Execute), &LIMITS(), Some(&sent), &get(url));
        (answer.expect("nothing is broken"), sent.0.lock().expect("no test panicked here").pop())
    };
    for (url, expected) in ALLOWED {
        let (answer, went) = ask(url);
        assert_eq!(answer.map(|answer| answer.status).map_err(|f| f.message), Ok(204), "{url}");
        assert_eq!(went.as_deref(), Some(*expected), "{url}");
    }
    for (url, code, words) in FORBIDDEN {
        let (answer, went) = ask(url);
        let failure = answer.expect_err(url);
        assert_eq!((failure.code.as_str(), went), (*code, None), "{url}: {failure}");
        assert!(failure.message.contains(words), "{url}: {failure}");
    }
    println!("URLs: {} forbidden, {} allowed", FORBIDDEN.len(), ALLOWED.len());
    assert!(FORBIDDEN.len() >= 60 && ALLOWED.len() >= 20);
}
