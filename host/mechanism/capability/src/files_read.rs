//! `files-read`: reading inside the folders that the operator granted.
//!
//! *Invariant:* only regular files are opened, and an answer is bounded before it is built.
//! *Doesn't know:* phases, the record; [`Handles`](crate::Handles) does.
//! *Start at:* [`FilesRead`].

use std::collections::BTreeSet;
use std::fmt;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jaros_decision::{Code, Failure, Name};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat, openat, statat};
use rustix::io::Errno;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::folder::{Folders, Place, size};

/// What lies at a place in a granted folder (`entry` in WIT).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderEntry {
    /// The last part of its path; a name that isn't UTF-8 has U+FFFD in it, and can't be asked for.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
    /// Bytes of a file; 0 for anything else, since what a folder or a link weighs differs between file systems.
    pub size_bytes: u64,
}

/// What something in a folder is. Links are never followed, so a link is `other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Dir,
    /// A link, a pipe, a socket, a device.
    Other,
}

impl FileKind {
    /// The word that guests see.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Dir => "dir",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Bytes as they stand on the record: `{"base64":"…"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Encoded {
    base64: String,
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Encoded { base64: BASE64_STANDARD.encode(&self.0) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let encoded = Encoded::deserialize(deserializer)?;
        BASE64_STANDARD.decode(encoded.base64).map(Self).map_err(D::Error::custom)
    }
}

/// The live handle.
#[derive(Clone, Debug)]
pub(crate) struct FilesRead {
    folders: Arc<Folders>,
    /// The folders' names, known in a replay too, where none is open.
    names: BTreeSet<Name>,
}

impl FilesRead {
    pub(crate) fn new(folders: &Arc<Folders>, names: BTreeSet<Name>) -> Self {
        Self { folders: Arc::clone(folders), names }
    }

    /// Whether a path begins with the name of a granted folder.
    pub(crate) fn covers(&self, path: &str) -> bool {
        self.names.contains(path.split('/').next().unwrap_or(path))
    }

    /// A whole file of at most `max` bytes.
    pub(crate) fn read(&self, path: &str, max: u64) -> Result<Bytes, Failure> {
        let place = self.folders.locate(path)?;
        let (file, size) = place.file()?;
        let too_large =
            || place.says(Code::LIMIT, &format!("is larger than read_bytes = {max}; read a range of it"));
        if size > max {
            return Err(too_large());
        }
        // The size may be another by now, or a claim: one byte more than allowed tells.
        let mut data = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        file.take(max.saturating_add(1)).read_to_end(&mut data).map_err(|error| unread(&place, &error))?;
        if data.len() as u64 > max { Err(too_large()) } else { Ok(Bytes(data)) }
    }

    /// At most `len` bytes from `offset` on; none behind the end.
    pub(crate) fn read_range(&self, path: &str, offset: u64, len: u32, max: u64) -> Result<Bytes, Failure> {
        let place = self.folders.locate(path)?;
        if u64::from(len) > max {
            let what = format!("is read in ranges of at most read_bytes = {max}, not {len}");
            return Err(place.says(Code::LIMIT, &what));
        }
        let (mut file, _) = place.file()?;
        let mut data = Vec::new();
        match file.seek(SeekFrom::Start(offset)) {
            Ok(_) => {}
            // Further than this file system's files can reach.
            Err(error) if error.kind() == ErrorKind::InvalidInput => return Ok(Bytes(data)),
            Err(error) => return Err(unread(&place, &error)),
        }
        file.take(len.into()).read_to_end(&mut data).map_err(|error| unread(&place, &error))?;
        Ok(Bytes(data))
    }

    /// What lies at a place; the granted folder itself goes by its name in the grant.
    pub(crate) fn stat(&self, path: &str) -> Result<FolderEntry, Failure> {
        let place = self.folders.locate(path)?;
        let name = String::from(place.name());
        Ok(match place.stat()? {
            Some(stat) => entry(name, &stat),
            None => FolderEntry { name, kind: FileKind::Dir, size_bytes: 0 },
        })
    }

    /// What lies in a folder, sorted by name; over `max` is a failure, never a list cut short.
    pub(crate) fn entries(&self, path: &str, max: u32) -> Result<Vec<FolderEntry>, Failure> {
        let place = self.folders.locate(path)?;
        let folder = place.folder()?;
        let mut entries = Vec::new();
        let list = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let listed = openat(&folder, c".", list, Mode::empty()).and_then(Dir::new);
        for item in listed.map_err(|errno| place.failure(errno))? {
            let item = item.map_err(|errno| place.failure(errno))?;
            let name = item.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            if entries.len() as u64 >= u64::from(max) {
                return Err(place.says(Code::LIMIT, &format!("has more than read_entries = {max} entries")));
            }
            match statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => entries.push(entry(name.to_string_lossy().into_owned(), &stat)),
                // Removed since it was listed.
                Err(Errno::NOENT) => {}
                Err(errno) => return Err(place.failure(errno)),
            }
        }
        entries.sort_by(|a: &FolderEntry, b| a.name.cmp(&b.name));
        Ok(entries)
    }
}

fn entry(name: String, stat: &Stat) -> FolderEntry {
    let (kind, size_bytes) = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => (FileKind::File, size(stat)),
        FileType::Directory => (FileKind::Dir, 0),
        _ => (FileKind::Other, 0),
    };
    FolderEntry { name, kind, size_bytes }
}

fn unread(place: &Place<'_>, error: &std::io::Error) -> Failure {
    place.failure(Errno::from_io_error(error).unwrap_or(Errno::IO))
}
