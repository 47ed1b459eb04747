//! The folders that one tool may write into, opened to put staged files into place.
//!
//! *Invariant:* the same walk as when the call looked: from the granted folder, part by part, through no link.
//! *Doesn't know:* what is put there; whoever stages files renames them.
//! *Start at:* [`Writable::spot`].

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use jaros_decision::Failure;

use crate::folder::Folders;

/// See the module.
#[derive(Debug)]
pub struct Writable {
    folders: Folders,
}

/// A place for a file: an open folder and a plain name in it.
#[derive(Debug)]
pub struct Spot {
    folder: OwnedFd,
    name: String,
}

impl Writable {
    pub(crate) fn new(folders: Folders) -> Self {
        Self { folders }
    }

    /// The place that a guest named, `GRANT/rest`; the folders on the way are made where they are missing.
    /// # Errors
    /// In words for the operator: the folder isn't granted any more, or something is in the way.
    pub fn spot(&self, path: &str) -> Result<Spot, Failure> {
        let place = self.folders.locate(path)?;
        place.is_free()?;
        let (folder, name) = place.make_folder()?;
        Ok(Spot { folder, name: name.to_owned() })
    }
}

impl Spot {
    /// The open folder.
    #[must_use]
    pub fn folder(&self) -> BorrowedFd<'_> {
        self.folder.as_fd()
    }

    /// The file's name in it, one plain part.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}
