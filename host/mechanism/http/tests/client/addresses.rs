//! Names: every address is judged, and only a judged one is connected to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jaros_http::{Client, Surroundings};

use crate::harness::{Around, Ask, Server, fails};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

fn addresses(list: &[&str]) -> Vec<SocketAddr> {
    list.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect()
}

fn naming(answers: &[&[&str]]) -> Arc<Around> {
    let names = answers.iter().map(|list| addresses(list)).collect();
    Arc::new(Around { names: Mutex::new(names), ..Around::default() })
}

#[test]
fn a_name_with_one_address_that_is_not_public_is_refused() {
    let table: &[&[&str]] = &[
        &["127.0.0.1"],
        &["10.0.0.7"],
        &["169.254.169.254"],
        &["100.64.0.1"],
        &["0.0.0.0"],
        &["::1"],
        &["fd00::1"],
        &["::ffff:127.0.0.1"],
        &["64:ff9b::7f00:1"],
        &["192.0.2.1", "127.0.0.1"],
        // One among many is enough, wherever it stands.
        &["8.8.8.8", "1.1.1.1", "127.0.0.1"],
    ];
    let server = Server::saying(OK);
    for list in table {
        let around = naming(&[list]);
        let answer = Ask::get(format!("http://name.example:{}", server.port)).send(&around);
        let failure = answer.expect_err("an address that won't do");
        assert_eq!(failure.code.as_str(), "refused", "{failure}");
        assert!(failure.message.contains("has an address that isn't public"), "{failure}");
        for address in *list {
            assert!(!failure.message.contains(address), "{failure}");
        }
        assert_eq!(around.lookups.lock().unwrap().len(), 1);
    }
    assert!(!server.was_asked());
    // With the operator's word it is reached.
    let ask = Ask::get(format!("http://name.example:{}/x", server.port)).under("local = true");
    assert_eq!(ask.send(&naming(&[&["127.0.0.1"]])).expect("an answer").status, 200);
    assert!(server.asked().to_ascii_lowercase().contains(&format!("host: name.example:{}\r\n", server.port)));
    server.join();
}

#[test]
fn a_name_is_looked_up_once_and_its_second_answer_is_never_used() {
    let (judged, other) = (Server::saying(OK), "127.0.0.2");
    let around = naming(&[&["127.0.0.1"], &[other], &[other]]);
    let client = Client::with(Arc::clone(&around) as Arc<dyn Surroundings>);
    let ask = Ask::get(format!("http://name.example:{}", judged.port)).under("local = true");
    assert_eq!(ask.send_by(&client).expect("an answer").status, 200);
    assert_eq!(*around.lookups.lock().unwrap(), [format!("name.example:{}", judged.port)]);
    judged.join();
    // The next call looks the name up anew, and judges it anew: that it was public before counts for nothing.
    let rebound = naming(&[&["8.8.8.8"], &["127.0.0.1"]]);
    rebound.names.lock().unwrap().remove(0);
    let server = Server::saying(OK);
    let ask = Ask::get(format!("http://name.example:{}", server.port));
    fails(ask.send(&rebound), "refused", "isn't public");
    assert!(!server.was_asked());
    assert!(ask.under("local = true").send(&rebound).is_ok());
    server.join();
}

#[test]
fn an_address_in_the_grant_is_reached_without_a_lookup() {
    let server = Server::saying(OK);
    let around = naming(&[]);
    assert!(Ask::get(server.origin()).send(&around).is_ok());
    assert_eq!(around.lookups.lock().unwrap().len(), 0);
    server.join();
}

#[test]
fn a_second_address_is_tried_where_the_first_does_not_answer() {
    let server = Server::saying(OK);
    // Nobody listens at the first on this port.
    let around = naming(&[&["127.0.0.9", "127.0.0.1"]]);
    let ask = Ask::get(format!("http://name.example:{}", server.port)).under("local = true");
    assert_eq!(ask.send(&around).expect("an answer").status, 200);
    server.join();
}

#[test]
fn a_name_that_cannot_be_looked_up_is_unavailable_in_our_words() {
    fails(Ask::get("http://name.example").send(&naming(&[])), "unavailable", "can't be looked up just now");
    fails(Ask::get("http://name.example").send(&naming(&[&[]])), "unavailable", "has no address");
    let slow = Around { slow: Some(Duration::from_secs(2)), ..Around::default() };
    let ask = Ask::get("http://name.example").under("timeout_ms = 100");
    fails(ask.send(&Arc::new(slow)), "timeout", "took longer than 100 ms");
}

#[test]
fn lookups_that_hang_are_bounded() {
    let around = Arc::new(Around { slow: Some(Duration::from_secs(3)), ..Around::default() });
    let client = Client::with(Arc::clone(&around) as Arc<dyn Surroundings>);
    let ask = Ask::get("http://name.example").under("timeout_ms = 1");
    let mut answers: Vec<String> =
        (0..40).map(|_| ask.send_by(&client).expect_err("no answer").code.as_str().to_owned()).collect();
    answers.dedup();
    assert_eq!(answers, ["timeout", "unavailable"]);
    // The last ones' threads may not have begun yet.
    let begun = std::time::Instant::now();
    while around.lookups.lock().unwrap().len() < 32 && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(around.lookups.lock().unwrap().len(), 32);
}
