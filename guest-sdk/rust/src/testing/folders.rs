//! The granted folders and what lies in them.
//!
//! *Invariant:* a path outside the grants reaches nothing, in the words of the node's own refusal.
//! *Doesn't know:* the machine's files.
//! *Start at:* [`Folders`].

use std::collections::{BTreeMap, BTreeSet};

use crate::Error;
use crate::bindings::imports::jaros::plugin::files_read::Entry;

/// Files by path, and the names of the folders that may be read and written.
#[derive(Clone, Default)]
pub(super) struct Folders {
    pub(super) files: BTreeMap<String, Vec<u8>>,
    readable: BTreeSet<String>,
    writable: BTreeSet<String>,
}

impl Folders {
    pub(super) fn add(&mut self, path: &str, contents: &[u8]) {
        self.may_read(top(path));
        self.files.insert(path.to_owned(), contents.to_owned());
    }

    pub(super) fn may_read(&mut self, folder: &str) {
        self.readable.insert(folder.to_owned());
    }

    pub(super) fn may_write(&mut self, folder: &str) {
        self.writable.insert(folder.to_owned());
    }

    pub(super) fn readable(&self) -> bool {
        !self.readable.is_empty()
    }

    pub(super) fn writable(&self) -> bool {
        !self.writable.is_empty()
    }

    pub(super) fn read(&self, path: &str) -> Result<&[u8], Error> {
        located(path, &self.readable)?;
        self.file(path)
    }

    pub(super) fn stat(&self, path: &str) -> Result<Entry, Error> {
        located(path, &self.readable)?;
        let name = path.rsplit('/').next().unwrap_or(path);
        Ok(match self.file(path) {
            Ok(data) => entry(name, Some(data.len())),
            Err(_) if self.is_folder(path) => entry(name, None),
            Err(error) => return Err(error),
        })
    }

    pub(super) fn entries(&self, path: &str) -> Result<Vec<Entry>, Error> {
        located(path, &self.readable)?;
        if !self.is_folder(path) {
            return Err(match self.file(path) {
                Ok(_) => Error::new("invalid", format!("`{path}` is no folder")),
                Err(error) => error,
            });
        }
        let below = self.files.iter().filter_map(|(at, data)| Some((within(at, path)?, data)));
        let found = below.map(|(rest, data)| match rest.split_once('/') {
            Some((folder, _)) => (folder, entry(folder, None)),
            None => (rest, entry(rest, Some(data.len()))),
        });
        Ok(found.collect::<BTreeMap<_, _>>().into_values().collect())
    }

    pub(super) fn write(&mut self, path: &str, data: &[u8]) -> Result<(), Error> {
        located(path, &self.writable)?;
        if self.is_folder(path) {
            return Err(Error::new("invalid", format!("`{path}` is a folder")));
        }
        self.files.insert(path.to_owned(), data.to_owned());
        Ok(())
    }

    pub(super) fn remove(&mut self, path: &str) -> Result<(), Error> {
        located(path, &self.writable)?;
        self.file(path)?;
        self.files.remove(path);
        Ok(())
    }

    fn file(&self, path: &str) -> Result<&[u8], Error> {
        self.files.get(path).map(Vec::as_slice).ok_or_else(|| {
            if self.is_folder(path) {
                Error::new("invalid", format!("`{path}` is a folder"))
            } else {
                Error::new("not-found", format!("there is no `{path}`"))
            }
        })
    }

    fn is_folder(&self, path: &str) -> bool {
        let granted = self.readable.contains(path) || self.writable.contains(path);
        granted || self.files.keys().any(|at| within(at, path).is_some())
    }
}

fn entry(name: &str, bytes: Option<usize>) -> Entry {
    let kind = if bytes.is_some() { "file" } else { "dir" };
    Entry { name: name.to_owned(), kind: kind.to_owned(), size_bytes: bytes.unwrap_or(0) as u64 }
}

/// The granted folder's name.
fn top(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

/// What follows the folder in the path, if it lies in it.
fn within<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    path.strip_prefix(folder)?.strip_prefix('/')
}

/// Whether the path is one, and lies in a granted folder.
fn located(path: &str, granted: &BTreeSet<String>) -> Result<(), Error> {
    let why = if path.starts_with('/') {
        Some("it begins with `/`")
    } else if path.split('/').any(str::is_empty) {
        Some("it has an empty part")
    } else if path.split('/').any(|part| part == "." || part == "..") {
        Some("it has the part `.` or `..`")
    } else {
        None
    };
    if let Some(why) = why {
        return Err(Error::new("invalid", format!("`{path}` is no path: {why}; a path is GRANT/rest")));
    }
    if granted.contains(top(path)) {
        return Ok(());
    }
    let names: Vec<String> = granted.iter().map(|name| format!("`{name}`")).collect();
    let names = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    Err(Error::new("refused", format!("there is no granted folder `{}`; granted: {names}", top(path))))
}
