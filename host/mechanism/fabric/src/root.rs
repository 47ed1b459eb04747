//! The file operations of the protocol, relative to one tenant's folder.
//!
//! *Invariant:* every change to the folder that the protocol knows is one call of one method here, so that a test can
//! stop the world before any of them. A symbolic link is followed only where the operator may have put one: in place of a
//! whole folder of the layout.
//! *Doesn't know:* what the paths mean; its errors are plain error numbers, given a meaning where they are known.
//! *Start at:* [`Root`].

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, RenameFlags, Stat};
use rustix::io::{Errno, retry_on_intr};

use crate::IoFailure;

/// Owner only: what a node prepares is nobody else's business.
pub(crate) const PRIVATE: Mode = Mode::from_raw_mode(0o700);

/// One tenant's folder, open for as long as a node or a command works in it.
#[derive(Debug)]
pub(crate) struct Root {
    fd: OwnedFd,
    path: PathBuf,
    #[cfg(test)]
    pub(crate) probe: crate::crash::Probe,
}

impl Root {
    pub(crate) fn open(path: &Path) -> Result<Self, IoFailure> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::open(path, flags, Mode::empty())
            .map_err(|errno| IoFailure::new("open", path, errno))?;
        Ok(Self {
            fd,
            path: path.to_owned(),
            #[cfg(test)]
            probe: crate::crash::Probe::default(),
        })
    }

    /// The whole path, for messages and for those outside this crate.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.path.join(relative)
    }

    pub(crate) fn failure(&self, action: &'static str, at: impl AsRef<Path>, errno: Errno) -> IoFailure {
        IoFailure::new(action, &self.path(at), errno)
    }

    /// Tests stop the world here: before each change, and never after one.
    #[inline]
    pub(crate) fn step(&self) -> Result<(), Errno> {
        #[cfg(test)]
        return self.probe.step();
        #[cfg(not(test))]
        Ok(())
    }

    pub(crate) fn rename(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<(), Errno> {
        self.rename_to(from, &self.fd, to)
    }

    pub(crate) fn rename_to(
        &self,
        from: impl AsRef<Path>,
        folder: impl AsFd,
        to: impl AsRef<Path>,
    ) -> Result<(), Errno> {
        self.step()?;
        rustix::fs::renameat(&self.fd, from.as_ref(), folder, to.as_ref())
    }

    /// Takes a file out of a folder elsewhere on this file system.
    pub(crate) fn rename_from(
        &self,
        folder: impl AsFd,
        from: &str,
        to: impl AsRef<Path>,
    ) -> Result<(), Errno> {
        self.step()?;
        rustix::fs::renameat(folder, from, &self.fd, to.as_ref())
    }

    /// Renames, but never over something: `EXIST`. For tokens, which may not be in two places.
    pub(crate) fn rename_new(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<(), Errno> {
        let (from, to) = (from.as_ref(), to.as_ref());
        match self.rename_noreplace(from, to) {
            // A file system without it: only one node at a time renames tokens, so looking first is enough.
            Err(Errno::INVAL | Errno::NOSYS) => match self.stat(to) {
                Ok(_) => Err(Errno::EXIST),
                Err(_) => self.rename(from, to),
            },
            other => other,
        }
    }

    /// Makes a prepared file visible under a name that nothing has yet: `EXIST` otherwise.
    ///
    /// The same as `link` and `unlink` of the prepared name, in one step where the file system can do that.
    pub(crate) fn publish(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<(), Errno> {
        let (from, to) = (from.as_ref(), to.as_ref());
        match self.rename_noreplace(from, to) {
            Err(Errno::INVAL | Errno::NOSYS) => {
                self.step()?;
                rustix::fs::linkat(&self.fd, from, &self.fd, to, AtFlags::empty())?;
                self.unlink(from)
            }
            other => other,
        }
    }

    fn rename_noreplace(&self, from: &Path, to: &Path) -> Result<(), Errno> {
        #[cfg(test)]
        if self.probe.plain() {
            return Err(Errno::INVAL);
        }
        self.step()?;
        rustix::fs::renameat_with(&self.fd, from, &self.fd, to, RenameFlags::NOREPLACE)
    }

    pub(crate) fn unlink(&self, at: impl AsRef<Path>) -> Result<(), Errno> {
        self.step()?;
        rustix::fs::unlinkat(&self.fd, at.as_ref(), AtFlags::empty())
    }

    pub(crate) fn make_folder(&self, at: impl AsRef<Path>, mode: Mode) -> Result<(), Errno> {
        self.step()?;
        rustix::fs::mkdirat(&self.fd, at.as_ref(), mode)
    }

    pub(crate) fn remove_folder(&self, at: impl AsRef<Path>) -> Result<(), Errno> {
        self.step()?;
        rustix::fs::unlinkat(&self.fd, at.as_ref(), AtFlags::REMOVEDIR)
    }

    /// Makes or empties a file and fills it. Not synced: what must survive a power cut is done again from the ledger.
    pub(crate) fn write(&self, at: impl AsRef<Path>, bytes: &[u8]) -> Result<(), Errno> {
        self.create(at, OFlags::TRUNC, bytes).map(drop)
    }

    /// Makes a file that isn't there yet (`EXIST`), fills it and leaves it open.
    pub(crate) fn write_new(&self, at: impl AsRef<Path>, bytes: &[u8]) -> Result<File, Errno> {
        self.create(at, OFlags::EXCL, bytes)
    }

    fn create(&self, at: impl AsRef<Path>, how: OFlags, bytes: &[u8]) -> Result<File, Errno> {
        self.step()?;
        let at = at.as_ref();
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC | how;
        let mode = Mode::from_raw_mode(0o666);
        let mut file = File::from(retry_on_intr(|| rustix::fs::openat(&self.fd, at, flags, mode))?);
        match file.write_all(bytes) {
            Ok(()) => Ok(file),
            Err(error) => {
                let _ = rustix::fs::unlinkat(&self.fd, at, AtFlags::empty());
                Err(Errno::from_io_error(&error).unwrap_or(Errno::IO))
            }
        }
    }

    /// Syncs a folder, so that its names survive a power cut.
    pub(crate) fn sync_folder(&self, at: impl AsRef<Path>) -> Result<(), Errno> {
        self.step()?;
        rustix::fs::fsync(self.enter(at)?)
    }

    pub(crate) fn sync_all(&self) -> Result<(), Errno> {
        rustix::fs::syncfs(&self.fd)
    }

    pub(crate) fn stat(&self, at: impl AsRef<Path>) -> Result<Stat, Errno> {
        rustix::fs::statat(&self.fd, at.as_ref(), AtFlags::SYMLINK_NOFOLLOW)
    }

    /// As [`Root::stat`], but of what a folder's name leads to: the operator may link a whole folder elsewhere.
    pub(crate) fn stat_folder(&self, at: impl AsRef<Path>) -> Result<Stat, Errno> {
        rustix::fs::statat(&self.fd, at.as_ref(), AtFlags::empty())
    }

    pub(crate) fn exists(&self, at: impl AsRef<Path>) -> bool {
        self.stat(at).is_ok()
    }

    /// Opens a folder of the layout, which may be a link that the operator made.
    pub(crate) fn enter(&self, at: impl AsRef<Path>) -> Result<OwnedFd, Errno> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        retry_on_intr(|| rustix::fs::openat(&self.fd, at.as_ref(), flags, Mode::empty()))
    }

    /// Opens a file to read, without following a link or waiting for a FIFO's writer.
    pub(crate) fn open_file(&self, at: impl AsRef<Path>) -> Result<File, Errno> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        retry_on_intr(|| rustix::fs::openat(&self.fd, at.as_ref(), flags, Mode::empty())).map(File::from)
    }

    /// Reads a regular file of at most `limit` bytes; `FBIG` beyond, `INVAL` for anything that is no regular file.
    pub(crate) fn read(&self, at: impl AsRef<Path>, limit: u64) -> Result<Vec<u8>, Errno> {
        let at = at.as_ref();
        let stat = self.stat(at)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(Errno::INVAL);
        }
        // One byte more than it should have tells a file that grows while it is read.
        let size = u64::try_from(stat.st_size).unwrap_or(0);
        if size > limit {
            return Err(Errno::FBIG);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
        self.open_file(at)?
            .take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        if bytes.len() as u64 > limit { Err(Errno::FBIG) } else { Ok(bytes) }
    }

    /// The names in a folder, in no order.
    pub(crate) fn list(&self, at: impl AsRef<Path>) -> Result<Vec<OsString>, Errno> {
        let mut names = Vec::new();
        for entry in Dir::new(self.enter(at)?)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(OsStr::from_bytes(name).to_owned());
            }
        }
        Ok(names)
    }
}
