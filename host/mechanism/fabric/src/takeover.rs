//! Taking the lease: one's own work folder first, then the lease's rename, then every older work folder emptied and
//! removed.
//!
//! *Invariant:* when [`take_over`] returns, no handle or path of a former holder can make, rename or link anything out
//! of its work folder, and each token lies in exactly one place. *Emptying and removing* is the fence: a folder that is
//! only renamed stays writable through handles that were opened before.
//! *Doesn't know:* the ledger, which is read to its end and sealed only after this.
//! *Start at:* [`take_over`].

use std::path::Path;

use jaros_decision::{Epoch, Name};
use rustix::fs::FileType;
use rustix::io::Errno;

use crate::alive::{Alive, NodeFile};
use crate::id::random_word;
use crate::layout::{ARTIFACTS, EXECUTOR, FAILED, INBOX, LEDGER, OUTBOX, PROCESSED, STATE};
use crate::name::{self, Lease};
use crate::port::Token;
use crate::root::{PRIVATE, Root};
use crate::{IoFailure, TakeOverError, alive};

/// How often the lease may slip away to others before this gives up.
const TRIES: usize = 16;

/// The lease, freshly taken.
#[derive(Debug)]
pub(crate) struct Taken {
    /// The lease's name now; it holds the epoch.
    pub(crate) lease: Lease,
    /// The work folder, relative to the root.
    pub(crate) work: String,
    pub(crate) alive: Alive,
}

/// Says whether a lease's holder lives, and who that is.
pub(crate) type Judge<'a> = &'a dyn Fn(&str) -> Result<Option<NodeFile>, IoFailure>;

/// Steps 1 to 3 of a takeover.
pub(crate) fn take_over(root: &Root, node: &Name, judge: Judge<'_>) -> Result<Taken, TakeOverError> {
    one_file_system(root)?;
    // A random part, so that a node that comes back never finds its own former folder.
    let holder = format!("{node}-{}", random_word());
    let alive = Alive::announce(root, node, &holder)?;
    for _ in 0..TRIES {
        match attempt(root, &holder, judge) {
            Ok(Some((lease, work))) => {
                alive::bury(root);
                return Ok(Taken { lease, work, alive });
            }
            Ok(None) => {}
            Err(error) => {
                alive.withdraw(root);
                return Err(error);
            }
        }
    }
    alive.withdraw(root);
    Err(TakeOverError::Contended)
}

/// `None`: somebody else was faster, look again.
fn attempt(root: &Root, holder: &str, judge: Judge<'_>) -> Result<Option<(Lease, String)>, TakeOverError> {
    let found = alive::lease(root)?.ok_or_else(|| TakeOverError::NoLease(root.path(EXECUTOR)))?;
    if let Some(live) = found.holder.as_deref().map(judge).transpose()?.flatten() {
        return Err(TakeOverError::Held { node: live.node, pid: live.pid });
    }
    let epoch = next_epoch(root, found.epoch)?;
    let work = format!("{EXECUTOR}/{}", name::work(epoch, holder));
    // Before the lease's rename: a holder without a work folder would look fenced to itself.
    root.make_folder(&work, PRIVATE).map_err(|errno| root.failure("make the folder", &work, errno))?;
    let lease = Lease { epoch, holder: Some(holder.to_owned()) };
    let old = format!("{EXECUTOR}/{found}");
    match root.rename(&old, format!("{EXECUTOR}/{lease}")) {
        Ok(()) => {}
        Err(errno) => {
            let _ = root.remove_folder(&work);
            return if errno == Errno::NOENT {
                Ok(None)
            } else {
                Err(root.failure("rename", &old, errno).into())
            };
        }
    }
    if fence(root, epoch, &work)? { Ok(Some((lease, work))) } else { Ok(None) }
}

