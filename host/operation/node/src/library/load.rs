//! From a file to a component that can serve, or the reason why not.
//!
//! *Invariant:* nothing here changes what is in service; it ends in a [`Loaded`] that the library commits.
//! *Doesn't know:* the ledger.
//! *Start at:* [`Library::scan`](super::Library::scan).

use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use jaros_agents::Agent;
use jaros_capability::{Grant, Role};
use jaros_decision::{Code, Digest, Failure, Limits, Name, Profile};
use jaros_engine::{Access, Engine, Load, LoadError, NoLog};
use jaros_executor::BUILT_INS;
use jaros_tools::Tool;
use rustix::fs::OFlags;

use super::Library;
use super::shelf::Stamp;
use super::versions::{Growth, Slot};
use crate::tenant::InForce;

/// A component that can serve.
#[derive(Clone)]
pub(crate) enum Component {
    Agent(Arc<Agent>),
    Tool(Arc<Tool>),
    /// The file is gone, or may no longer serve.
    Gone,
}

impl Component {
    /// What it says about itself.
    pub(crate) fn profile(&self) -> Option<&Profile> {
        match self {
            Self::Agent(agent) => Some(agent.profile()),
            Self::Tool(tool) => Some(tool.profile()),
            Self::Gone => None,
        }
    }

    /// What it imports.
    pub(crate) fn imports(&self) -> &[String] {
        match self {
            Self::Agent(agent) => agent.imports(),
            Self::Tool(tool) => tool.imports(),
            Self::Gone => &[],
        }
    }
}

/// What became of one file.
pub(crate) struct Loaded {
    pub(crate) slot: Slot,
    pub(crate) digest: Option<Digest>,
    pub(crate) grant: Grant,
    /// The limits that bounded its loading.
    pub(crate) bounds: Limits,
    pub(crate) outcome: Result<Component, Failure>,
    /// Where only what it asks for in addition keeps it out; `outcome` says so too.
    pub(crate) held: Option<Held>,
    /// To be kept, so that a replay runs what ran then.
    pub(crate) bytes: Option<Vec<u8>>,
}

/// A version that waits for an operator.
pub(crate) struct Held {
    pub(crate) growth: Growth,
    pub(crate) imports: Vec<String>,
}

impl Held {
    fn failure(&self) -> Failure {
        Failure::new(Code::HELD, format!("{}; it is held until an operator agrees", self.growth))
    }
}

/// What became of an attempt to load a file.
pub(crate) enum Loading {
    /// The version of the file, and before it what becomes of the one that serves, where that changes too.
    Loaded(Vec<Loaded>),
    /// It is what serves, or was refused, already.
    Known,
    /// It looks half written.
    Unfinished,
    /// The machine failed: nothing is known of the file, and nothing goes on the record.
    Postponed(Box<Loaded>),
}

/// A file that may have to be loaded.
pub(crate) struct Candidate {
    pub(crate) slot: Slot,
    pub(crate) path: std::path::PathBuf,
    /// How often the machine failed to load it.
    pub(crate) postponed: u32,
}

/// What a scan found.
#[derive(Default)]
pub(crate) struct Found {
    /// To be loaded, smallest first.
    pub(crate) candidates: Vec<Candidate>,
    /// Places whose file is gone.
    pub(crate) gone: Vec<Loaded>,
}

