//! `https`: who may be trusted, and what happens where nobody is.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::harness::{Around, Ask, Server, accept, fails};

/// A server that shows a certificate which it signed itself, for one connection.
struct Secure {
    port: u16,
    certificate: Vec<u8>,
    thread: JoinHandle<bool>,
}

impl Secure {
    fn of(name: &str) -> Self {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.to_owned()]).unwrap();
        let certificate = cert.der().to_vec();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        listener.set_nonblocking(true).unwrap();
        let serve = move || {
            let Some(stream) = accept(&listener) else { return false };
            let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream);
            let asked = stream.read(&mut [0; 4096]).is_ok_and(|bytes| bytes > 0);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecure");
            let _ = stream.flush();
            asked
        };
        Self { port, certificate, thread: thread::spawn(serve) }
    }
}

fn around(authorities: Vec<Vec<u8>>) -> Arc<Around> {
    let here = SocketAddr::new([127, 0, 0, 1].into(), 0);
    Arc::new(Around { authorities, names: Mutex::new(vec![vec![here]]), ..Around::default() })
}

fn ask(host: &str, port: u16) -> Ask {
    Ask::get(format!("https://{host}:{port}")).under("local = true")
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent() {
    let stranger = Secure::of("name.example");
    let other = Secure::of("other.example").certificate;
    fails(
        ask("name.example", stranger.port).send(&around(vec![other])),
        "refused",
        "isn't one that this machine trusts for that name and time",
    );
    assert!(!stranger.thread.join().unwrap(), "no request was sent");
}

#[test]
fn a_certificate_of_another_name_is_refused() {
    let server = Secure::of("other.example");
    let known = around(vec![server.certificate.clone()]);
    fails(ask("name.example", server.port).send(&known), "refused", "certificate");
    assert!(!server.thread.join().unwrap(), "no request was sent");
}

#[test]
fn a_certificate_that_an_authority_vouches_for_is_good() {
    let server = Secure::of("name.example");
    let known = around(vec![server.certificate.clone()]);
    let answer = ask("name.example", server.port).send(&known).expect("an answer");
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"secure"[..]));
    assert!(server.thread.join().unwrap());
}

#[test]
fn without_authorities_or_without_tls_there_is_no_answer() {
    fails(ask("name.example", 1).send(&around(Vec::new())), "unavailable", "no certificate authorities");
    let any = Secure::of("name.example").certificate;
    let plain = Server::blurting("HTTP/1.1 400 Bad Request\r\n\r\n");
    fails(
        ask("name.example", plain.port).send(&around(vec![any.clone()])),
        "unavailable",
        "no secure connection",
    );
    plain.join();
    let silent = Server::that(|stream| {
        let _ = stream.read(&mut [0]);
    });
    let slow = ask("name.example", silent.port).under("timeout_ms = 300");
    assert_eq!(slow.send(&around(vec![any])).expect_err("no answer").code.as_str(), "timeout");
    silent.join();
}
