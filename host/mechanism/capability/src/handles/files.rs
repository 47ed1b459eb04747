//! `files-read` and `files-write`, as a call sees them: the granted folders, and its own writes over them.
//!
//! *Invariant:* what lies in a folder is observed; what the call itself wrote is answered from the stage, in a replay as in
//! the run.
//! *Doesn't know:* how files are opened, or when a write becomes visible.
//! *Start at:* [`Handles::files_read_read`], [`Handles::files_write_write`].

use std::collections::BTreeMap;

use jaros_decision::{Code, Failure, Limits};

use super::{Handles, bounded, granted};
use crate::files_read::{Bytes, FilesRead};
use crate::files_write::FilesWrite;
use crate::words::shown;
use crate::{Capability, FileKind, FolderEntry, Observer, Stage};

/// The largest whole number that JSON is sure to keep, and larger than any file.
const OFFSET_MAX: u64 = (1 << 53) - 1;

impl Handles {
    /// `files-read.read`: a whole file of at most `limits.read_bytes`.
    /// # Errors
    /// `not-found`, `refused`, `limit`, `invalid`, `unavailable`, as the guest sees them.
    pub fn files_read_read(
        &self,
        observer: &mut Observer,
        stage: &Stage,
        limits: &Limits,
        path: &str,
    ) -> Result<Vec<u8>, Failure> {
        let files = self.files_read(observer)?;
        let path = bounded(path)?;
        let max = limits.read_bytes;
        if let Some(own) = written(files, stage, path) {
            let data = own?;
            if data.len() as u64 > max {
                let text = format!("{} is larger than read_bytes = {max}; read a range of it", shown(path));
                return Err(observer.refuse("files-read.read", &[path], Failure::new(Code::LIMIT, text)));
            }
            return Ok(data.to_vec());
        }
        let data: Bytes = observer.call("files-read.read", &[path], || files.read(path, max))?;
        Ok(data.0)
    }

    /// `files-read.read-range`: at most `len` bytes from `offset` on; none behind the end.
    /// # Errors
    /// As [`Handles::files_read_read`]; `limit` for a `len` over `limits.read_bytes`.
    pub fn files_read_read_range(
        &self,
        observer: &mut Observer,
        stage: &Stage,
        limits: &Limits,
        path: &str,
        offset: u64,
        len: u32,
    ) -> Result<Vec<u8>, Failure> {
        let files = self.files_read(observer)?;
        let path = bounded(path)?;
        if offset > OFFSET_MAX {
            return Err(Failure::new(Code::INVALID, "an offset is at most 2^53-1"));
        }
        let max = limits.read_bytes;
        if u64::from(len) <= max
            && let Some(own) = written(files, stage, path)
        {
            let data = own?;
            let from = usize::try_from(offset).unwrap_or(usize::MAX).min(data.len());
            let to = from.saturating_add(len as usize).min(data.len());
            return Ok(data[from..to].to_vec());
        }
        let read = || files.read_range(path, offset, len, max);
        let data: Bytes = observer.call("files-read.read-range", &(path, offset, len), read)?;
        Ok(data.0)
    }

    /// `files-read.stat`: what lies at a place.
    /// # Errors
    /// As [`Handles::files_read_read`].
    pub fn files_read_stat(
        &self,
        observer: &mut Observer,
        stage: &Stage,
        path: &str,
    ) -> Result<FolderEntry, Failure> {
        let files = self.files_read(observer)?;
        let path = bounded(path)?;
        if let Some(own) = written(files, stage, path) {
            return own.map(|data| file(path, data));
        }
        match observer.call("files-read.stat", &[path], || files.stat(path)) {
            // A folder that this call's own writes will make.
            Err(failure)
                if failure.code == Code::NOT_FOUND && files.covers(path) && stage.any_below(path) =>
            {
                Ok(dir(path))
            }
            answer => answer,
        }
    }

