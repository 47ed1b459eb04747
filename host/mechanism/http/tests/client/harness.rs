//! A server that does one thing, surroundings that say what the test wants, and requests as a grant allows them.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jaros_capability::http::{Allowed, Broken, Field, Outside, Request, Response};
use jaros_capability::{Capability, Grants, Observer, Phase, World};
use jaros_decision::{Failure, Limits, Name};
use jaros_http::{Client, Surroundings};

/// No server waits longer for anything, whatever becomes of the client.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const KEY: &str = "job-1/2/3/1";

/// A server on loopback that answers one connection, then stops.
pub(crate) struct Server {
    pub(crate) port: u16,
    heads: Receiver<String>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Reads one request, then does as it is told with the connection.
    pub(crate) fn that(answers: impl FnOnce(&mut TcpStream) + Send + 'static) -> Self {
        Self::serving(move |stream, tell| {
            let _ = tell.send(request(stream));
            answers(stream);
        })
    }

    /// Answers with these bytes and closes.
    pub(crate) fn saying(text: impl Into<Vec<u8>>) -> Self {
        let text = text.into();
        Self::that(move |stream| {
            let _ = stream.write_all(&text);
        })
    }

    /// The same, without waiting for a request.
    pub(crate) fn blurting(text: &'static str) -> Self {
        Self::serving(move |stream, _| {
            let _ = stream.write_all(text.as_bytes());
            // A connection that is closed with something unread is reset, and the text could be lost with it.
            let _ = stream.read(&mut [0; 4096]);
        })
    }

    /// Answers with what it was asked, head and body.
    pub(crate) fn echoing() -> Self {
        Self::serving(|stream, tell| {
            let asked = request(stream);
            let token = asked.lines().find(|line| line.to_ascii_lowercase().starts_with("authorization"));
            let token = token.unwrap_or_default().replace(':', "=");
            let answer = format!(
                "HTTP/1.1 200 OK\r\nX-Echo: {token}\r\nSet-Cookie: session=1\r\nContent-Length: {}\r\n\r\n{asked}",
                asked.len()
            );
            let _ = stream.write_all(answer.as_bytes());
            let _ = tell.send(asked);
        })
    }

    fn serving(serve: impl FnOnce(&mut TcpStream, &Sender<String>) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        listener.set_nonblocking(true).unwrap();
        let (tell, heads) = channel();
        let serve_one = move || {
            if let Some(mut stream) = accept(&listener) {
                serve(&mut stream, &tell);
            }
        };
        Self { port, heads, thread: Some(thread::spawn(serve_one)) }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it was asked.
    pub(crate) fn asked(&self) -> String {
        self.heads.recv_timeout(PATIENCE).expect("a request came")
    }

    /// Whether it was asked anything.
    pub(crate) fn was_asked(&self) -> bool {
        self.heads.try_recv().is_ok()
    }

    pub(crate) fn join(mut self) {
        self.thread.take().expect("it is joined once").join().expect("the server ends");
    }
}

/// The first connection; none comes where the client is to refuse.
pub(crate) fn accept(listener: &TcpListener) -> Option<TcpStream> {
    for _ in 0..PATIENCE.as_millis() / 10 {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                stream.set_write_timeout(Some(PATIENCE)).unwrap();
                return Some(stream);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(10));
            }
            Err(error) => panic!("{error}"),
        }
    }
    None
}

/// Head and body of one request.
fn request(stream: &mut TcpStream) -> String {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length:")
                    .map(|n| n.trim().parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut part) {
            Ok(n) if n > 0 => bytes.extend_from_slice(&part[..n]),
            _ => return text,
        }
    }
}

/// Surroundings of the test's own: nothing is asked of the machine.
#[derive(Default)]
pub(crate) struct Around {
    pub(crate) variables: HashMap<&'static str, &'static str>,
    /// What a name's lookups answer, one after the other; the last one stays.
    pub(crate) names: Mutex<Vec<Vec<SocketAddr>>>,
    pub(crate) lookups: Mutex<Vec<String>>,
    pub(crate) authorities: Vec<Vec<u8>>,
    pub(crate) slow: Option<Duration>,
}

impl Surroundings for Around {
    fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        self.lookups.lock().unwrap().push(format!("{host}:{port}"));
        if let Some(slow) = self.slow {
            thread::sleep(slow);
        }
        let mut names = self.names.lock().unwrap();
        match names.len() {
            0 => Err(io::ErrorKind::NotFound.into()),
            1 => Ok(names[0].clone()),
            _ => Ok(names.remove(0)),
        }
    }

    fn variable(&self, name: &str) -> Option<OsString> {
        self.variables.get(name).map(OsString::from)
    }

    fn authorities(&self) -> Vec<Vec<u8>> {
        self.authorities.clone()
    }
}

/// A request, and the grant and limits that it is under.
pub(crate) struct Ask {
    pub(crate) request: Request,
    pub(crate) rule: String,
    pub(crate) limits: Limits,
}

impl Ask {
    pub(crate) fn get(url: impl Into<String>) -> Self {
        let request =
            Request { method: "GET".into(), url: url.into(), headers: Vec::new(), body: Vec::new() };
        Self { request, rule: String::new(), limits: Limits { http_ms: 10_000, ..Limits::default() } }
    }

    pub(crate) fn post(url: impl Into<String>, body: &[u8]) -> Self {
        let mut ask = Self::get(url).under("methods = [\"POST\"]");
        ask.request.method = "POST".into();
        ask.request.body = body.to_vec();
        ask
    }

    pub(crate) fn under(mut self, line: &str) -> Self {
        self.rule += line;
        self.rule.push('\n');
        self
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.request.headers.push(Field { name: name.into(), value: value.into() });
        self
    }

    pub(crate) fn limits(mut self, limit: impl FnOnce(&mut Limits)) -> Self {
        limit(&mut self.limits);
        self
    }

    /// Sends it as the node does: through the grant's check.
    pub(crate) fn send(&self, around: &Arc<Around>) -> Result<Response, Failure> {
        let client = Client::with(Arc::clone(around) as Arc<dyn Surroundings>);
        self.send_by(&client)
    }

    pub(crate) fn send_by(&self, client: &Client) -> Result<Response, Failure> {
        struct Edge<'a>(&'a Client);
        impl Outside for Edge<'_> {
            fn send(&self, _: u32, request: &Allowed) -> Result<Result<Response, Failure>, Broken> {
                Ok(self.0.send(request, KEY))
            }
        }
        let url = &self.request.url;
        let origin: String = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        let text = format!("[tool.t.http.\"{origin}\"]\n{}", self.rule);
        let grants = Grants::parse(&text, Path::new("/nowhere")).expect("a grant");
        let imports = BTreeSet::from([Capability::Http]);
        let handles = grants.for_tool(&Name::new("t").unwrap()).recorded(&imports);
        let mut observer = Observer::new(Phase::Execute, World::Live, &self.limits);
        handles
            .http_send(&mut observer, &self.limits, Some(&Edge(client)), &self.request)
            .expect("nothing is broken")
    }
}

pub(crate) fn around() -> Arc<Around> {
    Arc::default()
}

/// The code and the words of a failure, which never hold what must not be seen.
#[track_caller]
pub(crate) fn fails(answer: Result<Response, Failure>, code: &str, words: &str) {
    let failure = answer.expect_err(words);
    assert_eq!(failure.code.as_str(), code, "{failure}");
    assert!(failure.message.contains(words), "{failure}");
}
