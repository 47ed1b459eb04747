//! Publishing and finishing: out of the work folder, in one rename each.
//!
//! *Invariant:* done again after a crash, each step finds its work done or does it, and never undoes a later one.
//! *Doesn't know:* whether what it publishes is durable on the record; the caller waits for that first.
//! *Start at:* [`FolderHold::result`].

use std::os::fd::BorrowedFd;
use std::path::Path;

use jaros_decision::JobId;
use rustix::io::Errno;

use super::{FolderHold, lock};
use crate::FabricError;
use crate::layout::{INBOX, OUTBOX, PROCESSED};
use crate::port::{Ending, Published, Staged};

impl FolderHold {
    /// Writes a file in the work folder, where nobody sees it.
    pub(super) fn prepare(&self, at: &Path, bytes: &[u8]) -> Result<(), FabricError> {
        self.known_to_count()?;
        self.root.write(at, bytes).map_err(|errno| self.fault("write", at, errno))
    }

    pub(super) fn result(&self, id: &JobId, bytes: &[u8]) -> Result<Published, FabricError> {
        let aside = self.leaf(&format!("out.{id}"));
        let to = result_path(id);
        self.prepare(&aside, bytes)?;
        match self.root.publish(&aside, &to) {
            Ok(()) => Ok(Published::New),
            Err(Errno::EXIST) if self.result_is(id, bytes) => {
                let _ = self.root.unlink(&aside);
                Ok(Published::Already)
            }
            // Its name survived a power cut and its bytes didn't; the record says what they were.
            Err(Errno::EXIST) => {
                self.root.rename(&aside, &to).map_err(|errno| self.blocked("publish", &to, errno))?;
                Ok(Published::Repaired)
            }
            Err(errno) => Err(self.fault("publish", &to, errno)),
        }
    }

    pub(super) fn result_is(&self, id: &JobId, bytes: &[u8]) -> bool {
        self.root.read(result_path(id), bytes.len() as u64).is_ok_and(|there| there == bytes)
    }

    pub(super) fn child(&self, id: &JobId, bytes: &[u8]) -> Result<Published, FabricError> {
        self.known_to_count()?;
        if lock(&self.tokens).contains_key(id) {
            return Ok(Published::Already);
        }
        let aside = self.leaf(&format!("job.{id}"));
        let name = format!("{id}.json");
        let to = format!("{INBOX}/{name}");
        self.prepare(&aside, bytes)?;
        let published = match self.root.publish(&aside, &to) {
            Ok(()) => Published::New,
            Err(Errno::EXIST) => {
                let _ = self.root.unlink(&aside);
                Published::Already
            }
            Err(errno) => return Err(self.fault("publish", &to, errno)),
        };
        lock(&self.told).names.push(name.into());
        Ok(published)
    }

    pub(super) fn end(&self, id: &JobId, ending: Ending<'_>) -> Result<(), FabricError> {
        let (_, from) = self.token(id)?;
        match ending {
            Ending::Processed => {
                let to = format!("{PROCESSED}/{id}.json");
                self.root.rename(&from, &to).map_err(|errno| match errno {
                    Errno::NOENT => self.token_fault(id, "move", &from, errno),
                    errno => self.blocked("move", &to, errno),
                })?;
                // Two hard links of one file: a rename of one over the other does nothing and says that it did.
                let _ = self.root.unlink(&from);
            }
            Ending::Failed { reason } => {
                self.to_failed(&from, &format!("{id}.json"), reason)
                    .map_err(|errno| self.token_fault(id, "move to failed/", &from, errno))?;
            }
        }
        lock(&self.tokens).remove(id);
        Ok(())
    }

    /// One file, renamed on and on: making a new one each time would cost ten times as much.
    pub(super) fn tick(&self) -> Result<(), FabricError> {
        self.known_to_count()?;
        let mut tick = lock(&self.tick);
        let from = match tick.take() {
            Some(tick) => tick,
            None => {
                let first = self.fresh_leaf("tick");
                self.prepare(&first, b"")?;
                first
            }
        };
        let to = self.fresh_leaf("tick");
        self.root.rename(&from, &to).map_err(|errno| self.fault("rename", &from, errno))?;
        *tick = Some(to);
        Ok(())
    }

    /// Renames a staged file into a folder of the operator's.
    pub(crate) fn file_into(
        &self,
        folder: BorrowedFd<'_>,
        name: &str,
        staged: &Staged,
    ) -> Result<(), FabricError> {
        self.known_to_count()?;
        let from = self.leaf(&staged.0);
        let done = self.root.rename_to(&from, folder, name);
        if done.is_err() {
            let _ = self.root.unlink(&from);
        }
        done.map_err(|errno| self.blocked("publish", name, errno))
    }

    /// Takes a file out of a folder of the operator's, by way of the work folder: a holder that was fenced has none, so it
    /// can't remove what its successor put there.
    pub(crate) fn file_out_of(&self, folder: BorrowedFd<'_>, name: &str) -> Result<(), FabricError> {
        self.known_to_count()?;
        let aside = self.fresh_leaf("gone");
        match self.root.rename_from(folder, name, &aside) {
            Ok(()) => self.root.unlink(&aside).map_err(|errno| self.fault("remove", &aside, errno)),
            // Gone already, unless it is this hold that is gone.
            Err(Errno::NOENT) => self.counts(),
            Err(errno) => Err(self.blocked("remove", name, errno)),
        }
    }

    /// As [`FolderHold::fault`], for a rename over something: over a folder it can't.
    pub(crate) fn blocked(&self, action: &'static str, to: &str, errno: Errno) -> FabricError {
        if matches!(errno, Errno::ISDIR | Errno::NOTEMPTY | Errno::EXIST) {
            FabricError::Blocked { path: self.root.path(to), by: "a folder".to_owned() }
        } else {
            self.fault(action, to, errno)
        }
    }
}

fn result_path(id: &JobId) -> String {
    format!("{OUTBOX}/{id}.json")
}
