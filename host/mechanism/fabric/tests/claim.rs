//! Claiming, finishing, publishing: what users see in the folders.
#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

use std::ffi::OsString;
use std::fs;
use std::time::Duration;

use jaros_decision::{JobId, Name};
use jaros_fabric::{Claimed, Ending, Fabric, FabricError, Folder, Layout, Published, SubmitError};

fn folder(dir: &tempfile::TempDir) -> Folder {
    Folder::open(Layout::new(dir.path()), 1000).unwrap()
}

fn node() -> Name {
    Name::new("node").unwrap()
}

fn id(text: &str) -> JobId {
    JobId::new(text).unwrap()
}

fn ids(claimed: &Claimed) -> Vec<&str> {
    claimed.jobs.iter().map(|job| job.id.as_str()).collect()
}

#[test]
fn a_job_goes_through_the_folders() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(&dir);
    folder.submit(&id("j"), b"{\"agent\":\"a\"}").unwrap();
    assert!(matches!(folder.submit(&id("j"), b"{}"), Err(SubmitError::Exists(_))));
    assert!(matches!(folder.submit(&id("k"), &[b' '; 1001]), Err(SubmitError::TooBig { .. })));

    let hold = folder.take_over(&node()).unwrap();
    let claimed = hold.claim(10).unwrap();
    assert_eq!(claimed.jobs[0].bytes, b"{\"agent\":\"a\"}");
    assert_eq!((ids(&claimed), claimed.more, claimed.again), (vec!["j"], false, None));
    assert_eq!(fs::read_dir(folder.layout().inbox()).unwrap().count(), 0);
    assert_eq!(hold.read_token(&id("j")).unwrap(), b"{\"agent\":\"a\"}");

    assert_eq!(hold.publish_result(&id("j"), b"1").unwrap(), Published::New);
    assert_eq!(hold.publish_result(&id("j"), b"1").unwrap(), Published::Already);
    assert_eq!(hold.republish_result(&id("j"), b"1").unwrap(), Published::Already);
    hold.finish(&id("j"), Ending::Processed).unwrap();
    assert!(matches!(hold.finish(&id("j"), Ending::Processed), Err(FabricError::NotHeld(_))));
    assert_eq!(fs::read(folder.layout().processed().join("j.json")).unwrap(), b"{\"agent\":\"a\"}");
    assert_eq!(fs::read(folder.layout().outbox().join("j.json")).unwrap(), b"1");
    assert!(hold.held().is_empty());
}

#[test]
fn a_result_that_a_power_cut_emptied_is_repaired() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(&dir);
    let hold = folder.take_over(&node()).unwrap();
    let result = folder.layout().outbox().join("j.json");
    fs::write(&result, b"").unwrap();
    assert_eq!(hold.republish_result(&id("j"), b"1").unwrap(), Published::Repaired);
    assert_eq!(fs::read(&result).unwrap(), b"1");
    // And a folder in its place is told, not lost in an endless retry.
    fs::create_dir(folder.layout().outbox().join("k.json")).unwrap();
    assert!(matches!(hold.publish_result(&id("k"), b"1"), Err(FabricError::Blocked { .. })));
}

#[test]
fn jobs_come_in_the_order_of_their_names_in_bounded_batches() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(&dir);
    for name in ["c", "a", "b2", "b1"] {
        folder.submit(&id(name), b"{}").unwrap();
    }
    let hold = folder.take_over(&node()).unwrap();
    let first = hold.claim(2).unwrap();
    assert_eq!((ids(&first), first.more), (vec!["a", "b1"], true));
    // What nobody told isn't looked for while others are known to wait...
    folder.submit(&id("b0"), b"{}").unwrap();
    assert_eq!(ids(&hold.claim(1).unwrap()), ["b2"]);
    // ...what somebody told has its place among them...
    hold.arrived(vec!["b0.json".into(), "gone.json".into(), ".x.json".into()]);
    assert_eq!(ids(&hold.claim(1).unwrap()), ["b0"]);
    // ...and a new listing finds all.
    folder.submit(&id("a0"), b"{}").unwrap();
    hold.rescan();
    let last = hold.claim(10).unwrap();
    assert_eq!((ids(&last), last.more), (vec!["a0", "c"], false));
    // With nothing known, the folder itself is asked.
    folder.submit(&id("z"), b"{}").unwrap();
    assert_eq!(ids(&hold.claim(10).unwrap()), ["z"]);
}

#[test]
fn a_named_job_can_be_claimed_before_its_turn() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(&dir);
    let hold = folder.take_over(&node()).unwrap();
    for name in ["a", "b", "ba"] {
        folder.submit(&id(name), b"{}").unwrap();
    }
    assert_eq!(hold.claim_one(&id("b")).unwrap().unwrap().id, id("b"));
    assert_eq!(hold.claim_one(&id("b")).unwrap(), None);
    assert_eq!(hold.claim_one(&id("none")).unwrap(), None);
    assert_eq!(ids(&hold.claim(10).unwrap()), ["a", "ba"]);
}