/// 1 + the highest of the lease, all work folders, all segments: a power cut may have lost any one of them.
fn next_epoch(root: &Root, lease: Epoch) -> Result<Epoch, IoFailure> {
    let list = |at| root.list(at).map_err(|errno| root.failure("list", at, errno));
    let works = list(EXECUTOR)?;
    let segments = list(LEDGER)?;
    let works = works.iter().filter_map(|name| name::work_epoch(name));
    let segments = segments.iter().filter_map(|name| name::segment_epoch(name));
    Ok(works.chain(segments).max().unwrap_or_default().max(lease).next())
}

/// Removes every work folder of a lower epoch, tokens saved; `false` if a still newer holder removed our own meanwhile.
fn fence(root: &Root, epoch: Epoch, work: &str) -> Result<bool, IoFailure> {
    loop {
        let names = root.list(EXECUTOR).map_err(|errno| root.failure("list", EXECUTOR, errno))?;
        let below: Vec<_> =
            names.iter().filter(|name| name::work_epoch(name).is_some_and(|e| e < epoch)).collect();
        if below.is_empty() {
            root.sync_folder(EXECUTOR).map_err(|errno| root.failure("sync", EXECUTOR, errno))?;
            return Ok(root.exists(work));
        }
        for name in below {
            let old = Path::new(EXECUTOR).join(name);
            if !drain(root, &old, work)? {
                return Ok(false);
            }
            match root.remove_folder(&old) {
                // A former holder that isn't dead may have put something in since: then empty it once more.
                Ok(()) | Err(Errno::NOENT | Errno::NOTEMPTY | Errno::EXIST) => {}
                Err(errno) => return Err(root.failure("remove", &old, errno)),
            }
        }
    }
}

/// Takes the tokens out of an old work folder and throws away the rest. `false` if our own folder is gone.
fn drain(root: &Root, old: &Path, work: &str) -> Result<bool, IoFailure> {
    let names = match root.list(old) {
        Err(Errno::NOENT) => return Ok(true),
        names => names.map_err(|errno| root.failure("list", old, errno))?,
    };
    for name in names {
        let leaf = old.join(&name);
        let done = if Token::read(&name).is_some() {
            root.rename(&leaf, Path::new(work).join(&name))
        } else {
            remove(root, &leaf)
        };
        match done {
            Ok(()) => {}
            // Either the leaf is gone (its owner, or another that fences, was faster), or we are.
            Err(Errno::NOENT) if root.exists(work) => {}
            Err(Errno::NOENT) => return Ok(false),
            Err(errno) => return Err(root.failure("move", &leaf, errno)),
        }
    }
    Ok(true)
}

/// Removes a leaf; a folder too, though only hands from outside put one there.
pub(crate) fn remove(root: &Root, leaf: &Path) -> Result<(), Errno> {
    let folder = FileType::from_raw_mode(root.stat(leaf)?.st_mode) == FileType::Directory;
    if !folder {
        return root.unlink(leaf);
    }
    root.step()?;
    std::fs::remove_dir_all(root.path(leaf))
        .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))
}

/// Steps are renames between these folders, so they must lie on one file system; better told at the start than at the
/// first job.
fn one_file_system(root: &Root) -> Result<(), TakeOverError> {
    let device = |at: &str| {
        root.stat_folder(at).map(|stat| stat.st_dev).map_err(|errno| root.failure("look at", at, errno))
    };
    let state = device(STATE)?;
    for folder in [INBOX, PROCESSED, FAILED, OUTBOX, ARTIFACTS, EXECUTOR, LEDGER] {
        if device(folder)? != state {
            return Err(TakeOverError::OtherFileSystem(root.path(folder)));
        }
    }
    Ok(())
}

/// The tokens in a work folder.
pub(crate) fn tokens(root: &Root, work: &str) -> Result<Vec<Token>, TakeOverError> {
    let names = root.list(work).map_err(|errno| match errno {
        Errno::NOENT => TakeOverError::Contended,
        errno => root.failure("list", work, errno).into(),
    })?;
    Ok(names.iter().filter_map(|name| Token::read(name)).collect())
}
