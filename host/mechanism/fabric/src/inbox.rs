//! What waits in the inbox, as far as this node knows.
//!
//! *Invariant:* names come out in their order, each once; a listing is read only when nothing is known or somebody
//! said that something changed, so that a claim costs the same whether ten files wait or a hundred thousand.
//! *Doesn't know:* whether the files are still there.
//! *Start at:* [`Inbox`].

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::mem;
use std::ops::Bound;
use std::os::unix::ffi::OsStrExt;
use std::time::Instant;

use jaros_decision::JobId;

use crate::name::{InboxName, unfinished};
use crate::port::Token;

/// The names that wait, and what was taken but isn't a job yet.
#[derive(Debug)]
pub(crate) struct Inbox {
    names: BTreeSet<OsString>,
    /// Names that can't be moved. Skipped until somebody touches them or asks for a new listing.
    stuck: BTreeSet<OsString>,
    stale: bool,
    /// Taken, but half written or unreadable just now.
    pub(crate) young: Vec<Young>,
}

/// A file that was taken while somebody was writing it. The writer's handle still works after the rename.
#[derive(Debug)]
pub(crate) struct Young {
    pub(crate) token: Token,
    /// Its length at the last look.
    pub(crate) bytes: Option<usize>,
    /// Since when it hasn't changed.
    pub(crate) since: Instant,
}

/// What others said about the inbox since the last claim; apart from [`Inbox`], so that telling never waits for a claim.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) names: Vec<OsString>,
    pub(crate) rescan: bool,
}

impl Default for Inbox {
    fn default() -> Self {
        Self { names: BTreeSet::new(), stuck: BTreeSet::new(), stale: true, young: Vec::new() }
    }
}

impl Inbox {
    pub(crate) fn hear(&mut self, told: &mut Told) {
        if mem::take(&mut told.rescan) {
            self.stuck.clear();
            self.stale = true;
        }
        for name in told.names.drain(..) {
            self.stuck.remove(&name);
            if may_wait(&name) {
                self.names.insert(name);
            }
        }
    }

    /// Whether only a look at the folder can tell what waits.
    pub(crate) fn wants_listing(&self) -> bool {
        self.stale || self.names.is_empty()
    }

    pub(crate) fn listed(&mut self, names: Vec<OsString>) {
        self.stale = false;
        let fresh = names.into_iter().filter(|name| may_wait(name) && !self.stuck.contains(name));
        // Collected first: a set is built from many names at once far faster than name by name.
        let mut fresh: BTreeSet<OsString> = fresh.collect();
        self.names.append(&mut fresh);
    }

    pub(crate) fn next(&mut self) -> Option<OsString> {
        self.names.pop_first()
    }

    pub(crate) fn put_back(&mut self, name: OsString) {
        self.names.insert(name);
    }

    pub(crate) fn stick(&mut self, name: OsString) {
        self.stuck.insert(name);
    }

    /// The name under which a job waits: `ID.json`, unless one with an attempt is known.
    pub(crate) fn name_of(&mut self, id: &JobId) -> OsString {
        let from = OsString::from(format!("{id}."));
        let range = (Bound::Included(from.as_os_str()), Bound::Unbounded);
        let known = self.names.range::<OsStr, _>(range).next().cloned();
        let known =
            known.filter(|name| matches!(InboxName::read(name), InboxName::Job(other, _) if other == *id));
        let name = known.unwrap_or_else(|| OsString::from(format!("{id}.json")));
        self.names.remove(&name);
        name
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// Whether a name is worth a claim. Names come from a listing or a watcher; one that isn't a single part of a path would
/// lead out of the inbox.
fn may_wait(name: &OsStr) -> bool {
    !name.is_empty() && !name.as_bytes().contains(&b'/') && !unfinished(name)
}
