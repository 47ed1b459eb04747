//! Somebody swaps what lies at a path while it is read.

use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use jaros_capability::{Phase, Stage};
use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::harness::{LIMITS, Machine, live, word};

const READS: usize = 3_000;

/// Swaps `shelf/WHAT` with a link to the outside again and again, and reads `path` meanwhile: nothing from outside is
/// ever read.
fn swap(what: &str, link_to: &str, path: &str, prepare: impl FnOnce(&Machine)) {
    let machine = Machine::new();
    machine.write("outside/secret", b"outside");
    prepare(&machine);
    machine.link("shelf/other", machine.path(link_to));
    let handles = machine.shelf();
    let over = AtomicBool::new(false);
    let read = || {
        let answer = handles.files_read_read(&mut live(Phase::Execute), &Stage::default(), &LIMITS(), path);
        word(&answer, |data| String::from_utf8_lossy(data).into_owned())
    };
    let answers: BTreeSet<String> = thread::scope(|scope| {
        scope.spawn(|| {
            let (a, b) = (machine.path(&format!("shelf/{what}")), machine.path("shelf/other"));
            while !over.load(Ordering::Relaxed) {
                renameat_with(CWD, &a, CWD, &b, RenameFlags::EXCHANGE).expect("an exchange");
            }
        });
        let answers = (0..READS).map(|_| read()).collect();
        over.store(true, Ordering::Relaxed);
        answers
    });
    let allowed = ["inside", "refused", "not-found"].map(String::from);
    assert!(answers.iter().all(|answer| allowed.contains(answer)), "{answers:?}");
}

#[test]
fn a_file_swapped_for_a_link_is_never_read_through() {
    swap("a", "outside/secret", "data/a", |machine| machine.write("shelf/a", b"inside"));
}

#[test]
fn a_folder_swapped_for_a_link_is_never_walked_through() {
    swap("a", "outside", "data/a/secret", |machine| machine.write("shelf/a/secret", b"inside"));
}

#[test]
fn a_folder_stays_the_one_that_was_opened() {
    let machine = Machine::new();
    machine.write("shelf/a", b"opened");
    let handles = machine.shelf();
    fs::rename(machine.path("shelf"), machine.path("moved")).expect("a rename");
    machine.write("shelf/a", b"another");
    let answer = handles
        .files_read_read(&mut live(Phase::Execute), &Stage::default(), &LIMITS(), "data/a")
        .expect("a file");
    assert_eq!(answer, b"opened");
}
