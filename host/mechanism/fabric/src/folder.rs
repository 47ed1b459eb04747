//! [`Fabric`] on a plain folder of a local file system.
//!
//! *Invariant:* nothing but renames, links and removals of names; no server, no database, and no clock decides anything.
//! *Doesn't know:* network file systems. The steps are made for them too, but neither `flock` nor the answer to a retried
//! rename has been proved there.
//! *Start at:* [`Folder::open`].

use std::sync::Arc;
use std::time::Duration;

use jaros_decision::{JobId, Name};
use rustix::io::Errno;

use crate::hold::{FolderHold, Terms};
use crate::id::random_word;
use crate::layout::{ASIDE, INBOX};
use crate::port::{Fabric, Hold};
use crate::root::Root;
use crate::{IoFailure, Layout, SubmitError, TakeOverError, alive, takeover, tidy};

/// How long a half-written file must be still before it is taken for all there is.
const QUIET: Duration = Duration::from_millis(500);

/// One tenant's folder.
#[derive(Debug)]
pub struct Folder {
    layout: Layout,
    root: Root,
    terms: Terms,
}

impl Folder {
    /// Opens a folder, whose tree it makes where it is missing.
    ///
    /// `job_bytes` is the limit of that name: larger files are refused, and moved to `failed/` where others left them.
    /// # Errors
    /// The tree can't be made.
    pub fn open(layout: Layout, job_bytes: u64) -> Result<Self, IoFailure> {
        layout.create()?;
        let root = Root::open(layout.root())?;
        Ok(Self { layout, root, terms: Terms { job_bytes, quiet: QUIET } })
    }

    /// The same with another time that a half-written file must be still (500 ms) before it is taken as it is.
    #[must_use]
    pub fn with_quiet(mut self, quiet: Duration) -> Self {
        self.terms.quiet = quiet;
        self
    }

    /// Its paths.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// [`Fabric::take_over`], with the type known.
    /// # Errors
    /// As there.
    pub fn hold(&self, node: &Name) -> Result<FolderHold, TakeOverError> {
        let root = Root::open(self.layout.root())?;
        self.hold_by(root, node, &|holder| alive::probe(&self.root, holder))
    }

    /// Takes over by anybody's judgement of who lives: a wrong one costs the holder its lease and nothing else.
    pub(crate) fn hold_by(
        &self,
        root: Root,
        node: &Name,
        judge: takeover::Judge<'_>,
    ) -> Result<FolderHold, TakeOverError> {
        let taken = takeover::take_over(&root, node, judge)?;
        tidy::tidy(&root);
        let tokens = takeover::tokens(&root, &taken.work)?;
        Ok(FolderHold::new(root, taken, tokens, self.terms))
    }
}

impl Fabric for Folder {
    fn submit(&self, id: &JobId, bytes: &[u8]) -> Result<(), SubmitError> {
        let limit = self.terms.job_bytes;
        if bytes.len() as u64 > limit {
            return Err(SubmitError::TooBig { id: id.clone(), bytes: bytes.len() as u64, limit });
        }
        let aside = format!("{ASIDE}/{id}.{}", random_word());
        let to = format!("{INBOX}/{id}.json");
        let done = self.root.write_new(&aside, bytes).and_then(|_| self.root.publish(&aside, &to));
        done.map_err(|errno| {
            let _ = self.root.unlink(&aside);
            if errno == Errno::EXIST && self.root.exists(&to) {
                SubmitError::Exists(id.clone())
            } else {
                self.root.failure("submit", &to, errno).into()
            }
        })
    }

    fn take_over(&self, node: &Name) -> Result<Arc<dyn Hold>, TakeOverError> {
        Ok(Arc::new(self.hold(node)?))
    }
}