#[test]
fn a_child_job_is_put_into_the_inbox_once() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(&dir);
    let hold = folder.take_over(&node()).unwrap();
    assert_eq!(hold.publish_job(&id("child"), b"{}").unwrap(), Published::New);
    assert_eq!(hold.publish_job(&id("child"), b"{}").unwrap(), Published::Already);
    assert_eq!(ids(&hold.claim(10).unwrap()), ["child"]);
    assert_eq!(hold.publish_job(&id("child"), b"{}").unwrap(), Published::Already);
    assert_eq!(ids(&hold.claim(10).unwrap()), Vec::<&str>::new());
}

#[test]
fn a_failed_job_keeps_its_reason_and_never_hides_another() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(&dir);
    let hold = folder.take_over(&node()).unwrap();
    for attempt in ["first", "second"] {
        folder.submit(&id("j"), format!("{{\"n\":\"{attempt}\"}}").as_bytes()).unwrap();
        hold.claim(1).unwrap();
        hold.finish(&id("j"), Ending::Failed { reason: attempt }).unwrap();
    }
    let read = |name: &str| fs::read_to_string(folder.layout().failed().join(name)).unwrap();
    assert_eq!((read("j.json"), read("j.json.reason")), ("{\"n\":\"first\"}".into(), "first".into()));
    assert_eq!((read("j-2.json"), read("j-2.json.reason")), ("{\"n\":\"second\"}".into(), "second".into()));
}

#[test]
fn a_job_that_is_put_back_through_a_hard_link_still_leaves() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(&dir);
    let hold = folder.take_over(&node()).unwrap();
    let processed = folder.layout().processed().join("j.json");
    fs::write(&processed, b"{}").unwrap();
    fs::hard_link(&processed, folder.layout().inbox().join("j.json")).unwrap();
    assert_eq!(ids(&hold.claim(1).unwrap()), ["j"]);
    // Renaming a link over another link of the same file does nothing, by POSIX.
    hold.finish(&id("j"), Ending::Processed).unwrap();
    hold.release().unwrap();
    assert!(folder.take_over(&node()).unwrap().held().is_empty());
}

#[test]
fn a_half_written_job_is_kept_until_it_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(&dir).with_quiet(Duration::from_secs(3600));
    let hold = folder.take_over(&node()).unwrap();
    let path = folder.layout().inbox().join("j.json");
    let mut writer = fs::File::create(&path).unwrap();
    let claimed = hold.claim(1).unwrap();
    assert!(claimed.jobs.is_empty() && claimed.again.is_some(), "{claimed:?}");
    std::io::Write::write_all(&mut writer, b"{\"agent\"").unwrap();
    assert!(hold.claim(1).unwrap().jobs.is_empty());
    // The writer's handle goes with the file.
    std::io::Write::write_all(&mut writer, b":\"a\"}").unwrap();
    let claimed = hold.claim(1).unwrap();
    assert_eq!(claimed.jobs[0].bytes, b"{\"agent\":\"a\"}");
    assert_eq!(claimed.again, None);
}

#[test]
fn a_job_that_stays_half_written_is_taken_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(&dir).with_quiet(Duration::ZERO);
    let hold = folder.take_over(&node()).unwrap();
    fs::write(folder.layout().inbox().join("j.json"), b"{\"agent\"").unwrap();
    fs::write(folder.layout().inbox().join("k.json"), b"").unwrap();
    assert!(hold.claim(9).unwrap().jobs.is_empty());
    assert_eq!(ids(&hold.claim(9).unwrap()), ["j", "k"]);
    assert_eq!(hold.claim(9).unwrap().again, None);
}

#[test]
fn ten_thousand_jobs_come_out_once_each() {
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let folder = folder(&dir);
    let submitted: Vec<JobId> = (0..10_000).map(|_| jaros_fabric::new_job_id()).collect();
    for id in &submitted {
        folder.submit(id, b"{}").unwrap();
    }
    let hold = folder.take_over(&node()).unwrap();
    let mut claimed = Vec::new();
    loop {
        let batch = hold.claim(64).unwrap();
        for job in &batch.jobs {
            hold.finish(&job.id, Ending::Processed).unwrap();
        }
        claimed.extend(batch.jobs.into_iter().map(|job| job.id));
        if !batch.more {
            break;
        }
    }
    assert!(submitted.is_sorted());
    assert_eq!(claimed, submitted);
}

#[test]
fn a_name_that_is_told_twice_or_wrongly_does_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(&dir);
    fs::write(folder.layout().status(), b"{}").unwrap();
    let hold = folder.take_over(&node()).unwrap();
    hold.arrived(
        ["a.json", "a.json", "../x.json", "../status.json", "a/b.json", "", ".", "..", "/"]
            .map(OsString::from)
            .to_vec(),
    );
    let claimed = hold.claim(10).unwrap();
    assert!(claimed.jobs.is_empty() && claimed.rejected.is_empty(), "{claimed:?}");
    assert!(folder.layout().status().exists());
}
