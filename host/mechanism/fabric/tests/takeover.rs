//! Two nodes and one folder.
#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use jaros_decision::{Epoch, JobId, Name};
use jaros_fabric::{Ending, Fabric, FabricError, Folder, Hold, Layout, TakeOverError};

fn folder(dir: &Path) -> Folder {
    Folder::open(Layout::new(dir), 1000).unwrap()
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn id(text: &str) -> JobId {
    JobId::new(text).unwrap()
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Not a test: what [`start_holder`] runs in another process.
#[test]
#[ignore = "the other process of the tests here"]
fn holder() {
    let Ok(dir) = std::env::var("FABRIC_TEST_FOLDER") else { return };
    let folder = folder(Path::new(&dir));
    let hold = folder.take_over(&name("other")).unwrap();
    hold.claim(10).unwrap();
    println!("\nholds");
    // Until it is killed.
    std::thread::sleep(std::time::Duration::from_secs(60));
}

fn start_holder(dir: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "holder", "--ignored", "--nocapture"])
        .env("FABRIC_TEST_FOLDER", dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "holds"), "the other process holds nothing");
    child
}

#[test]
fn a_living_node_in_another_process_is_respected_and_a_killed_one_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let here = folder(dir.path());
    here.submit(&id("j"), b"{}").unwrap();
    assert_eq!(here.layout().live_node().unwrap(), None);

    let mut other = start_holder(dir.path());
    let live = here.layout().live_node().unwrap().unwrap();
    assert_eq!((live.node.as_str(), live.pid, live.epoch), ("other", other.id(), Epoch(1)));
    let refused = here.hold(&name("here")).unwrap_err();
    let TakeOverError::Held { node, pid } = &refused else { panic!("{refused}") };
    assert_eq!((node.as_str(), *pid), ("other", other.id()));
    assert_eq!(
        refused.to_string(),
        format!(
            "node other (process {pid}) is already running on this folder; stop it first, or use another folder"
        )
    );
    // The refusal left nothing behind.
    assert_eq!(names(&here.layout().nodes()).len(), 1);
    assert_eq!(names(&here.layout().executor()).len(), 2);

    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(here.layout().live_node().unwrap(), None);
    let hold = here.hold(&name("here")).unwrap();
    assert_eq!(hold.epoch(), Epoch(2));
    assert_eq!(hold.held()[0].id, id("j"));
    assert_eq!(hold.read_token(&id("j")).unwrap(), b"{}");
    assert_eq!(names(&here.layout().nodes()).len(), 1, "the dead node's file is gone");
}

#[test]
fn a_second_node_of_the_same_process_and_name_is_refused_too() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (folder(dir.path()), folder(dir.path()));
    let hold = one.hold(&name("n")).unwrap();
    assert!(matches!(two.hold(&name("n")), Err(TakeOverError::Held { .. })));
    hold.release().unwrap();
    assert!(matches!(hold.confirm(), Err(FabricError::Released { .. })));
    assert_eq!(two.hold(&name("n")).unwrap().epoch(), Epoch(2));
}

