//! What happened and wasn't told yet.
//!
//! *Invariant:* a name is told when its file is likely whole: once it was renamed here, once its writer closed it, or
//! a moment after it was linked here. Many changes of one name before the next telling are one.
//! *Doesn't know:* threads, or clocks: it is given the time.
//! *Start at:* [`Pending::note`].

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, CreateKind, Event, EventKind, Flag, ModifyKind, RenameMode};

use crate::watcher::{Change, Watched};

/// How long a new name may be a file that somebody opened to write, before it counts as one that was linked here. The
/// kernel tells both in the same words; the first bytes written, or the end of writing, tell them apart.
const LINKED: Duration = Duration::from_millis(20);

/// The folders, and what is to tell of each.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) folders: Vec<Folder>,
}

/// One watched folder.
#[derive(Debug)]
pub(crate) struct Folder {
    /// As it was given, for whoever is told.
    pub(crate) path: Arc<Path>,
    /// As events name it.
    pub(crate) absolute: PathBuf,
    removals: bool,
    names: BTreeSet<OsString>,
    pub(crate) rescan: bool,
    /// New names, and until when they may be files that are being written.
    new: BTreeMap<OsString, Instant>,
    /// It isn't watched: why. What the kernel still watches may be a folder that was renamed away.
    pub(crate) unwatched: Option<String>,
    /// It is watched, but others may change it untold: its file system.
    pub(crate) remote: Option<&'static str>,
}

impl Pending {
    pub(crate) fn new(folders: impl IntoIterator<Item = Watched>) -> Self {
        let folder = |watched: Watched| Folder {
            absolute: std::path::absolute(&watched.path).unwrap_or_else(|_| watched.path.clone()),
            path: watched.path.into(),
            removals: watched.removals,
            names: BTreeSet::new(),
            // The first look: what was there before the watch began.
            rescan: true,
            new: BTreeMap::new(),
            unwatched: Some("its watch hasn't begun".to_owned()),
            remote: None,
        };
        Self { folders: folders.into_iter().map(folder).collect() }
    }

    /// Takes up what the kernel says.
    pub(crate) fn note(&mut self, event: notify::Result<Event>, now: Instant) {
        let Ok(event) = event else { return self.rescan_all() };
        if event.flag() == Some(Flag::Rescan) {
            return self.rescan_all();
        }
        let [path] = &event.paths[..] else { return };
        if let Some(folder) = self.folders.iter_mut().find(|folder| folder.absolute == *path) {
            return folder.note_itself(event.kind);
        }
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return };
        if let Some(folder) = self.folders.iter_mut().find(|folder| folder.absolute == parent) {
            folder.note(event.kind, name.to_owned(), now);
        }
    }

    /// Something was lost, and nobody knows of which folder.
    fn rescan_all(&mut self) {
        for folder in &mut self.folders {
            folder.rescan = true;
        }
    }

    /// What is to tell by now.
    pub(crate) fn take(&mut self, now: Instant) -> Vec<Change> {
        self.folders.iter_mut().filter_map(|folder| folder.take(now)).collect()
    }

    /// When a new name counts as linked, if nothing else happens.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.folders.iter().flat_map(|folder| folder.new.values()).min().copied()
    }

    /// Whether some folder needs ticks.
    pub(crate) fn needs_ticks(&self) -> bool {
        self.folders.iter().any(|folder| folder.unwatched.is_some() || folder.remote.is_some())
    }
}

impl Folder {
    /// Takes up that its watch began, or why not. What happened before is unknown.
    pub(crate) fn began(&mut self, watched: Result<(), String>, remote: Option<&'static str>) {
        self.rescan |= watched.is_ok();
        self.unwatched = watched.err();
        self.remote = remote;
    }

