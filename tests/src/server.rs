//! A server on this machine that keeps the head of every request, and says it back.
//!
//! *Invariant:* it listens on loopback alone, and to no more connections than it counts.
//! *Doesn't know:* who calls.
//! *Start at:* [`Server::start`].

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Connections that it takes in its life.
const CONNECTIONS: usize = 20;

/// See the module.
pub struct Server {
    port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts to listen.
    ///
    /// # Panics
    /// Where no port can be had.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = heads.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().take(CONNECTIONS) {
                let kept = kept.clone();
                std::thread::spawn(move || answer(stream.expect("a connection"), &kept));
            }
        });
        Self { port, heads }
    }

    /// An address on it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The heads of all requests so far.
    #[must_use]
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("no writer panics").clone()
    }
}

/// Answers `/slow` only when the connection is closed, everything else at once.
fn answer(mut stream: TcpStream, kept: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let mut head = String::new();
    while reader.read_line(&mut head).is_ok_and(|read| read > 2) {}
    kept.lock().expect("no writer panics").push(head.clone());
    if head.starts_with("GET /slow") {
        // Until whoever asked is gone.
        let _ = reader.read_line(&mut String::new());
        return;
    }
    let body = format!("you said {head}");
    let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
}