#[test]
fn many_who_start_at_once_give_one_holder() {
    let dir = tempfile::tempdir().unwrap();
    let taken: Vec<_> = std::thread::scope(|scope| {
        let start = || folder(dir.path()).hold(&name("n"));
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let held = taken.iter().filter(|taken| taken.is_ok()).count();
    let refused = taken.iter().filter(|taken| matches!(taken, Err(TakeOverError::Held { .. }))).count();
    assert_eq!((held, refused), (1, 7), "{taken:?}");
}

#[test]
fn an_epoch_is_above_the_lease_every_work_folder_and_every_segment() {
    for (make, epoch) in [
        (&["executor/w.7.dead-00000000/"][..], 8),
        (&["ledger/00000012-000000000345.ndjson"], 13),
        (&["ledger/00000012-000000000345.ndjson", "executor/w.30.x/", "ledger/torn/"], 31),
        (&["ledger/99-notes.txt", "ledger/checkpoint"], 1),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let folder = folder(dir.path());
        for path in make {
            let path = folder.layout().state().join(path);
            if path.to_str().unwrap().ends_with('/') {
                fs::create_dir(path).unwrap();
            } else {
                fs::write(path, b"").unwrap();
            }
        }
        let hold = folder.hold(&name("n")).unwrap();
        assert_eq!(hold.epoch(), Epoch(epoch), "{make:?}");
        let works: Vec<_> =
            names(&folder.layout().executor()).into_iter().filter(|name| name.starts_with("w.")).collect();
        assert_eq!(works.len(), 1, "{works:?}");
    }
}

#[test]
fn the_successor_gets_tokens_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    for job in ["a", "b"] {
        folder.submit(&id(job), b"{}").unwrap();
    }
    let hold = folder.hold(&name("n")).unwrap();
    hold.claim(10).unwrap();
    assert_eq!(hold.charge(&id("b")).unwrap(), 2);
    hold.stage(b"never published").unwrap();
    fs::write(hold.work().join("seg"), b"half a segment").unwrap();
    fs::create_dir_all(hold.work().join("from/outside")).unwrap();
    drop(hold);

    let hold = folder.hold(&name("n")).unwrap();
    assert_eq!(names(hold.work()), ["run.b.2", "take.a.1"]);
    let held: Vec<_> = hold.held().into_iter().map(|t| (t.id.to_string(), t.attempt, t.begun)).collect();
    assert_eq!(held, [("a".into(), 1, false), ("b".into(), 2, true)]);
    assert_eq!(hold.charge(&id("b")).unwrap(), 3);
}

#[test]
fn a_clean_stop_leaves_the_tokens_for_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    folder.submit(&id("j"), b"{}").unwrap();
    let hold = folder.hold(&name("n")).unwrap();
    hold.claim(10).unwrap();
    hold.stage(b"x").unwrap();
    hold.release().unwrap();
    assert_eq!(names(&folder.layout().nodes()), Vec::<String>::new());
    assert!(names(&folder.layout().executor()).contains(&"lease.1.free".to_owned()));

    let hold = folder.hold(&name("n")).unwrap();
    assert_eq!(hold.held().len(), 1);
    hold.finish(&id("j"), Ending::Processed).unwrap();
    hold.release().unwrap();
    assert_eq!(names(&folder.layout().executor()), ["lease.2.free"]);
}

#[test]
fn a_segment_prepared_in_the_work_folder_cannot_be_renamed_by_a_zombie() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let zombie = folder.hold(&name("n")).unwrap();
    let segment = zombie.work().join("seg");
    let mut open = fs::File::create(&segment).unwrap();
    // As if the zombie's lock were lost: its file is gone, and it looks dead.
    for node in fs::read_dir(folder.layout().nodes()).unwrap() {
        fs::remove_file(node.unwrap().path()).unwrap();
    }
    let _successor = folder.hold(&name("n")).unwrap();
    std::io::Write::write_all(&mut open, b"late").unwrap();
    assert!(fs::rename(&segment, folder.layout().ledger().join("00000001-000000000001.ndjson")).is_err());
    assert!(matches!(zombie.claim(1), Err(FabricError::Fenced { epoch: Epoch(1) })));
    assert!(matches!(zombie.publish_result(&id("j"), b"1"), Err(FabricError::Fenced { .. })));
    assert!(matches!(zombie.release(), Err(FabricError::Fenced { .. })));
    assert_eq!(names(&folder.layout().outbox()), Vec::<String>::new());
}

#[test]
fn a_damaged_tree_is_told_in_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let here = folder(dir.path());
    fs::remove_file(here.layout().executor().join("lease.0.free")).unwrap();
    let error = here.hold(&name("n")).unwrap_err().to_string();
    assert!(error.contains("has no lease file") && error.contains("lease.0.free"), "{error}");

    let file = dir.path().join("file");
    fs::write(&file, b"").unwrap();
    let error = Folder::open(Layout::new(&file), 1).unwrap_err().to_string();
    assert!(error.contains("can't make the folder") && error.contains("file"), "{error}");
    assert_eq!(Layout::new(dir.path().join("nothing")).live_node().unwrap(), None);
}

#[test]
fn the_tree_may_be_made_by_many_at_once_and_again() {
    let dir = tempfile::tempdir().unwrap();
    let layout = Layout::new(dir.path().join("data"));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| layout.create().unwrap());
        }
    });
    layout.create().unwrap();
    assert_eq!(names(&layout.executor()), ["lease.0.free"]);
    let left: Vec<_> = names(&layout.state()).into_iter().filter(|name| name.starts_with('.')).collect();
    assert_eq!(left, Vec::<String>::new());
    assert!(layout.tenant(&name("acme")).inbox().ends_with("tenants/acme/inbox"));
}
