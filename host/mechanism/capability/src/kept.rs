//! The node's own folders, which nothing may be written into on a guest's behalf.
//!
//! *Invariant:* a tenant's data directory that lies in another's `tenants/` keeps that other's folders too.
//! *Doesn't know:* what lies in them.
//! *Start at:* [`trees`].

use std::fs;
use std::path::{Path, PathBuf};

/// Where tenants' data directories lie.
const TENANTS: &str = "tenants";

/// Everything that a node makes in a data directory; a test of the fabric's layout holds it to this list.
pub const OWN_FOLDERS: [&str; 12] = [
    "agents",
    "artifacts",
    "claimed",
    "config",
    "evals",
    "failed",
    "inbox",
    "outbox",
    "processed",
    "schedules",
    "state",
    "tools",
];

/// One data directory.
pub(crate) struct Tree {
    root: PathBuf,
    /// A tenant's own directory below it, which is judged by itself.
    except: Option<PathBuf>,
}

/// The data directory, and the one that it is a tenant of.
pub(crate) fn trees(data_dir: &Path) -> Vec<Tree> {
    let own = fs::canonicalize(data_dir).unwrap_or_else(|_| data_dir.to_owned());
    let tenants = own.parent().filter(|parent| parent.file_name().is_some_and(|name| name == TENANTS));
    let above =
        tenants.and_then(Path::parent).map(|root| Tree { root: root.into(), except: Some(own.clone()) });
    above.into_iter().chain([Tree { root: own.clone(), except: None }]).collect()
}

impl Tree {
    pub(crate) fn folders(&self) -> impl Iterator<Item = PathBuf> {
        OWN_FOLDERS.iter().map(|name| self.root.join(name))
    }

    /// Whether a folder holds this tree, or is or lies in one of its own folders.
    pub(crate) fn holds_or_lies_in(&self, folder: &Path) -> bool {
        let Ok(folder) = fs::canonicalize(folder) else { return false };
        if self.root.starts_with(&folder) {
            return true;
        }
        if self.except.as_ref().is_some_and(|own| folder.starts_with(own) && folder != *own) {
            return false;
        }
        self.folders().chain([self.root.join(TENANTS)]).any(|own| folder.starts_with(own))
    }
}
