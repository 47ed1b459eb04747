//! Small files that others read at any time.
//!
//! *Invariant:* a reader finds the old file or the new one, never a part.
//! *Doesn't know:* durability; nothing written here is the truth about anything.
//! *Start at:* [`write_atomic`].

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::IoFailure;
use crate::id::random_word;

/// Replaces a small file whole: written aside as `.NAME.RANDOM.tmp` in the same folder, then renamed. Not synced.
/// # Errors
/// What the file system says; the old file is untouched then.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), IoFailure> {
    let fail = |source| IoFailure { action: "write", path: path.to_owned(), source };
    let name = path.file_name().ok_or_else(|| fail(io::ErrorKind::InvalidInput.into()))?;
    let aside = path.with_file_name(format!(".{}.{}.tmp", name.to_string_lossy(), random_word()));
    let written = fs::File::create_new(&aside)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| fs::rename(&aside, path));
    written.map_err(|source| {
        let _ = fs::remove_file(&aside);
        fail(source)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_and_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("status.json");
        write_atomic(&path, b"one").unwrap();
        write_atomic(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failure_names_the_file_and_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("status.json");
        fs::create_dir(&path).unwrap();
        let failure = write_atomic(&path, b"one").unwrap_err();
        assert!(failure.to_string().contains("status.json"), "{failure}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