    /// `files-read.entries`: what lies in a folder, sorted by name, at most `limits.read_entries`.
    /// # Errors
    /// As [`Handles::files_read_read`].
    pub fn files_read_entries(
        &self,
        observer: &mut Observer,
        stage: &Stage,
        limits: &Limits,
        path: &str,
    ) -> Result<Vec<FolderEntry>, Failure> {
        let files = self.files_read(observer)?;
        let path = bounded(path)?;
        let max = limits.read_entries;
        let listed = observer.call("files-read.entries", &[path], || files.entries(path, max));
        if !files.covers(path) || stage.below(path).next().is_none() {
            return listed;
        }
        let entries = match listed {
            Err(failure) if failure.code == Code::NOT_FOUND && stage.any_below(path) => Vec::new(),
            listed => listed?,
        };
        let entries = with_own(entries, stage, path);
        if entries.len() as u64 > u64::from(max) {
            let text = format!("{} has more than read_entries = {max} entries", shown(path));
            return Err(observer.refuse("files-read.entries", &[path], Failure::new(Code::LIMIT, text)));
        }
        Ok(entries)
    }

    /// `files-write.write`: a whole file of at most `limits.write_bytes`, in place of one that is there.
    /// # Errors
    /// `refused`, `limit`, `invalid`, `unavailable`, as the guest sees them.
    pub fn files_write_write(
        &self,
        observer: &mut Observer,
        stage: &mut Stage,
        limits: &Limits,
        path: &str,
        data: Vec<u8>,
    ) -> Result<(), Failure> {
        const CALL: &str = "files-write.write";
        let files = self.files_write(observer)?;
        let path = bounded(path)?;
        let (arguments, max) = ((path, data.len()), limits.write_bytes);
        if data.len() as u64 > max {
            let text = format!("a file has at most {max} bytes (write_bytes), not {}", data.len());
            return Err(observer.refuse(CALL, &arguments, Failure::new(Code::LIMIT, text)));
        }
        observer.call(CALL, &arguments, || files.may_write(path))?;
        let staged = stage.has_room_for(path).and_then(|()| stage.file(path, Some(data), limits));
        staged.map_err(|failure| observer.refuse(CALL, &arguments, failure))
    }

    /// `files-write.remove`: takes a file away.
    /// # Errors
    /// `not-found` where there is none; as [`Handles::files_write_write`].
    pub fn files_write_remove(
        &self,
        observer: &mut Observer,
        stage: &mut Stage,
        limits: &Limits,
        path: &str,
    ) -> Result<(), Failure> {
        const CALL: &str = "files-write.remove";
        let files = self.files_write(observer)?;
        let path = bounded(path)?;
        match stage.staged(path) {
            Some(None) => return Err(gone(path)),
            Some(Some(_)) => {}
            None => observer.call(CALL, &[path], || files.may_remove(path))?,
        }
        stage.file(path, None, limits).map_err(|failure| observer.refuse(CALL, &[path], failure))
    }

    fn files_read(&self, observer: &Observer) -> Result<&FilesRead, Failure> {
        granted(self.files_read.as_ref(), Capability::FilesRead, observer)
    }

    fn files_write(&self, observer: &Observer) -> Result<&FilesWrite, Failure> {
        granted(self.files_write.as_ref(), Capability::FilesWrite, observer)
    }
}

/// What the call itself put at a path that it may also read.
fn written<'s>(files: &FilesRead, stage: &'s Stage, path: &str) -> Option<Result<&'s [u8], Failure>> {
    let own = stage.staged(path).filter(|_| files.covers(path))?;
    Some(own.ok_or_else(|| gone(path)))
}

fn gone(path: &str) -> Failure {
    Failure::new(Code::NOT_FOUND, format!("there is no {}", shown(path)))
}

fn name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

fn file(path: &str, data: &[u8]) -> FolderEntry {
    FolderEntry { name: name(path), kind: FileKind::File, size_bytes: data.len() as u64 }
}

fn dir(path: &str) -> FolderEntry {
    FolderEntry { name: name(path), kind: FileKind::Dir, size_bytes: 0 }
}

/// A folder's entries with the call's own writes over them.
fn with_own(entries: Vec<FolderEntry>, stage: &Stage, folder: &str) -> Vec<FolderEntry> {
    let mut entries: BTreeMap<String, FolderEntry> =
        entries.into_iter().map(|entry| (entry.name.clone(), entry)).collect();
    for (rest, data) in stage.below(folder) {
        match (rest.split_once('/'), data) {
            (Some((first, _)), Some(_)) => {
                entries.entry(first.to_owned()).or_insert_with(|| dir(first));
            }
            (None, Some(data)) => {
                entries.insert(rest.to_owned(), file(rest, data));
            }
            (None, None) => {
                entries.remove(rest);
            }
            (Some(_), None) => {}
        }
    }
    entries.into_values().collect()
}
