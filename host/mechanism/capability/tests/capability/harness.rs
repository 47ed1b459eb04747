//! A data directory, a folder with something in it, and one component's handles.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use jaros_capability::{Capability, Grant, Grants, Handles, Observer, Phase, World};
use jaros_decision::{Code, Failure, Limits, Name};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use tempfile::TempDir;

pub(crate) const LIMITS: fn() -> Limits = Limits::default;

/// One tenant on one machine: `tenant/` is the data directory, `shelf/` the folder that is granted as `data`, `outside/`
/// is nobody's.
pub(crate) struct Machine {
    root: TempDir,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let root = TempDir::new().expect("a temporary folder");
        for folder in ["tenant/state/keys", "shelf", "outside"] {
            fs::create_dir_all(root.path().join(folder)).expect("a folder");
        }
        Self { root }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    pub(crate) fn link(&self, path: &str, target: impl AsRef<Path>) {
        symlink(target, self.path(path)).expect("a link");
    }

    pub(crate) fn pipe(&self, path: &str) {
        mknodat(CWD, self.path(path), FileType::Fifo, Mode::RWXU, 0).expect("a pipe");
    }

    pub(crate) fn socket(&self, path: &str) {
        UnixListener::bind(self.path(path)).expect("a socket");
    }

    pub(crate) fn grants(&self, text: &str) -> Grants {
        Grants::parse(text, &self.path("tenant")).expect("grants")
    }

    /// What the tool `t` is granted by these lines.
    pub(crate) fn tool(&self, lines: &str) -> Grant {
        self.grants(&format!("[tool.t]\n{lines}")).for_tool(&name("t"))
    }

    /// The handles of the tool `t`, which imports everything.
    pub(crate) fn handles(&self, lines: &str) -> Handles {
        self.tool(lines).open(&everything()).expect("handles")
    }

    /// Handles with `shelf/` as `data`.
    pub(crate) fn shelf(&self) -> Handles {
        self.handles("files-read = { data = \"../shelf\" }\nhost-facts = true")
    }
}

pub(crate) fn everything() -> BTreeSet<Capability> {
    Capability::all().collect()
}

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

pub(crate) fn live(phase: Phase) -> Observer {
    Observer::new(phase, World::Live, &LIMITS())
}

/// The answer as a word: what `Ok` says of itself, or the code.
pub(crate) fn word<T>(answer: &Result<T, Failure>, ok: impl FnOnce(&T) -> String) -> String {
    match answer {
        Ok(answer) => ok(answer),
        Err(failure) => String::from(failure.code.as_str()),
    }
}

/// That it was refused, with these words.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(answer: Result<T, Failure>, words: &str) {
    let failure = answer.expect_err("a refusal");
    assert_eq!(failure.code, Code::REFUSED, "{failure}");
    assert!(failure.message.contains(words), "{failure}");
}
