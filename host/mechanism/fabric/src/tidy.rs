//! What killed commands left behind: files on their way somewhere, replies that nobody fetched.
//!
//! *Invariant:* only what nothing refers to is removed, so it may as well stay; that is why file times are good enough
//! here, and nowhere else.
//! *Doesn't know:* tokens, leases, work folders.
//! *Start at:* [`tidy`].

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::layout::{ASIDE, CONTROL, NODES};
use crate::root::Root;

/// Far longer than anybody takes to rename a file or to fetch a reply.
const SECONDS: u64 = 3600;

/// Removes what is over an hour old.
pub(crate) fn tidy(root: &Root) {
    sweep(root, ASIDE, |_| true);
    sweep(root, CONTROL, |name| name.as_bytes().ends_with(b".reply"));
    sweep(root, NODES, |name| name.as_bytes().ends_with(b".tmp"));
}

fn sweep(root: &Root, folder: &str, which: impl Fn(&OsStr) -> bool) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    for name in root.list(folder).unwrap_or_default() {
        let at = Path::new(folder).join(&name);
        let modified = root.stat(&at).ok().and_then(|stat| u64::try_from(stat.st_mtime).ok());
        if which(&name) && modified.is_some_and(|modified| modified.saturating_add(SECONDS) < now) {
            let _ = root.unlink(&at);
        }
    }
}
