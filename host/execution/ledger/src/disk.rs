//! What the writer does to the disk, as a port, so that a test can fail it, cut it short or forget what wasn't synced.
//!
//! *Invariant:* there is no other way by which the ledger writes a segment or a checkpoint.
//! *Doesn't know:* what the bytes are.
//! *Start at:* [`Disk`]; [`Files`] is the real one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Files and folders, as far as the writer needs them. None of these is ever tried again after an error.
pub trait Disk: Send + Sync + 'static {
    /// Makes an empty file, or empties the one that is there.
    /// # Errors
    /// The system's.
    fn create(&self, path: &Path) -> io::Result<Box<dyn Sink>>;

    /// Gives a file its place, over whatever has it.
    /// # Errors
    /// The system's. `NotFound`: the folder that it lay in is gone, so this node was fenced.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Returns once the folder's names are on disk.
    /// # Errors
    /// The system's.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
}

/// A file that grows at its end.
pub trait Sink: Send {
    /// Appends all of `bytes`.
    /// # Errors
    /// The system's; some of the bytes may be there then.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns once everything that was appended is on disk.
    /// # Errors
    /// The system's; what is on disk is unknown then, and a second try could answer yes without it being there.
    fn sync(&mut self) -> io::Result<()>;
}

/// The file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Files;

impl Disk for Files {
    fn create(&self, path: &Path) -> io::Result<Box<dyn Sink>> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        Ok(Box::new(file))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }
}

impl Sink for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Writes a whole file aside, syncs it, renames it into its place, and syncs the folder: it is there whole or not at
/// all. Returns the file, which is still open for more.
pub(crate) fn publish(
    disk: &dyn Disk,
    aside: &Path,
    place: &Path,
    bytes: &[u8],
) -> io::Result<Box<dyn Sink>> {
    let mut file = disk.create(aside)?;
    file.append(bytes)?;
    file.sync()?;
    disk.rename(aside, place)?;
    disk.sync_dir(place.parent().unwrap_or(Path::new(".")))?;
    Ok(file)
}
