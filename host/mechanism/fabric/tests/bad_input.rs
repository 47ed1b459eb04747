//! Whatever anybody puts into the inbox: it never blocks, is never lost, and is told with a reason and a next step.
#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;

use jaros_decision::{JobId, Name};
use jaros_fabric::{Fabric, FabricError, Folder, Hold, Layout, Rejected, TakeOverError};
use rustix::fs::{CWD, FileType, Mode};

struct Scene {
    dir: tempfile::TempDir,
    folder: Folder,
    hold: Arc<dyn Hold>,
}

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(Layout::new(dir.path()), 100).unwrap();
        let hold = folder.take_over(&Name::new("n").unwrap()).unwrap();
        Self { dir, folder, hold }
    }

    fn inbox(&self, name: impl AsRef<OsStr>) -> std::path::PathBuf {
        self.folder.layout().inbox().join(Path::new(name.as_ref()))
    }

    /// Claims beside a good job; gives what was rejected, and the good job must have come through.
    fn rejected(&self) -> Vec<Rejected> {
        let good = jaros_fabric::new_job_id();
        self.folder.submit(&good, b"{}").unwrap();
        self.hold.rescan();
        let claimed = self.hold.claim(1000).unwrap();
        assert!(claimed.jobs.iter().any(|job| job.id == good), "the good job didn't come: {claimed:?}");
        claimed.rejected
    }

    /// Rejects one file, which must lie under `name` in `failed/`, and gives its reason.
    fn reason(&self, name: &str) -> String {
        let rejected = self.rejected();
        assert_eq!(rejected.len(), 1, "{rejected:?}");
        let path = self.folder.layout().failed().join(name);
        assert_eq!(rejected[0].moved_to.as_ref(), Some(&path));
        assert!(path.symlink_metadata().is_ok());
        assert_eq!(fs::read_dir(self.folder.layout().inbox()).unwrap().count(), 0);
        fs::read_to_string(path.with_file_name(format!("{name}.reason"))).unwrap()
    }
}

#[test]
fn names() {
    let rule = "isn't named after a job id: a job id has only letters, digits, `_` and `-` of ASCII, and begins with a \
                letter or digit.\nRename it to ID.json and put it into inbox/ again.\n";
    let other = "isn't named ID.json.\nRename it to ID.json and put it into inbox/ again.\n";
    let long = format!("{}.json", "x".repeat(200));
    let length = "isn't named after a job id: a name has 1 to 128 characters.\n";
    for (name, safe, why) in [
        (&b"notes.txt"[..], "notes.txt", other),
        (b"-rf", "file-rf", other),
        (b"-rf.json", "file-rf.json", rule),
        (b"a..json", "a..json", rule),
        (b"a b.json", "a_b.json", rule),
        (b"a\x1b[31m\n.json", "a__31m_.json", rule),
        (b"a\xff.json", "a_.json", rule),
        ("j\u{0456}b.json".as_bytes(), "j__b.json", rule),
        (long.as_bytes(), &format!("{}{}", "x".repeat(160), &long[long.len() - 40..]), length),
    ] {
        let scene = Scene::new();
        fs::write(scene.inbox(OsStr::from_bytes(name)), b"{}").unwrap();
        let reason = scene.reason(safe);
        assert!(reason.contains(why), "{safe}: {reason}");
        assert!(!reason.contains('\u{1b}'), "{reason:?}");
    }
}

type Make = fn(&Path);

#[test]
fn kinds() {
    let make: [(&str, Make); 6] = [
        ("a symbolic link", |path| symlink("/etc/passwd", path).unwrap()),
        ("a symbolic link", |path| symlink("nowhere", path).unwrap()),
        ("a folder", |path| fs::create_dir_all(path.join("with/more")).unwrap()),
        ("a socket", |path| drop(UnixListener::bind(path).unwrap())),
        ("a FIFO", |path| {
            rustix::fs::mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o666), 0).unwrap();
        }),
        // A character device 0:0 needs no right to be made on current kernels; where it does, it can't be here either.
        ("a device", |path| {
            rustix::fs::mknodat(CWD, path, FileType::CharacterDevice, Mode::from_raw_mode(0o666), 0).unwrap();
        }),
    ];
    for (kind, make) in make {
        let scene = Scene::new();
        make(&scene.inbox("j.json"));
        let reason = scene.reason("j.json");
        assert!(reason.contains(&format!("\"j.json\" is {kind}, not a file.\n")), "{reason}");
        assert!(scene.hold.held().iter().all(|token| token.id.as_str() != "j"));
    }
}

#[test]
fn sizes() {
    let scene = Scene::new();
    fs::write(scene.inbox("j.json"), [b' '; 101]).unwrap();
    let reason = scene.reason("j.json");
    assert!(reason.contains("has 101 bytes, and `job_bytes` allows 100"), "{reason}");
    // A terabyte that takes no place on the disk is as little read.
    let scene = Scene::new();
    fs::File::create(scene.inbox("j.json")).unwrap().set_len(1 << 40).unwrap();
    assert!(scene.reason("j.json").contains("`job_bytes`"));
}