impl Library {
    /// Compares the folders with what is known, and marks what is new as loading.
    pub(crate) fn scan(&self, agents: &Path, tools: &Path) -> Found {
        let mut present = std::collections::BTreeMap::new();
        let mut misnamed = std::collections::BTreeMap::new();
        for (role, folder) in [(Role::Agent, agents), (Role::Tool, tools)] {
            list(role, folder, &mut present, &mut misnamed);
        }
        let in_force = self.in_force();
        let mut shelf = self.shelf();
        shelf.misnamed = misnamed;
        let mut found = Found::default();
        for slot in shelf.slots() {
            if !present.contains_key(&slot) && shelf.get(&slot).is_none_or(|status| !status.loading) {
                found.gone.push(gone(slot, &in_force));
            }
        }
        let mut fresh: Vec<(u64, Candidate)> = Vec::new();
        for (slot, (path, stamp)) in present {
            let status = shelf.entry(&slot);
            if !status.loading && status.stamp != Some(stamp) {
                (status.loading, status.stamp) = (true, Some(stamp));
                fresh.push((stamp.bytes, Candidate { slot, path, postponed: 0 }));
            }
        }
        fresh.sort_by_key(|(bytes, _)| *bytes);
        found.candidates = fresh.into_iter().map(|(_, candidate)| candidate).collect();
        drop(shelf);
        self.tell();
        found
    }

    /// Reads and loads one file. Works long; call it on a thread that may.
    pub(crate) fn load(&self, candidate: &Candidate) -> Loading {
        let in_force = self.in_force();
        let slot = &candidate.slot;
        let grant = grant(slot, &in_force);
        let limits = in_force.setting.limits_for(slot.role, slot.name.as_str());
        let mut loaded = Loaded {
            slot: slot.clone(),
            digest: None,
            grant: grant.clone(),
            bounds: limits.of_loading(),
            outcome: Ok(Component::Gone),
            held: None,
            bytes: None,
        };
        let bytes = match read_component(&candidate.path, limits) {
            Ok(bytes) => bytes,
            Err(failure) => {
                loaded.outcome = Err(failure);
                return self.with_what_serves(loaded);
            }
        };
        let digest = Digest::of(&bytes);
        loaded.digest = Some(digest);
        if self.is_settled(slot, digest, &grant, &loaded.bounds) {
            return Loading::Known;
        }
        loaded.held = self.held(slot, digest, &bytes, &grant, limits);
        let outcome = match &loaded.held {
            Some(held) => Err(held.failure().into()),
            None => load_component(&self.engine, slot, &bytes, &grant, limits),
        };
        let postponed = matches!(outcome, Err(LoadError::Engine(_)));
        loaded.outcome = outcome.map_err(failure);
        if postponed {
            return Loading::Postponed(Box::new(loaded));
        }
        if loaded.outcome.is_ok() {
            loaded.bytes = Some(bytes);
        } else if fresh(&candidate.path) && looks_unfinished(&loaded.outcome) {
            return Loading::Unfinished;
        }
        self.with_what_serves(loaded)
    }

    /// Whether these bytes ask for more than the version before and nobody agreed to that. Decided on the bytes: nothing of a
    /// held version is compiled or run.
    fn held(
        &self,
        slot: &Slot,
        digest: Digest,
        bytes: &[u8],
        grant: &Grant,
        limits: &Limits,
    ) -> Option<Held> {
        // Whoever pins these bytes has agreed to them, as whoever approves them.
        if grant.names_version(digest) || !self.shelf().versions().get(slot)?.could_grow(digest) {
            return None;
        }
        // What is unfit or asks for what it wasn't granted is refused by the load that follows, with its own reason.
        let (_, audit) = self.engine.admit(bytes, grant, limits).ok()?;
        let growth = self.shelf().versions().get(slot)?.growth(digest, &audit.imports)?;
        Some(Held { growth, imports: audit.imports })
    }

    /// What was loaded; and if it can't serve, first what becomes of the version that does. A grant that was taken away takes
    /// that one out of service too, though its bytes no longer lie in the folder.
    fn with_what_serves(&self, loaded: Loaded) -> Loading {
        let serving = if loaded.outcome.is_err() { self.reconsidered(&loaded) } else { None };
        Loading::Loaded(serving.into_iter().chain([loaded]).collect())
    }

