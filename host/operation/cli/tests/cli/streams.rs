//! Where the output goes: a reader who goes away, a full disk, nobody at all.

use std::fs::OpenOptions;
use std::io::Read;
use std::process::Stdio;

use crate::place::Place;

/// A place with a ledger longer than what a pipe holds.
fn talkative() -> Place {
    let place = Place::new();
    let lines: String = (0..150).map(|n| format!("{{\"agent\":\"echo\",\"input\":{n}}}\n")).collect();
    place.ok(&["submit", "--batch", &place.file("jobs.ndjson", lines)]);
    place.ok(&["serve", "--once"]);
    place
}

#[test]
fn a_reader_who_goes_away_is_no_problem_and_a_full_disk_is_one() {
    let place = talkative();
    let entries = ["ledger", "--limit", "0", "--json"];
    assert!(place.ok(&entries).len() > 1 << 17, "longer than a pipe");
    let mut command = place.command(&entries);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut first = [0; 10];
    child.stdout.take().expect("a pipe").read_exact(&mut first).expect("ten bytes");
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!((ended.status.code(), &*ended.stderr), (Some(0), &b""[..]));
    for args in [&entries[..], &["jobs"], &["status", "--json"], &["--help"], &["completions", "bash"]] {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("a device");
        let output = place.command(args).stdout(full).stderr(Stdio::piped()).output().expect("it ends");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(5), "{args:?}: {told}");
        assert!(
            told.contains("error: standard output can't be written: ") && told.contains("\nnext: "),
            "{told}"
        );
    }
}

#[test]
fn an_error_that_nobody_can_be_told_keeps_its_exit_code() {
    let place = Place::empty();
    let full = || OpenOptions::new().write(true).open("/dev/full").expect("a device");
    for args in [&["status", "--frob"][..], &["levitate", "--json"]] {
        let status = place.command(args).stdout(full()).stderr(full()).status().expect("it ends");
        assert_eq!(status.code(), Some(2), "{args:?}");
    }
}
