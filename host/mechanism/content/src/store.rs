//! The store: put bytes in, get them out by digest.
//!
//! *Invariant:* a file appears under its digest whole or not at all, since it is written aside and renamed. After a
//! power cut an unsynced one may still be empty, so a file that is already there is looked at before it is trusted.
//! *Doesn't know:* when bytes have to be on disk; its caller says so.
//! *Start at:* [`Content::put`].

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jaros_decision::Digest;

use crate::ContentError;
use crate::sync;

/// A folder of files named by what they hold: `ab/cdef…`, readable by their owner alone. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Content {
    root: Arc<Path>,
}

impl Content {
    /// Opens the store in `dir` and makes the folder where there is none.
    /// # Errors
    /// `Io`.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, ContentError> {
        let dir = dir.as_ref();
        private_dirs(dir).map_err(ContentError::io("create", dir))?;
        Ok(Self { root: Arc::from(dir) })
    }

    /// Keeps `bytes` and returns their name. They are visible to every reader then, but not yet safe from a power
    /// cut: see [`Content::sync`].
    /// # Errors
    /// `Io`.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, ContentError> {
        self.put_parts(&[bytes])
    }

    /// As [`Content::put`], for bytes that lie in several pieces.
    /// # Errors
    /// `Io`.
    pub fn put_parts(&self, parts: &[&[u8]]) -> Result<Digest, ContentError> {
        let digest = Digest::of_parts(parts);
        match self.get(&digest) {
            Ok(_) => return Ok(digest),
            Err(ContentError::Missing(_) | ContentError::Damaged { .. }) => {}
            Err(error) => return Err(error),
        }
        let path = self.path(&digest);
        let shard = shard(&path);
        self.make_shard(shard)?;
        let (aside, mut file) = aside(shard)?;
        let written = parts.iter().try_for_each(|part| file.write_all(part));
        let renamed = written.and_then(|()| fs::rename(&aside, &path));
        renamed.map_err(|source| {
            // The name is this process's own; nobody else misses the file.
            let _ = fs::remove_file(&aside);
            ContentError::Io { verb: "write", path, source }
        })?;
        Ok(digest)
    }

    /// Keeps `bytes` and returns once they are safe from a power cut.
    /// # Errors
    /// `Io`.
    pub fn put_durable(&self, bytes: &[u8]) -> Result<Digest, ContentError> {
        let digest = self.put(bytes)?;
        self.sync(&[digest])?;
        Ok(digest)
    }

    /// Returns once all of these are safe from a power cut, whoever put them there.
    /// # Errors
    /// `Missing`; `Io`: stop, since a failed sync can't be tried again.
    pub fn sync(&self, digests: &[Digest]) -> Result<(), ContentError> {
        sync::all(self, digests)
    }

    /// The bytes of this name.
    /// # Errors
    /// `Missing`, `Damaged`, `Io`.
    pub fn get(&self, digest: &Digest) -> Result<Vec<u8>, ContentError> {
        let path = self.path(digest);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ContentError::Missing(*digest));
            }
            Err(error) => return Err(ContentError::io("read", &path)(error)),
        };
        if Digest::of(&bytes) == *digest {
            Ok(bytes)
        } else {
            Err(ContentError::Damaged { digest: *digest, path })
        }
    }

    /// Whether there is a file of this name; what it holds is checked by [`Content::get`] alone.
    #[must_use]
    pub fn has(&self, digest: &Digest) -> bool {
        self.path(digest).is_file()
    }

    /// Where the bytes of this name lie, or would lie.
    #[must_use]
    pub fn path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.to_hex();
        let (shard, rest) = hex.split_at(2);
        self.root.join(shard).join(rest)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Makes a shard's folder, and makes its name durable at once: that happens 256 times in a store's life, and
    /// [`Content::sync`] then needs to think of files and shards only.
    fn make_shard(&self, shard: &Path) -> Result<(), ContentError> {
        match DirBuilder::new().mode(0o700).create(shard) {
            Ok(()) => sync::path(&self.root),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(ContentError::io("create", shard)(error)),
        }
    }
}

pub(crate) fn shard(path: &Path) -> &Path {
    path.parent().expect("a content file lies in a shard")
}

fn private_dirs(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// A new file beside its destination. Another process may use the same number; the loser takes the next one.
fn aside(shard: &Path) -> Result<(PathBuf, File), ContentError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = shard.join(format!(".new-{}-{number}", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(ContentError::io("create", &path)(error)),
        }
    }
}
