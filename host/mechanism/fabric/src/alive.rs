//! Who is alive: one file a node process, locked for as long as the process lives.
//!
//! *Invariant:* `nodes/HOLDER.json` is locked before it appears under that name, and the lock ends with the process,
//! however it ends: a killed node is seen as dead at once, a live one never is, on the machine where it runs.
//! *Doesn't know:* other machines, unless their file system shares `flock` (NFS does, many don't). A live holder that
//! looks dead costs nothing but its lease: it is fenced.
//! *Start at:* [`Alive`], [`LiveNode`].

use std::fs::File;
use std::process;
use std::time::{SystemTime, UNIX_EPOCH};

use jaros_decision::{Epoch, Millis, Name};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use crate::IoFailure;
use crate::layout::{EXECUTOR, NODES};
use crate::name::Lease;
use crate::root::Root;

/// The node that holds a folder's lease and lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveNode {
    /// Its name.
    pub node: Name,
    /// Its process on this machine.
    pub pid: u32,
    /// When it took over, by its own clock.
    pub started: Millis,
    /// Its epoch.
    pub epoch: Epoch,
}

/// What a node's file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NodeFile {
    pub(crate) node: Name,
    pub(crate) pid: u32,
    pub(crate) started_ms: Millis,
}

/// This process's own file. Dropping it ends the lock; the file is left for a successor to remove.
#[derive(Debug)]
pub(crate) struct Alive {
    /// Held open for its lock alone.
    _file: File,
    at: String,
}

fn at(holder: &str) -> String {
    format!("{NODES}/{holder}.json")
}

impl Alive {
    /// Locked under a name that nobody looks at, then renamed: nobody can see it unlocked.
    pub(crate) fn announce(root: &Root, node: &Name, holder: &str) -> Result<Self, IoFailure> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let started_ms = Millis(u64::try_from(now).unwrap_or(u64::MAX));
        let body = NodeFile { node: node.clone(), pid: process::id(), started_ms };
        let text = serde_json::to_vec(&body).expect("a node's file is plain JSON");
        let aside = format!("{NODES}/.{holder}.tmp");
        let at = at(holder);
        let made = root.write_new(&aside, &text).and_then(|file| {
            flock(&file, FlockOperation::NonBlockingLockExclusive)?;
            root.rename(&aside, &at).map(|()| file)
        });
        match made {
            Ok(file) => Ok(Self { _file: file, at }),
            Err(errno) => {
                let _ = root.unlink(&aside);
                Err(root.failure("make and lock", &at, errno))
            }
        }
    }

    /// Takes the file away, then the lock.
    pub(crate) fn withdraw(self, root: &Root) {
        let _ = root.unlink(&self.at);
    }
}

/// The file of a holder that lives; `None` for one that is dead or gone.
///
/// Tried with a *shared* lock, so that two who ask at once don't take each other for the holder.
pub(crate) fn probe(root: &Root, holder: &str) -> Result<Option<NodeFile>, IoFailure> {
    let at = at(holder);
    let fail = |errno| root.failure("ask the lock of", &at, errno);
    let file = match root.open_file(&at) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Ok(None),
        Err(errno) => return Err(fail(errno)),
    };
    match flock(&file, FlockOperation::NonBlockingLockShared) {
        Ok(()) => Ok(None),
        Err(Errno::WOULDBLOCK) => {
            let text = root.read(&at, 4096).map_err(fail)?;
            serde_json::from_slice(&text).map(Some).map_err(|_| fail(Errno::BADMSG))
        }
        Err(errno) => Err(fail(errno)),
    }
}

/// Removes the files of the dead.
pub(crate) fn bury(root: &Root) {
    for name in root.list(NODES).unwrap_or_default() {
        let holder = name.to_str().and_then(|name| name.strip_suffix(".json"));
        if let Some(holder) = holder.filter(|holder| matches!(probe(root, holder), Ok(None))) {
            let _ = root.unlink(at(holder));
        }
    }
}

/// The lease as it is named now. While it is renamed, a listing may miss it: so a few looks, before it counts as lost.
pub(crate) fn lease(root: &Root) -> Result<Option<Lease>, IoFailure> {
    for _ in 0..16 {
        let names = root.list(EXECUTOR).map_err(|errno| root.failure("list", EXECUTOR, errno))?;
        // Two of them come from a copy that was made while a node took over; everybody goes by the highest.
        if let Some(lease) = names.iter().filter_map(|name| Lease::read(name)).max() {
            return Ok(Some(lease));
        }
        std::thread::yield_now();
    }
    Ok(None)
}

pub(crate) fn live_node(root: &Root) -> Result<Option<LiveNode>, IoFailure> {
    let Some(Lease { epoch, holder: Some(holder) }) = lease(root)? else { return Ok(None) };
    Ok(probe(root, &holder)?.map(|file| LiveNode {
        node: file.node,
        pid: file.pid,
        started: file.started_ms,
        epoch,
    }))
}
