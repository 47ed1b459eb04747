//! Where cases run: a data directory for each run, in a folder that goes away.
//!
//! *Invariant:* no two runs share a file that either could change.
//! *Doesn't know:* nodes, and what cases expect.
//! *Start at:* [`Stage::set`].

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use jaros_capability::Role;
use jaros_decision::{Digest, Name};
use jaros_fabric::Layout;
use serde_json::json;
use tempfile::TempDir;

use crate::case::Case;
use crate::grants::Granted;
use crate::subject::{Component, Subject};

/// The agent that calls tools for cases: it proposes what its input says, and ends with the answers.
pub(crate) const PROPOSER: &str = "evals";

const PROPOSER_BYTES: &[u8] = include_bytes!("../../../../examples-wasm/built/agents/proposer.wasm");

/// Where a script lies in a data directory.
const SCRIPT: &str = "config/script.json";

/// Components and compiled code, from which data directories are made.
pub(crate) struct Stage {
    dir: TempDir,
    components: Vec<Component>,
    /// Of each component, as compiled code's files begin with it.
    digests: Vec<String>,
    made: AtomicUsize,
}

impl Stage {
    /// Lays the components out once.
    pub(crate) fn new(subject: &Subject) -> io::Result<Self> {
        let dir = tempfile::Builder::new().prefix("jaros-evals-").tempdir()?;
        let mut components = subject.components.clone();
        components.push(Component {
            role: Role::Agent,
            name: Name::new(PROPOSER).expect("a name"),
            bytes: PROPOSER_BYTES.into(),
        });
        for folder in ["components/agents", "components/tools"] {
            fs::create_dir_all(dir.path().join(folder))?;
        }
        DirBuilder::new().mode(0o700).create(dir.path().join("compiled"))?;
        let digests = components.iter().map(|component| Digest::of(&component.bytes).to_hex()).collect();
        let stage = Self { dir, components, digests, made: AtomicUsize::new(0) };
        for component in &stage.components {
            fs::write(stage.source(component), &component.bytes)?;
        }
        if let Some(compiled) = &subject.compiled {
            stage.carry(compiled, &stage.compiled())?;
        }
        Ok(stage)
    }

    /// A data directory for one run.
    pub(crate) fn set(&self, subject: &Subject, granted: &Granted) -> io::Result<Layout> {
        let number = self.made.fetch_add(1, Ordering::Relaxed) + 1;
        let layout = Layout::new(self.dir.path().join("runs").join(number.to_string()));
        layout.create().map_err(io::Error::other)?;
        for component in &self.components {
            link(&self.source(component), &layout.root().join(component.place()))?;
        }
        self.carry(&self.compiled(), &layout.compiled())?;
        fs::write(layout.config().join("grants.toml"), &granted.text)?;
        fs::write(layout.config().join("limits.toml"), &subject.limits)?;
        for folder in &granted.folders {
            fs::create_dir_all(layout.root().join(folder))?;
        }
        for (path, text) in &granted.files {
            let path = layout.root().join(path);
            fs::create_dir_all(path.parent().unwrap_or(layout.root()))?;
            fs::write(path, text)?;
        }
        Ok(layout)
    }

    /// Takes what was compiled in a run over, for the runs that follow.
    pub(crate) fn clear(&self, layout: &Layout) -> io::Result<()> {
        self.carry(&layout.compiled(), &self.compiled())?;
        fs::remove_dir_all(layout.root())
    }

    /// Gives what was compiled to whoever keeps it. That it can't be kept only costs time.
    pub(crate) fn keep(&self, subject: &Subject) {
        if let Some(folder) = subject.compiled.as_ref().filter(|_| subject.keep_compiled) {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            let _ = made.and_then(|()| self.carry(&self.compiled(), folder));
        }
    }

    fn compiled(&self) -> PathBuf {
        self.dir.path().join("compiled")
    }

    fn source(&self, component: &Component) -> PathBuf {
        self.dir.path().join("components").join(component.place())
    }

    /// Brings the compiled code of these components from one folder into another. Each file is written once and never changed.
    fn carry(&self, from: &Path, to: &Path) -> io::Result<()> {
        let Ok(entries) = fs::read_dir(from) else { return Ok(()) };
        for entry in entries {
            let name = entry?.file_name();
            let Some(text) = name.to_str() else { continue };
            let whole = text.ends_with(".cwasm") || text.ends_with(".xxh3");
            if whole && self.digests.iter().any(|digest| text.starts_with(digest)) && !to.join(text).exists()
            {
                link(&from.join(text), &to.join(text))?;
            }
        }
        Ok(())
    }
}

/// The settings of the model that a case has: its script, or the one that repeats what it is asked. Nothing overrides them.
pub(crate) fn model(layout: &Layout, case: Option<&Case>) -> io::Result<()> {
    let script = case.and_then(|case| case.model.as_ref());
    let settings = match script {
        None => json!({ "provider": "default", "options": { "fixed": true } }),
        Some(answers) => {
            let script = json!({ "answers": answers, "in_order": true });
            fs::write(layout.root().join(SCRIPT), script.to_string())?;
            json!({ "provider": "script", "options": { "file": SCRIPT, "fixed": true } })
        }
    };
    fs::write(layout.config().join("llm.json"), settings.to_string())
}

/// The same file under another name; a copy where that can't be, such as on another file system.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(_) => fs::copy(from, to).map(drop),
        Ok(()) => Ok(()),
    }
}
