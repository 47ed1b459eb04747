//! `files-write`: writing inside the folders that the operator granted.
//!
//! *Invariant:* a call only looks whether a place can be written; what it writes is staged. A place is reached as in
//! `files-read`, part by part and never through a link, when it is looked at and again when it is written.
//! *Doesn't know:* phases, the record; [`Handles`](crate::Handles) does. When something becomes visible.
//! *Start at:* [`FilesWrite`], [`Place::make_folder`](crate::folder::Place::make_folder).

use std::sync::Arc;

use jaros_decision::Failure;

use crate::folder::Folders;

/// The live handle.
#[derive(Clone, Debug)]
pub(crate) struct FilesWrite {
    folders: Arc<Folders>,
}

impl FilesWrite {
    pub(crate) fn new(folders: Arc<Folders>) -> Self {
        Self { folders }
    }

    /// Whether a file can be written here: nothing is in the way, neither at its place nor on the way there. Folders that
    /// are missing will be made.
    pub(crate) fn may_write(&self, path: &str) -> Result<(), Failure> {
        self.folders.locate(path)?.is_free()
    }

    /// Whether there is a file here to remove.
    pub(crate) fn may_remove(&self, path: &str) -> Result<(), Failure> {
        self.folders.locate(path)?.is_file()
    }
}
