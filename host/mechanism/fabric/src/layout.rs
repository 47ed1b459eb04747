//! Where everything lies: one folder a concern.
//!
//! *Invariant:* the tree is complete once [`Layout::create`] returned, however often and by whomever it is called at
//! once; the lease file comes into being with `state/executor/` in one rename, and is only ever renamed afterwards.
//! *Doesn't know:* what is in the folders.
//! *Start at:* [`Layout`].

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use jaros_decision::Name;
use rustix::io::Errno;

use crate::id::random_word;
use crate::name::Lease;
use crate::root::{PRIVATE, Root};
use crate::{IoFailure, LiveNode, alive};

pub(crate) const INBOX: &str = "inbox";
pub(crate) const PROCESSED: &str = "processed";
pub(crate) const FAILED: &str = "failed";
pub(crate) const OUTBOX: &str = "outbox";
pub(crate) const ARTIFACTS: &str = "artifacts";
pub(crate) const STATE: &str = "state";
pub(crate) const ASIDE: &str = "state/aside";
pub(crate) const EXECUTOR: &str = "state/executor";
pub(crate) const LEDGER: &str = "state/ledger";
pub(crate) const NODES: &str = "state/nodes";
pub(crate) const CONTROL: &str = "state/control";

/// Everybody's folders, made as the umask says.
const SHARED: [&str; 10] =
    [INBOX, "claimed", PROCESSED, FAILED, OUTBOX, ARTIFACTS, "agents", "tools", "schedules", "evals"];
/// The node's own, for its account only; `state/executor/` is made last, prepared aside.
const OWN: [&str; 9] =
    [STATE, ASIDE, LEDGER, NODES, CONTROL, "state/content", "state/ready", "state/compiled", "state/keys"];

/// The paths of one tenant's folder. The root tenant's is the data directory itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
}

macro_rules! paths {
    ($($(#[$doc:meta])* $name:ident = $path:expr;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self) -> PathBuf {
            self.root.join($path)
        }
    )*};
}

impl Layout {
    /// Names the paths below `root`; makes nothing.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The layout of a tenant below this one: `tenants/NAME/`.
    #[must_use]
    pub fn tenant(&self, name: &Name) -> Self {
        Self::new(self.root.join("tenants").join(name.as_str()))
    }

    /// The folder that holds the others.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    paths! {
        /// Jobs that wait: `ID.json`.
        inbox = INBOX;
        /// Jobs that other nodes' workers hold.
        claimed = "claimed";
        /// Jobs that are done, as they were submitted.
        processed = PROCESSED;
        /// Jobs that failed and files that could be no job, each with a `.reason`.
        failed = FAILED;
        /// Results: `ID.json`.
        outbox = OUTBOX;
        /// Files that agents made.
        artifacts = ARTIFACTS;
        /// Components that reason.
        agents = "agents";
        /// Components that act.
        tools = "tools";
        /// What to submit when.
        schedules = "schedules";
        /// Checks of agents.
        evals = "evals";
        /// The operator's settings.
        config = "config";
        /// What a node says of itself, for people; written whole, by rename.
        status = "status.json";
        /// The node's own; nothing in it is edited by hand.
        state = STATE;
        /// Files on their way into a folder.
        aside = ASIDE;
        /// The hash-chained record, in segments.
        ledger = LEDGER;
        /// Bytes by digest.
        content = "state/content";
        /// The lease, and the work folders of whoever holds or held it.
        executor = EXECUTOR;
        /// Jobs that other nodes reasoned about, with their plans.
        ready = "state/ready";
        /// One locked file for each node that runs.
        nodes = NODES;
        /// What operators ask of a running node, and its replies.
        control = CONTROL;
        /// Compiled components. Executable code: only the node's account may write here.
        compiled = "state/compiled";
        /// Signing keys.
        keys = "state/keys";
    }

    /// Makes what is missing of the tree. Does nothing to what is there.
    /// # Errors
    /// What couldn't be made, and why.
    pub fn create(&self) -> Result<(), IoFailure> {
        let make = |path: &Path, mode: u32| {
            DirBuilder::new().recursive(true).mode(mode).create(path).map_err(|source| IoFailure {
                action: "make the folder",
                path: path.to_owned(),
                source,
            })
        };
        make(&self.root, 0o777)?;
        for folder in SHARED {
            make(&self.root.join(folder), 0o777)?;
        }
        make(&self.config(), 0o777)?;
        for folder in OWN {
            make(&self.root.join(folder), 0o700)?;
        }
        let root = Root::open(&self.root)?;
        if root.stat_folder(EXECUTOR).is_ok() { Ok(()) } else { make_executor(&root) }
    }

    /// The node that runs here, as far as this machine can tell. Disturbs nobody.
    /// # Errors
    /// The folder can't be read. A folder without a layout is no error: nothing runs there.
    pub fn live_node(&self) -> Result<Option<LiveNode>, IoFailure> {
        if !self.executor().is_dir() {
            return Ok(None);
        }
        alive::live_node(&Root::open(&self.root)?)
    }

    /// Makes everything that was written below this root survive a power cut (`syncfs`).
    /// # Errors
    /// The disk's answer. A failed sync is never repeated: what was written before is in doubt.
    pub fn sync(&self) -> Result<(), IoFailure> {
        let root = Root::open(&self.root)?;
        root.sync_all().map_err(|errno| root.failure("sync", "", errno))
    }
}

/// Two that make it at once: the second finds a folder that isn't empty in its way, and has nothing left to do.
fn make_executor(root: &Root) -> Result<(), IoFailure> {
    let aside = format!("{STATE}/.executor-{}", random_word());
    let fail = |errno| root.failure("make the folder", EXECUTOR, errno);
    root.make_folder(&aside, PRIVATE).map_err(fail)?;
    let lease = format!("{aside}/{}", Lease::FIRST);
    root.write(&lease, b"").map_err(fail)?;
    match root.rename(&aside, EXECUTOR) {
        Ok(()) => root.sync_folder(STATE).map_err(fail),
        Err(errno) => {
            let _ = root.unlink(&lease);
            let _ = root.remove_folder(&aside);
            if matches!(errno, Errno::NOTEMPTY | Errno::EXIST) { Ok(()) } else { Err(fail(errno)) }
        }
    }
}