    /// A watch follows the folder, not its path: gone from there, it is lost.
    fn note_itself(&mut self, kind: EventKind) {
        if matches!(kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From))) {
            self.unwatched = Some("it was removed or renamed".to_owned());
            self.rescan = true;
        }
    }

    fn note(&mut self, kind: EventKind, name: OsString, now: Instant) {
        match kind {
            EventKind::Create(CreateKind::Folder)
            | EventKind::Access(AccessKind::Close(AccessMode::Write))
            | EventKind::Modify(ModifyKind::Name(RenameMode::To) | ModifyKind::Metadata(_)) => {
                self.new.remove(&name);
                self.names.insert(name);
            }
            EventKind::Create(_) => {
                self.new.insert(name, now + LINKED);
            }
            // It is being written, so its writer will close it.
            EventKind::Modify(ModifyKind::Data(_)) => {
                self.new.remove(&name);
            }
            EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From)) => {
                self.new.remove(&name);
                if self.removals {
                    self.names.insert(name);
                }
            }
            _ => {}
        }
    }

    fn take(&mut self, now: Instant) -> Option<Change> {
        let due = |until: &Instant| *until <= now;
        if self.new.values().any(due) {
            self.names.extend(self.new.iter().filter(|(_, until)| due(until)).map(|(name, _)| name.clone()));
            self.new.retain(|_, until| !due(until));
        }
        if self.names.is_empty() && !self.rescan {
            return None;
        }
        let names = std::mem::take(&mut self.names);
        let rescan = std::mem::take(&mut self.rescan);
        Some(Change { folder: Arc::clone(&self.path), names, rescan })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{DataChange, MetadataKind, RemoveKind};

    const CREATE: EventKind = EventKind::Create(CreateKind::File);
    const FOLDER: EventKind = EventKind::Create(CreateKind::Folder);
    const WRITE: EventKind = EventKind::Modify(ModifyKind::Data(DataChange::Any));
    const CLOSE: EventKind = EventKind::Access(AccessKind::Close(AccessMode::Write));
    const OPEN: EventKind = EventKind::Access(AccessKind::Open(AccessMode::Any));
    const TO: EventKind = EventKind::Modify(ModifyKind::Name(RenameMode::To));
    const FROM: EventKind = EventKind::Modify(ModifyKind::Name(RenameMode::From));
    const BOTH: EventKind = EventKind::Modify(ModifyKind::Name(RenameMode::Both));
    const CHMOD: EventKind = EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any));
    const REMOVE: EventKind = EventKind::Remove(RemoveKind::File);

    /// What is told of file `x` in a folder, at once and once new names are old.
    fn told(removals: bool, events: &[EventKind]) -> (bool, bool) {
        let mut pending = Pending::new([Watched { path: "/f".into(), removals }]);
        let now = Instant::now();
        assert!(pending.take(now)[0].rescan, "the first look");
        for kind in events {
            pending.note(Ok(Event::new(*kind).add_path("/f/x".into())), now);
            pending.note(Ok(Event::new(*kind).add_path("/other/x".into())), now);
        }
        let mut names =
            |at| pending.take(at).iter().any(|change| change.names.contains(&OsString::from("x")));
        (names(now), names(now + LINKED))
    }

    #[test]
    fn when_a_name_is_told() {
        for (events, expected) in [
            (&[CREATE][..], (false, true)),
            (&[CREATE, OPEN], (false, true)),
            (&[CREATE, OPEN, WRITE], (false, false)),
            (&[CREATE, OPEN, WRITE, WRITE, CLOSE], (true, false)),
            (&[CREATE, CLOSE], (true, false)),
            (&[WRITE, CLOSE], (true, false)),
            (&[FOLDER], (true, false)),
            (&[TO], (true, false)),
            (&[FROM, TO, BOTH], (true, false)),
            (&[BOTH], (false, false)),
            (&[OPEN], (false, false)),
            (&[CHMOD], (true, false)),
            (&[CREATE, REMOVE], (false, false)),
            (&[FROM], (false, false)),
        ] {
            assert_eq!(told(false, events), expected, "{events:?}");
        }
        for events in [&[REMOVE][..], &[FROM], &[CREATE, REMOVE]] {
            assert_eq!(told(true, events), (true, false), "{events:?}");
        }
    }

    #[test]
    fn what_may_have_been_lost_is_told_whole() {
        let now = Instant::now();
        let watched = || ["/f", "/g"].map(|path| Watched { path: path.into(), removals: true });
        let lost = || Event::new(EventKind::Other).set_flag(Flag::Rescan);
        for event in [Ok(lost()), Err(notify::Error::generic("overflow"))] {
            let mut pending = Pending::new(watched());
            pending.take(now);
            pending.note(event, now);
            assert_eq!(pending.take(now).iter().filter(|change| change.rescan).count(), 2);
            assert!(pending.take(now).is_empty());
        }
    }

    #[test]
    fn a_folder_that_goes_away_needs_ticks() {
        for kind in [EventKind::Remove(RemoveKind::Folder), FROM] {
            let mut pending = Pending::new([Watched { path: "/f".into(), removals: false }]);
            assert!(pending.needs_ticks());
            pending.folders[0].began(Ok(()), None);
            assert!(!pending.needs_ticks());
            pending.note(Ok(Event::new(CHMOD).add_path("/f".into())), Instant::now());
            assert!(!pending.needs_ticks());
            pending.note(Ok(Event::new(kind).add_path("/f".into())), Instant::now());
            assert!(pending.needs_ticks());
        }
    }
}
