//! A node that is killed in the middle of its work, and the one that goes on.

use std::collections::{HashMap, HashSet};
use std::process::{Child, Command};

use jaros_content::Content;
use jaros_decision::JobId;
use jaros_ledger::{EntryKind, Reader, record};
use jaros_tests::{Place, until};
use serde_json::json;

fn node(place: &Place, once: bool) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jaros-test-node"));
    command.arg(place.path("."));
    if once {
        command.arg("--once");
    }
    command.spawn().expect("a node")
}

fn results(place: &Place) -> usize {
    std::fs::read_dir(place.path("outbox")).expect("an outbox").count()
}

/// How often each job was accepted and ended, and each decision has an outcome.
fn tally(place: &Place) -> HashMap<String, usize> {
    let content = Content::open(place.path("state/content")).expect("content");
    let mut reader = Reader::open(&place.layout().ledger(), &content).expect("a ledger");
    let mut counts: HashMap<String, usize> = HashMap::new();
    while let Some(item) = reader.read().expect("a whole chain") {
        let what = match item.entry.kind {
            EntryKind::Job => format!("job {}", item.entry.parse::<record::Job>().expect("a job").job),
            EntryKind::Done => format!("done {}", item.entry.parse::<record::Done>().expect("an end").job),
            EntryKind::Outcome => {
                format!("outcome {}", item.entry.parse::<record::Outcome>().expect("one").id)
            }
            _ => continue,
        };
        *counts.entry(what).or_default() += 1;
    }
    counts
}

#[test]
fn killed_in_the_middle_of_500_jobs_every_job_has_exactly_one_result() {
    const JOBS: usize = 500;
    let place = Place::new();
    let jobs: HashSet<JobId> = (0..JOBS)
        .map(|n| match n % 50 {
            0 => place.submit("fan-out", &json!(null)),
            1 => place.submit("scribe", &json!({"path": format!("n/{n}.txt"), "text": format!("{n}")})),
            2 => place.submit("repairer", &json!({"text": "a b"})),
            _ => place.submit("greeter", &json!({"name": format!("n{n}")})),
        })
        .collect();
    let mut kills = 0;
    for share in [5, 3, 2] {
        let mut child = node(&place, false);
        until("some results", || (results(&place) > JOBS / share || results(&place) >= JOBS).then_some(()));
        child.kill().expect("it runs");
        child.wait().expect("it ended");
        kills += 1;
    }
    let before = results(&place);
    assert!(node(&place, true).wait().expect("it ends").success());
    println!("{kills} kills among {JOBS} jobs, the last after {before} results");
    for job in &jobs {
        assert_eq!(place.result(job)["state"], "DONE", "{job}");
    }
    let children = 10 * 5;
    assert_eq!(results(&place), JOBS + children);
    let counts = tally(&place);
    assert_eq!(counts.keys().filter(|key| key.starts_with("done")).count(), JOBS + children);
    let twice: Vec<_> = counts.iter().filter(|(_, count)| **count != 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    for folder in ["inbox", "claimed", "failed"] {
        assert_eq!(std::fs::read_dir(place.path(folder)).expect("a folder").count(), 0, "{folder}");
    }
    let report = place.replays_clean();
    assert_eq!(report.jobs as usize, JOBS + children);
}

#[test]
fn what_was_recorded_and_not_published_is_published_at_the_next_start() {
    let place = Place::new();
    let job = place.submit("scribe", &json!({"path": "a.txt", "text": "kept"}));
    let mut child = node(&place, false);
    let want = place.result(&job);
    until("the token", || place.path(&format!("processed/{job}.json")).exists().then_some(()));
    child.kill().expect("it runs");
    child.wait().expect("it ended");
    // As a power cut may leave it: the record is on disk, the renames are not.
    std::fs::remove_file(place.path(&format!("outbox/{job}.json"))).expect("it was there");
    std::fs::remove_file(place.path("artifacts/a.txt")).expect("it was there");
    assert!(node(&place, true).wait().expect("it ends").success());
    assert_eq!(place.result(&job), want);
    assert_eq!(std::fs::read_to_string(place.path("artifacts/a.txt")).expect("an artifact"), "kept");
    place.replays_clean();
}

#[test]
fn a_second_node_on_the_same_folder_is_refused_while_the_first_lives() {
    let place = Place::new();
    let first = place.serve();
    let second = place.try_serve(place.options());
    let why = second.err().expect("it is refused").to_string();
    assert!(why.contains("node"), "{why}");
    first.stop();
    place.serve().stop();
}
