//! Real folders, the real kernel.
#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use jaros_watch::{Change, Watched, Watcher};

/// Far longer than anything here takes.
const LONG: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_millis(5);

struct Scene {
    dir: tempfile::TempDir,
    watcher: Watcher,
    told: Receiver<Change>,
}

impl Scene {
    /// Watches `f` (removals too) and `g` (arrivals) below a new folder.
    fn new(make: bool, tick: Duration) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folders = ["f", "g"].map(|name| dir.path().join(name));
        if make {
            folders.iter().for_each(|folder| fs::create_dir(folder).unwrap());
        }
        let [f, g] = folders;
        let (tell, told) = channel();
        let watched = [Watched::new(f), Watched::arrivals(g)];
        let watcher = Watcher::start(watched, tick, move |change| drop(tell.send(change))).unwrap();
        for _ in 0..2 {
            assert!(told.recv_timeout(LONG).unwrap().rescan, "each folder is told once at the start");
        }
        Self { dir, watcher, told }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// Waits until a file of a folder is told by name.
    fn wait_for(&self, path: &str) {
        let path = self.path(path);
        let is = |change: &Change| {
            *change.folder == *path.parent().unwrap() && change.names.contains(path.file_name().unwrap())
        };
        while !is(&self.told.recv_timeout(LONG).unwrap()) {}
    }

    fn wait_for_rescan(&self, folder: &str) {
        let folder = self.path(folder);
        loop {
            let change = self.told.recv_timeout(LONG).unwrap();
            if change.rescan && *change.folder == *folder {
                return;
            }
        }
    }
}

#[test]
fn changes_are_told_by_folder_and_name() {
    let scene = Scene::new(true, LONG);
    assert_eq!(scene.watcher.silent(), []);
    fs::write(scene.path("f/written"), b"x").unwrap();
    scene.wait_for("f/written");
    fs::write(scene.path("aside"), b"x").unwrap();
    fs::rename(scene.path("aside"), scene.path("g/renamed")).unwrap();
    scene.wait_for("g/renamed");
    fs::hard_link(scene.path("f/written"), scene.path("g/linked")).unwrap();
    scene.wait_for("g/linked");
    std::os::unix::fs::symlink("nowhere", scene.path("g/symlink")).unwrap();
    scene.wait_for("g/symlink");
    fs::create_dir(scene.path("f/folder")).unwrap();
    scene.wait_for("f/folder");
    fs::remove_file(scene.path("f/written")).unwrap();
    scene.wait_for("f/written");
}

#[test]
fn a_file_that_leaves_an_inbox_wakes_nobody() {
    let scene = Scene::new(true, LONG);
    for name in ["g/a", "g/b"] {
        fs::write(scene.path("aside"), b"x").unwrap();
        fs::rename(scene.path("aside"), scene.path(name)).unwrap();
        scene.wait_for(name);
        fs::rename(scene.path(name), scene.path("taken")).unwrap();
    }
    fs::write(scene.path("f/last"), b"x").unwrap();
    let next = scene.told.recv_timeout(LONG).unwrap();
    assert_eq!(*next.folder, *scene.path("f"), "{next:?}");
}

#[test]
fn a_file_is_told_when_its_writer_is_done() {
    let scene = Scene::new(true, LONG);
    let mut file = fs::File::create(scene.path("g/slow")).unwrap();
    file.write_all(b"half").unwrap();
    fs::write(scene.path("aside"), b"x").unwrap();
    fs::rename(scene.path("aside"), scene.path("g/quick")).unwrap();
    scene.wait_for("g/quick");
    file.write_all(b"whole").unwrap();
    drop(file);
    scene.wait_for("g/slow");
    assert_eq!(fs::read(scene.path("g/slow")).unwrap(), b"halfwhole");
}

#[test]
fn a_burst_is_told_whole_in_few_tellings() {
    let scene = Scene::new(true, LONG);
    let expected: Vec<String> = (0..2000).map(|n| format!("{n:04}")).collect();
    for name in &expected {
        fs::write(scene.path("aside"), b"x").unwrap();
        fs::rename(scene.path("aside"), scene.path("g").join(name)).unwrap();
    }
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < expected.len() {
        seen.extend(scene.told.recv_timeout(LONG).unwrap().names);
    }
    assert!(seen.iter().eq(expected.iter().map(std::ffi::OsStr::new)));
}

#[test]
fn a_folder_that_comes_later_is_watched_from_then_on() {
    let scene = Scene::new(false, TICK);
    assert_eq!(scene.watcher.silent().len(), 2);
    fs::create_dir(scene.path("f")).unwrap();
    scene.wait_for_rescan("f");
    fs::write(scene.path("f/a"), b"x").unwrap();
    scene.wait_for("f/a");
    let silent = scene.watcher.silent();
    assert_eq!(silent.len(), 1, "{silent:?}");
    assert_eq!(*silent[0].folder, *scene.path("g"));
}

#[test]
fn a_folder_that_is_exchanged_is_watched_again() {
    let scene = Scene::new(true, TICK);
    let exchange: [fn(&Path) -> std::io::Result<()>; 2] =
        [|folder| fs::remove_dir_all(folder), |folder| fs::rename(folder, folder.with_extension("old"))];
    for exchange in exchange {
        exchange(&scene.path("f")).unwrap();
        scene.wait_for_rescan("f");
        fs::create_dir(scene.path("f")).unwrap();
        scene.wait_for_rescan("f");
        fs::write(scene.path("f/new"), b"x").unwrap();
        scene.wait_for("f/new");
    }
}

#[test]
fn relative_paths_and_dropping_while_being_told() {
    let dir = tempfile::tempdir().unwrap();
    let up = std::env::current_dir().unwrap().components().skip(1).map(|_| "..").collect::<PathBuf>();
    let folder = up.join(dir.path().strip_prefix("/").unwrap());
    let (tell, told) = channel();
    let slot = std::sync::Arc::new(std::sync::Mutex::new(None::<Watcher>));
    let own = std::sync::Arc::clone(&slot);
    let watcher = Watcher::start([Watched::new(&folder)], LONG, move |change: Change| {
        if !change.names.is_empty() {
            drop(own.lock().unwrap().take());
        }
        let _ = tell.send(change);
    })
    .unwrap();
    *slot.lock().unwrap() = Some(watcher);
    assert!(told.recv_timeout(LONG).unwrap().rescan);
    fs::write(dir.path().join("a"), b"x").unwrap();
    let change = told.recv_timeout(LONG).unwrap();
    assert_eq!(*change.folder, *folder);
    // The thread ended, and its end of the channel with it.
    assert!(told.recv_timeout(LONG).is_err());
}