    /// What becomes of the version that serves, where another can't: its grant may be gone.
    pub(crate) fn reconsidered(&self, unserved: &Loaded) -> Option<Loaded> {
        let slot = &unserved.slot;
        let (serves, under) = self.shelf().get(slot)?.serves.clone()?;
        let in_force = self.in_force();
        if unserved.digest == Some(serves) {
            return Some(gone(slot.clone(), &in_force));
        }
        if under == unserved.grant {
            return None;
        }
        let again = self.restore_one(slot, serves, &in_force);
        Some(if again.outcome.is_ok() { again } else { gone(slot.clone(), &in_force) })
    }

    /// A file that the machine failed to load too often. Nothing of that is recorded: the next start, or a change of the file or
    /// the settings, tries again.
    pub(crate) fn give_up(&self, postponed: Loaded) {
        self.shelf().settle(postponed, None);
        self.tell();
    }

    /// A file that was looked at is what serves, or was refused, already.
    pub(crate) fn settle_known(&self, slot: &Slot) {
        self.shelf().entry(slot).loading = false;
        self.tell();
    }

    /// Puts back into service what the record says serves, out of the content store, before any job goes on: a node that
    /// starts again is in the very setting in which the last one ended. Returns what can't serve any more.
    pub(crate) fn restore(&self) -> Vec<Loaded> {
        let in_force = self.in_force();
        let recorded = self.shelf().recorded();
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let share = recorded.len().div_ceil(workers).max(1);
        let restored: Vec<Loaded> = std::thread::scope(|scope| {
            let threads: Vec<_> = recorded
                .chunks(share)
                .map(|part| {
                    let in_force = &in_force;
                    scope.spawn(move || {
                        part.iter()
                            .map(|(slot, digest)| self.restore_one(slot, *digest, in_force))
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            let join = |thread: std::thread::ScopedJoinHandle<'_, Vec<Loaded>>| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            threads.into_iter().flat_map(join).collect()
        });
        let (serving, lost): (Vec<_>, Vec<_>) =
            restored.into_iter().partition(|loaded| loaded.outcome.is_ok());
        self.swap(&serving, None, None);
        let mut shelf = self.shelf();
        for loaded in serving {
            shelf.restored(loaded);
        }
        lost.into_iter().map(|loaded| gone(loaded.slot, &in_force)).collect()
    }

    fn restore_one(&self, slot: &Slot, digest: Digest, in_force: &InForce) -> Loaded {
        let mut loaded = gone(slot.clone(), in_force);
        loaded.digest = Some(digest);
        let grant = loaded.grant.clone();
        loaded.outcome = match self.content.get(&digest) {
            Ok(bytes) => {
                let limits = in_force.setting.limits_for(slot.role, slot.name.as_str());
                load_component(&self.engine, slot, &bytes, &grant, limits).map_err(failure)
            }
            Err(error) => Err(Failure::new(Code::UNAVAILABLE, error.to_string())),
        };
        loaded
    }

    /// Whether these bytes were loaded or refused already, under this grant and under limits that bound loading alike.
    fn is_settled(&self, slot: &Slot, digest: Digest, grant: &Grant, bounds: &Limits) -> bool {
        let shelf = self.shelf();
        let Some(status) = shelf.get(slot).filter(|status| status.bounds == Some(*bounds)) else {
            return false;
        };
        let serves =
            status.serves.as_ref().is_some_and(|(served, under)| *served == digest && under == grant);
        serves && status.refused.is_none()
            || status.refused.as_ref().is_some_and(|was| {
                // What the machine failed isn't known.
                was.digest == Some(digest) && was.grant == *grant && was.failure.code != Code::UNAVAILABLE
            })
    }
}

/// Admits a component by its grant, compiles it, asks it about itself, and opens what it was granted.
pub(crate) fn load_component(
    engine: &Engine,
    slot: &Slot,
    bytes: &[u8],
    grant: &Grant,
    limits: &Limits,
) -> Result<Component, LoadError> {
    free_name(slot)?;
    let load = Load { engine, bytes, grant, access: Access::Live, limits, log: Arc::new(NoLog) };
    match slot.role {
        Role::Agent => Agent::load(&load).map(|agent| Component::Agent(Arc::new(agent))),
        Role::Tool => Tool::load(&load).map(|tool| Component::Tool(Arc::new(tool))),
    }
}

/// That no built-in action has the name.
pub(crate) fn free_name(slot: &Slot) -> Result<(), Failure> {
    if slot.role == Role::Tool && BUILT_INS.contains(&slot.name.as_str()) {
        let text = format!("`{}` is a built-in action; give the file another name", slot.name);
        return Err(Failure::new(Code::REFUSED, text));
    }
    Ok(())
}

/// As a failure, for whoever doesn't try again.
pub(crate) fn failure(error: LoadError) -> Failure {
    match error {
        LoadError::Refused(failure) => failure,
        LoadError::Engine(error) => Failure::new(Code::UNAVAILABLE, error.to_string()),
    }
}

pub(super) fn grant(slot: &Slot, in_force: &InForce) -> Grant {
    in_force.setting.grants.of(slot.role, &slot.name)
}

fn gone(slot: Slot, in_force: &InForce) -> Loaded {
    let bounds = in_force.setting.limits_for(slot.role, slot.name.as_str()).of_loading();
    let grant = grant(&slot, in_force);
    Loaded { grant, bounds, slot, digest: None, outcome: Ok(Component::Gone), held: None, bytes: None }
}

pub(crate) type Present = std::collections::BTreeMap<Slot, (std::path::PathBuf, Stamp)>;

/// The components' files in a folder, and those whose names can be no component's.
pub(crate) fn list(
    role: Role,
    folder: &Path,
    present: &mut Present,
    misnamed: &mut std::collections::BTreeMap<String, Failure>,
) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        let Some(stem) = file.strip_suffix(".wasm").filter(|_| !file.starts_with('.')) else { continue };
        let Ok(metadata) = entry.metadata() else { continue };
        match Name::new(stem) {
            Ok(name) => {
                let stamp = Stamp {
                    bytes: metadata.len(),
                    modified: metadata.modified().ok(),
                    inode: metadata.ino(),
                };
                present.insert(Slot { role, name }, (entry.path(), stamp));
            }
            Err(error) => {
                misnamed.insert(file, Failure::new(Code::INVALID, format!("{error}; rename the file")));
            }
        }
    }
}

/// The whole file, read once. Never waits for a pipe and never follows a link.
pub(crate) fn read_component(path: &Path, limits: &Limits) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Failure::new(Code::INVALID, format!("the file can't be read: {error}; check its permissions"))
    };
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::RDONLY | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, rustix::fs::Mode::empty()).map_err(|error| match error {
        rustix::io::Errno::LOOP => Failure::new(Code::REFUSED, "it is a link; copy the file itself here"),
        error => unreadable(&error),
    })?;
    let file = std::fs::File::from(file);
    let metadata = file.metadata().map_err(|error| unreadable(&error))?;
    if !metadata.is_file() {
        return Err(Failure::new(Code::REFUSED, "it is no regular file; copy a .wasm component here"));
    }
    let limit = limits.component_bytes;
    let too_large = || {
        let text = format!("the file has more than {limit} bytes (limits.component_bytes)");
        Failure::new(Code::LIMIT, text)
    };
    // Its size is only a claim, but one that saves reading a file that is too large by its own word.
    if metadata.len() > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > limit { Err(too_large()) } else { Ok(bytes) }
}

/// Whether the file was changed a moment ago, so that its copying may be under way.
fn fresh(path: &Path) -> bool {
    const MOMENT: std::time::Duration = std::time::Duration::from_millis(500);
    let modified = std::fs::symlink_metadata(path).and_then(|metadata| metadata.modified());
    modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age < MOMENT))
}

fn looks_unfinished(outcome: &Result<Component, Failure>) -> bool {
    outcome.as_ref().is_err_and(|failure| failure.code == Code::INVALID)
}
