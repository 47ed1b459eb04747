//! Artifacts: files at paths that guests chose.
//!
//! *Invariant:* an artifact lands below `artifacts/` or nowhere. Its path has only plain parts, and each folder on the way
//! is opened by itself, from the one before, without following a link: no part of the path is ever looked up twice.
//! *Doesn't know:* who may write which path.
//! *Start at:* [`ArtifactPath`].

use std::fmt;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::str::FromStr;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use crate::FabricError;
use crate::hold::FolderHold;
use crate::layout::ARTIFACTS;

/// Bytes of a whole path.
const PATH_BYTES: usize = 1024;
/// Bytes of a part: what file systems take.
const PART_BYTES: usize = 255;
/// Parts of a path.
const DEPTH: usize = 32;

/// A path below `artifacts/`: `reports/july.md`.
///
/// Shape: 1 to 1,024 bytes of UTF-8; 1 to 32 parts of 1 to 255 bytes with `/` between them, none of them `.` or `..`; no
/// NUL and no backslash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArtifactPath(String);

/// What a path may not be. Reads on after the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactPathError {
    /// Nothing.
    #[error("is empty")]
    Empty,
    /// From the root of the file system.
    #[error("begins with `/`; artifact paths are relative")]
    Absolute,
    /// `a//b`, `a/`.
    #[error("has an empty part")]
    EmptyPart,
    /// A part that leads elsewhere.
    #[error("has a part `.` or `..`")]
    Dots,
    /// A separator elsewhere, or the end of a name.
    #[error("has a backslash or a NUL")]
    Character,
    /// Over 1,024 bytes.
    #[error("has over {PATH_BYTES} bytes")]
    Long,
    /// A part over 255 bytes.
    #[error("has a part of over {PART_BYTES} bytes")]
    LongPart,
    /// Over 32 parts.
    #[error("has over {DEPTH} parts")]
    Deep,
}

impl ArtifactPath {
    /// Checks a path.
    /// # Errors
    /// The first rule that it breaks.
    pub fn new(path: &str) -> Result<Self, ArtifactPathError> {
        if path.is_empty() {
            return Err(ArtifactPathError::Empty);
        }
        if path.len() > PATH_BYTES {
            return Err(ArtifactPathError::Long);
        }
        if path.contains(['\\', '\0']) {
            return Err(ArtifactPathError::Character);
        }
        if path.starts_with('/') {
            return Err(ArtifactPathError::Absolute);
        }
        for (depth, part) in path.split('/').enumerate() {
            match part {
                "" => return Err(ArtifactPathError::EmptyPart),
                "." | ".." => return Err(ArtifactPathError::Dots),
                part if part.len() > PART_BYTES => return Err(ArtifactPathError::LongPart),
                _ if depth >= DEPTH => return Err(ArtifactPathError::Deep),
                _ => {}
            }
        }
        Ok(Self(path.to_owned()))
    }

    /// The path, with `/` between its parts.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Renames a prepared file to this path.
    pub(crate) fn publish(&self, hold: &FolderHold, from: &Path) -> Result<(), FabricError> {
        let (parents, name) = self.0.rsplit_once('/').unwrap_or(("", &self.0));
        let done = self.parent(hold, parents).and_then(|folder| {
            hold.root
                .rename_to(from, &folder, name)
                .map_err(|errno| hold.blocked("publish", &format!("{ARTIFACTS}/{self}"), errno))
        });
        if done.is_err() {
            let _ = hold.root.unlink(from);
        }
        done
    }

    /// The folder that the file goes into, made where it is missing.
    fn parent(&self, hold: &FolderHold, parents: &str) -> Result<OwnedFd, FabricError> {
        let root = &hold.root;
        let mut folder = root.enter(ARTIFACTS).map_err(|errno| root.failure("open", ARTIFACTS, errno))?;
        for part in parents.split('/').filter(|part| !part.is_empty()) {
            folder = match enter(&folder, part) {
                Err(Errno::NOENT) => {
                    root.step().map_err(|errno| hold.fault("make", ARTIFACTS, errno))?;
                    match rustix::fs::mkdirat(&folder, part, Mode::from_raw_mode(0o777)) {
                        Ok(()) | Err(Errno::EXIST) => enter(&folder, part),
                        Err(errno) => Err(errno),
                    }
                }
                entered => entered,
            }
            .map_err(|errno| self.in_the_way(hold, part, errno))?;
        }
        Ok(folder)
    }

    fn in_the_way(&self, hold: &FolderHold, part: &str, errno: Errno) -> FabricError {
        let path = hold.root.path(ARTIFACTS).join(&self.0);
        if matches!(errno, Errno::NOTDIR | Errno::LOOP) {
            FabricError::Blocked { path, by: format!("{part:?}, which is no folder,") }
        } else {
            hold.fault("open the folders of", path, errno)
        }
    }
}

/// Opens a folder by one plain part of a path; a link is no folder.
fn enter(folder: &OwnedFd, part: &str) -> Result<OwnedFd, Errno> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(folder, part, flags, Mode::empty())
}

impl FromStr for ArtifactPath {
    type Err = ArtifactPathError;

    fn from_str(path: &str) -> Result<Self, ArtifactPathError> {
        Self::new(path)
    }
}

impl fmt::Display for ArtifactPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let check = |path: &str| ArtifactPath::new(path).map(|path| path.to_string());
        let parts = |n: usize, part: &str| vec![part; n].join("/");
        for path in ["a", "a/b.txt", "-rf", ".hidden", "...", "a b/ü\n", &parts(32, "a"), &"x".repeat(255)] {
            assert_eq!(check(path).as_deref(), Ok(path));
        }
        use ArtifactPathError as E;
        for (path, fault) in [
            ("", E::Empty),
            ("/", E::Absolute),
            ("/etc/passwd", E::Absolute),
            ("a//b", E::EmptyPart),
            ("a/", E::EmptyPart),
            ("..", E::Dots),
            ("a/../b", E::Dots),
            ("a/./b", E::Dots),
            (".", E::Dots),
            ("a\\b", E::Character),
            ("a\0", E::Character),
            (&"x".repeat(256), E::LongPart),
            (&parts(33, "a"), E::Deep),
            (&parts(5, &"x".repeat(250)), E::Long),
        ] {
            assert_eq!(check(path), Err(fault), "{path:?}");
        }
    }
}
