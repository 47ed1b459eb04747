//! Making kept bytes safe from a power cut.
//!
//! *Invariant:* when [`all`] returns, every named file and its directory entry are on disk.
//! *Doesn't know:* why they have to be.
//! *Start at:* [`all`].

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use jaros_decision::Digest;
use rustix::io::Errno;

use crate::store::shard;
use crate::{Content, ContentError};

/// From this many files on, one `syncfs` costs less than a sync a file and shard.
const WHOLE_FILE_SYSTEM_FROM: usize = 12;

pub(crate) fn all(content: &Content, digests: &[Digest]) -> Result<(), ContentError> {
    if digests.len() >= WHOLE_FILE_SYSTEM_FROM {
        return file_system(content, digests);
    }
    let mut shards = BTreeSet::new();
    for digest in digests {
        let path = content.path(digest);
        let file = open(&path, digest)?;
        file.sync_all().map_err(ContentError::io("sync", &path))?;
        shards.insert(PathBuf::from(shard(&path)));
    }
    shards.iter().try_for_each(|shard| path(shard))
}

/// A missing file is an error here too: the caller is about to write its name into the record.
fn file_system(content: &Content, digests: &[Digest]) -> Result<(), ContentError> {
    if let Some(missing) = digests.iter().find(|digest| !content.has(digest)) {
        return Err(ContentError::Missing(*missing));
    }
    let root = content.root();
    let dir = File::open(root).map_err(ContentError::io("open", root))?;
    rustix::fs::syncfs(&dir).map_err(|errno: Errno| ContentError::io("sync", root)(errno.into()))
}

/// Syncs one file or folder by its path.
pub(crate) fn path(path: &Path) -> Result<(), ContentError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(ContentError::io("sync", path))
}

fn open(path: &Path, digest: &Digest) -> Result<File, ContentError> {
    File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => ContentError::Missing(*digest),
        _ => ContentError::io("open", path)(error),
    })
}
