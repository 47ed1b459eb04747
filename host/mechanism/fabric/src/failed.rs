//! The way into `failed/`: a file, and beside it `NAME.reason`, one sentence and what to do next.
//!
//! *Invariant:* the reason is there first, nothing in `failed/` is written over, and a file goes there in one rename,
//! so that it lies in exactly one place at any moment.
//! *Doesn't know:* why a job failed; it is told.
//! *Start at:* [`Rejected`].

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::hold::FolderHold;
use crate::id::random_word;
use crate::layout::FAILED;
use crate::name;
use crate::{FabricError, Unfit};

/// A file that was in the inbox and can be no job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its name as it was, quoted and escaped.
    pub name: String,
    /// What is wrong with it.
    pub why: Unfit,
    /// Where it lies now; `None`: where it lay, since it can't be moved.
    pub moved_to: Option<PathBuf>,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.why)
    }
}

/// Not this file's fault alone would be an error; these are: a right that is missing, a mount point.
pub(crate) fn immovable(errno: Errno) -> bool {
    matches!(errno, Errno::ACCESS | Errno::PERM | Errno::BUSY | Errno::XDEV)
}

impl FolderHold {
    /// Moves a file that can be no job to `failed/`. `None`: it is gone already.
    pub(crate) fn reject(
        &self,
        from: &Path,
        name: &OsStr,
        why: Unfit,
    ) -> Result<Option<Rejected>, FabricError> {
        let shown = format!("{name:?}");
        let text = format!("{shown} {why}.\n{}\n", why.next_step());
        match self.to_failed(from, &name::safe(name), &text) {
            Ok(to) => Ok(Some(Rejected { name: shown, why, moved_to: Some(self.root.path(to)) })),
            Err(Errno::NOENT) => self.counts().map(|()| None),
            Err(errno) if immovable(errno) => {
                let why = Unfit::Stuck(errno.to_string());
                Ok(Some(Rejected { name: shown, why, moved_to: None }))
            }
            Err(errno) => Err(self.fault("move to failed/", from, errno)),
        }
    }

    /// The reason first, then the file; gives the name that was free.
    pub(crate) fn to_failed(&self, from: &Path, name: &str, text: &str) -> Result<String, Errno> {
        loop {
            let to = self.free_in_failed(name);
            let reason = format!("{to}.reason");
            let aside = self.fresh_leaf("why");
            self.root.write(&aside, text.as_bytes())?;
            self.root.rename(&aside, &reason)?;
            match self.root.rename_new(from, &to) {
                Ok(()) => return Ok(to),
                // Somebody put a file of that name there between the look and the rename.
                Err(Errno::EXIST) => {}
                Err(errno) => {
                    // Into one's own folder, which a fenced holder no longer has: by now a successor may have put its own
                    // reason there.
                    if self.root.rename(&reason, &aside).is_ok() {
                        let _ = self.root.unlink(&aside);
                    }
                    return Err(errno);
                }
            }
        }
    }

    fn free_in_failed(&self, name: &str) -> String {
        let at = |name: &str| format!("{FAILED}/{name}");
        let numbered = (2..10).map(|n| name::with_word(name, &n.to_string()));
        std::iter::once(name.to_owned())
            .chain(numbered)
            .map(|name| at(&name))
            .find(|at| !self.root.exists(at))
            // So many of one name: stop counting, or thousands of them would cost millions of looks.
            .unwrap_or_else(|| at(&name::with_word(name, &random_word())))
    }
}
