//! Files at paths that guests chose: below `artifacts/`, or nowhere.
#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

use std::fs;
use std::os::unix::fs::symlink;

use jaros_decision::Name;
use jaros_fabric::{ArtifactPath, FabricError, Folder, Hold, Layout};

struct Scene {
    dir: tempfile::TempDir,
    folder: Folder,
    hold: jaros_fabric::FolderHold,
}

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(Layout::new(dir.path().join("data")), 100).unwrap();
        let hold = folder.hold(&Name::new("n").unwrap()).unwrap();
        Self { dir, folder, hold }
    }

    fn publish(&self, path: &str, text: &str) -> Result<(), FabricError> {
        let staged = self.hold.stage(text.as_bytes())?;
        let done = self.hold.publish_artifact(&ArtifactPath::new(path).unwrap(), staged);
        let left = fs::read_dir(self.hold.work()).unwrap().count();
        assert_eq!(left, 0, "something was left in the work folder");
        done
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.layout().artifacts().join(path)).unwrap()
    }
}

#[test]
fn a_newer_version_takes_the_place_of_an_older_one() {
    let scene = Scene::new();
    for text in ["one", "two"] {
        scene.publish("a/b/c.txt", text).unwrap();
        scene.publish("top.txt", text).unwrap();
        assert_eq!((scene.read("a/b/c.txt"), scene.read("top.txt")), (text.into(), text.into()));
    }
    let staged = scene.hold.stage(b"never").unwrap();
    scene.hold.discard(staged);
    assert_eq!(fs::read_dir(scene.hold.work()).unwrap().count(), 0);
}

#[test]
fn links_on_the_way_are_never_followed() {
    let scene = Scene::new();
    let artifacts = scene.folder.layout().artifacts();
    let outside = scene.dir.path().join("outside");
    fs::create_dir(&outside).unwrap();
    symlink(&outside, artifacts.join("link")).unwrap();
    symlink("..", artifacts.join("up")).unwrap();
    for path in ["link/x", "up/x", "link/new/x"] {
        let error = scene.publish(path, "escaped").unwrap_err();
        let FabricError::Blocked { by, .. } = &error else { panic!("{error}") };
        assert!(by.contains("is no folder"), "{by}");
    }
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    assert!(!scene.folder.layout().root().join("x").exists());
    // A link in the file's own place is replaced, not written through.
    fs::write(outside.join("victim"), "mine").unwrap();
    symlink(outside.join("victim"), artifacts.join("report")).unwrap();
    scene.publish("report", "theirs").unwrap();
    assert_eq!(fs::read_to_string(outside.join("victim")).unwrap(), "mine");
    assert!(!artifacts.join("report").is_symlink());
}

#[test]
fn what_stands_in_the_way_is_named() {
    let scene = Scene::new();
    scene.publish("file", "1").unwrap();
    scene.publish("folder/file", "1").unwrap();
    for (path, by) in [("file/below", "\"file\", which is no folder,"), ("folder", "a folder")] {
        let error = scene.publish(path, "2").unwrap_err();
        let FabricError::Blocked { by: found, .. } = &error else { panic!("{error}") };
        assert_eq!(found, by);
        assert!(error.to_string().ends_with("is in the way; remove or rename it"), "{error}");
    }
    assert_eq!((scene.read("file"), scene.read("folder/file")), ("1".into(), "1".into()));
}