#[test]
fn rights() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new();
    fs::write(scene.inbox("j.json"), b"{}").unwrap();
    fs::set_permissions(scene.inbox("j.json"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(scene.inbox("j.json")).is_ok() {
        println!("skipped: this account may read everything");
        return;
    }
    let reason = scene.reason("j.json");
    assert!(
        reason.contains("can't be read: ") && reason.contains("Let the node's account read it"),
        "{reason}"
    );
}

#[test]
fn a_hard_link_is_a_file() {
    let scene = Scene::new();
    fs::write(scene.dir.path().join("mine.json"), b"{}").unwrap();
    fs::hard_link(scene.dir.path().join("mine.json"), scene.inbox("j.json")).unwrap();
    assert!(scene.rejected().is_empty());
    assert!(scene.hold.held().iter().any(|token| token.id.as_str() == "j"));
    assert!(scene.dir.path().join("mine.json").exists());
}

#[test]
fn unfinished_files_are_left_alone() {
    let scene = Scene::new();
    for name in [".j.json", ".j.json.swp", "j.json.tmp", "j.json~"] {
        fs::write(scene.inbox(name), b"{}").unwrap();
    }
    assert!(scene.rejected().is_empty());
    assert_eq!(fs::read_dir(scene.folder.layout().inbox()).unwrap().count(), 4);
}

#[test]
fn an_id_that_is_being_worked_on_is_told_apart() {
    let scene = Scene::new();
    let id = JobId::new("j").unwrap();
    scene.folder.submit(&id, b"{}").unwrap();
    assert!(scene.rejected().is_empty());
    scene.folder.submit(&id, b"{\"other\":1}").unwrap();
    let reason = scene.reason("j.json");
    assert!(reason.contains("has the id of a job that is being worked on"), "{reason}");
    assert_eq!(scene.hold.read_token(&id).unwrap(), b"{}");
}

#[test]
fn thousands_of_bad_names_are_all_kept() {
    let scene = Scene::new();
    for n in 0..300u16 {
        let name = [&b"bad "[..], &[b' ' + (n % 9) as u8, 0x80 + (n / 9) as u8], b".json"].concat();
        fs::write(scene.inbox(OsStr::from_bytes(&name)), n.to_string()).unwrap();
    }
    let before = fs::read_dir(scene.folder.layout().inbox()).unwrap().count();
    assert_eq!(scene.rejected().len(), before);
    let failed = fs::read_dir(scene.folder.layout().failed()).unwrap();
    let mut kept: Vec<String> = failed
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|ending| ending != "reason"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    kept.sort();
    kept.dedup();
    assert_eq!(kept.len(), before);
}

#[test]
fn a_bad_file_that_a_crash_left_as_a_token_is_told_too() {
    let scene = Scene::new();
    let Scene { dir: _dir, folder, hold } = scene;
    symlink("/etc/passwd", hold.work().join("take.j.1")).unwrap();
    drop(hold);
    let hold = folder.take_over(&Name::new("n").unwrap()).unwrap();
    let id = JobId::new("j").unwrap();
    assert_eq!(hold.held()[0].id, id);
    let Err(FabricError::Rejected(rejected)) = hold.read_token(&id) else { panic!("it was read") };
    assert_eq!(rejected.moved_to, Some(folder.layout().failed().join("j.json")));
    assert!(hold.held().is_empty());
}

/// An operator may link a folder elsewhere while a node runs. No rename leads from one file system to another.
#[test]
fn what_cannot_be_moved_is_told_once_and_left() {
    use std::os::unix::fs::MetadataExt;
    let scene = Scene::new();
    let Ok(elsewhere) = tempfile::tempdir_in("/dev/shm") else { return };
    let device = |path: &Path| fs::metadata(path).unwrap().dev();
    if device(elsewhere.path()) == device(scene.dir.path()) {
        return;
    }
    fs::write(elsewhere.path().join("j.json"), b"{}").unwrap();
    fs::remove_dir(scene.folder.layout().inbox()).unwrap();
    symlink(elsewhere.path(), scene.folder.layout().inbox()).unwrap();
    let rejected = scene.hold.claim(10).unwrap().rejected;
    assert_eq!(rejected[0].moved_to, None);
    assert!(
        rejected[0].to_string().contains("\"j.json\" can't be taken out of the inbox"),
        "{}",
        rejected[0]
    );
    assert!(scene.hold.claim(10).unwrap().rejected.is_empty(), "it was told twice");
    scene.hold.rescan();
    assert_eq!(scene.hold.claim(10).unwrap().rejected.len(), 1);
    assert!(elsewhere.path().join("j.json").exists());
    // The next start says so at once.
    drop(scene.hold);
    let refused = scene.folder.hold(&Name::new("n").unwrap()).unwrap_err();
    assert!(matches!(refused, TakeOverError::OtherFileSystem(_)), "{refused}");
}
