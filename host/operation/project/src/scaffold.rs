//! Writing a new project.
//!
//! *Invariant:* nothing that is there is written over: a folder with anything in it is refused before the first file.
//! *Doesn't know:* what the files are.
//! *Start at:* [`write`].

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::template::File;

/// Why there is no new project.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Something is there.
    #[error("{} is there already and isn't empty", .0.display())]
    Exists(PathBuf),
    /// The disk said no.
    #[error("{} can't be written: {source}", path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Writes these files into a folder that is new or empty.
/// # Errors
/// It isn't, or it can't be written.
pub fn write(folder: &Path, files: &[File]) -> Result<(), WriteError> {
    match fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(true) => return Err(WriteError::Exists(folder.to_owned())),
        Ok(false) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(WriteError::Exists(folder.to_owned()));
        }
        Err(source) => return Err(WriteError::Io { path: folder.to_owned(), source }),
    }
    for file in files {
        let path = folder.join(&file.path);
        let parent = path.parent().expect("it lies in the folder");
        fs::create_dir_all(parent).map_err(|source| WriteError::Io { path: parent.to_owned(), source })?;
        fs::write(&path, &file.bytes).map_err(|source| WriteError::Io { path, source })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_empty_place_is_written_to() {
        let dir = tempfile::tempdir().unwrap();
        let files = [File { path: "a/b.txt".into(), bytes: b"x".to_vec() }];
        let place = dir.path().join("new/project");
        write(&place, &files).unwrap();
        assert_eq!(fs::read(place.join("a/b.txt")).unwrap(), b"x");
        assert!(matches!(write(&place, &files), Err(WriteError::Exists(_))));
        assert!(matches!(write(&place.join("a/b.txt"), &files), Err(WriteError::Exists(_))));
        fs::create_dir(dir.path().join("empty")).unwrap();
        write(&dir.path().join("empty"), &files).unwrap();
        assert!(matches!(write(&place.join("a/b.txt/c"), &files), Err(WriteError::Exists(_))));
    }
}
