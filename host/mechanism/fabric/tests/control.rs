//! Asking a running node for something.
#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

use std::fs;
use std::time::Duration;

use jaros_fabric::{Control, ControlError, Layout};

fn scene() -> (tempfile::TempDir, Layout) {
    let dir = tempfile::tempdir().unwrap();
    let layout = Layout::new(dir.path());
    layout.create().unwrap();
    (dir, layout)
}

fn files(layout: &Layout) -> usize {
    fs::read_dir(layout.control()).unwrap().count() + fs::read_dir(layout.aside()).unwrap().count()
}

const LONG: Duration = Duration::from_secs(30);

#[test]
fn requests_are_answered_in_order_and_leave_nothing() {
    let (_dir, layout) = scene();
    let (cli, node) = (Control::open(&layout).unwrap(), Control::open(&layout).unwrap());
    let ids: Vec<_> = (0..5u8).map(|n| cli.request(&[n]).unwrap()).collect();
    let pending = node.pending().unwrap();
    assert_eq!(pending.iter().map(|p| (p.id.clone(), p.bytes[0])).collect::<Vec<_>>(), {
        ids.iter().cloned().zip(0..5).collect::<Vec<_>>()
    });
    assert!(node.pending().unwrap().is_empty(), "each is given once");
    for request in &pending {
        node.answer(&request.id, &[request.bytes[0] + 10]).unwrap();
    }
    for (n, id) in ids.iter().enumerate() {
        assert_eq!(cli.wait_reply(id, LONG).unwrap(), [n as u8 + 10]);
    }
    assert_eq!(files(&layout), 0);
}

#[test]
fn a_reply_wakes_whoever_waits() {
    let (_dir, layout) = scene();
    let cli = Control::open(&layout).unwrap();
    let id = cli.request(b"stop").unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let node = Control::open(&layout).unwrap();
            for request in node.pending().unwrap() {
                node.answer(&request.id, b"stopping").unwrap();
            }
        });
        assert_eq!(cli.wait_reply(&id, LONG).unwrap(), b"stopping");
    });
}

#[test]
fn a_request_that_nobody_took_is_taken_back() {
    let (_dir, layout) = scene();
    let cli = Control::open(&layout).unwrap();
    let id = cli.request(b"cancel").unwrap();
    assert!(matches!(cli.wait_reply(&id, Duration::ZERO), Err(ControlError::Unanswered(_))));
    assert!(Control::open(&layout).unwrap().pending().unwrap().is_empty());
    assert_eq!(files(&layout), 0);
}

#[test]
fn a_request_that_a_node_took_is_in_doubt_and_asked_of_its_successor() {
    let (_dir, layout) = scene();
    let cli = Control::open(&layout).unwrap();
    let id = cli.request(b"cancel").unwrap();
    let node = Control::open(&layout).unwrap();
    assert_eq!(node.pending().unwrap().len(), 1);
    assert!(matches!(cli.wait_reply(&id, Duration::ZERO), Err(ControlError::InDoubt(_))));
    let successor = Control::open(&layout).unwrap();
    assert_eq!(successor.pending().unwrap()[0].bytes, b"cancel");
    successor.answer(&id, b"done").unwrap();
    assert_eq!(cli.wait_reply(&id, Duration::ZERO).unwrap(), b"done");
    assert_eq!(files(&layout), 0);
}

#[test]
fn a_node_that_died_just_after_its_reply_is_not_asked_again() {
    let (_dir, layout) = scene();
    let cli = Control::open(&layout).unwrap();
    let id = cli.request(b"cancel").unwrap();
    Control::open(&layout).unwrap().pending().unwrap();
    fs::write(layout.control().join(format!("{id}.reply")), b"done").unwrap();
    assert!(Control::open(&layout).unwrap().pending().unwrap().is_empty());
    assert_eq!(cli.wait_reply(&id, Duration::ZERO).unwrap(), b"done");
}

#[test]
fn what_is_no_request_is_passed_over() {
    let (_dir, layout) = scene();
    let control = layout.control();
    fs::write(control.join("notes.txt"), b"").unwrap();
    fs::write(control.join("a b.json"), b"").unwrap();
    fs::create_dir(control.join("folder.json")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", control.join("link.json")).unwrap();
    fs::File::create(control.join("huge.json")).unwrap().set_len(1 << 40).unwrap();
    let node = Control::open(&layout).unwrap();
    assert!(node.pending().unwrap().is_empty());
    assert!(node.pending().unwrap().is_empty());
}
