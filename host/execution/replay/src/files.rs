//! The files that a run leaves: as the record says, and as they are.
//!
//! *Invariant:* only what the record names is compared; nothing in the data directory is changed.
//! *Doesn't know:* who made a file.
//! *Start at:* [`Files`].

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use jaros_decision::{Digest, JobId, Json, Name};
use jaros_executor::Staged;
use jaros_fabric::{ArtifactPath, Layout};

use crate::report::{FileDifference, Report};

/// Where a file's text is and what it must hash to: the text itself is kept only to be written out.
#[derive(Default)]
pub(crate) struct Files {
    artifacts: BTreeMap<String, String>,
    results: BTreeMap<JobId, String>,
    /// What tools wrote into their folders. Not compared: those are the operator's, and others may write there.
    tools: BTreeMap<(Name, String), Option<Vec<u8>>>,
}

impl Files {
    /// What an outcome makes visible; the last version of a path counts.
    pub(crate) fn staged(&mut self, staged: &[Staged]) {
        for staged in staged {
            match staged {
                Staged::Artifact { path, data } => {
                    self.artifacts.insert(path.clone(), data.clone());
                }
                Staged::File { tool, path, data } => {
                    self.tools.insert((tool.clone(), path.clone()), data.clone());
                }
                Staged::Entry { .. } | Staged::Submit { .. } | Staged::Moved { .. } => {}
            }
        }
    }

    pub(crate) fn result(&mut self, job: &JobId, document: &Json) {
        self.results.insert(job.clone(), format!("{document}\n"));
    }

    /// Writes the rebuilt files: `artifacts/…`, `outbox/ID.json`, and `files/TOOL/GRANT/…`.
    pub(crate) fn write(&self, into: &Path) -> io::Result<()> {
        let put = |path: PathBuf, bytes: &[u8]| {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(path, bytes)
        };
        std::fs::create_dir_all(into)?;
        for (path, data) in &self.artifacts {
            // Checked again: a record that was tampered with must not write elsewhere.
            let path = ArtifactPath::new(path).map_err(io::Error::other)?;
            put(into.join("artifacts").join(path.as_str()), data.as_bytes())?;
        }
        for (job, text) in &self.results {
            put(into.join("outbox").join(format!("{job}.json")), text.as_bytes())?;
        }
        for ((tool, path), data) in &self.tools {
            let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\0');
            if !path.split('/').all(plain) {
                return Err(io::Error::other(format!("the record names a file {path:?}, which is no path")));
            }
            if let Some(data) = data {
                put(into.join("files").join(tool.as_str()).join(path), data)?;
            }
        }
        Ok(())
    }

    /// Compares with what lies in the data directory.
    pub(crate) fn compare(&self, layout: &Layout, artifacts: bool, report: &mut Report) {
        if artifacts {
            for (path, data) in &self.artifacts {
                let below = Path::new("artifacts").join(path);
                report.files_compared += 1;
                if let Some(what) = differs(&layout.root().join(&below), data, true) {
                    report.files.push(FileDifference { path: below, what });
                }
            }
        }
        for (job, text) in &self.results {
            let below = Path::new("outbox").join(format!("{job}.json"));
            let path = layout.root().join(&below);
            if !path.exists() {
                report.results_absent += 1;
                continue;
            }
            report.files_compared += 1;
            if let Some(what) = differs(&path, text, false) {
                report.files.push(FileDifference { path: below, what });
            }
        }
    }
}

fn differs(path: &Path, want: &str, must_be: bool) -> Option<String> {
    match std::fs::read(path) {
        Ok(bytes) if bytes == want.as_bytes() => None,
        Ok(bytes) => Some(format!(
            "the record says {} bytes with SHA-256 {}…, the file has {} bytes with {}…",
            want.len(),
            Digest::of(want.as_bytes()).short(),
            bytes.len(),
            Digest::of(&bytes).short()
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !must_be => None,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some("the file is gone".into()),
        Err(error) => Some(format!("the file can't be read: {error}")),
    }
}
