//! The watch itself: the kernel's events on one thread, telling on another.
//!
//! *Invariant:* the thread that tells sleeps until something happened. It wakes by the clock only while a folder isn't
//! watched or lies on a remote file system, and for the moment in which a new name may be a file still being written.
//! *Doesn't know:* how long whoever is told takes; what happens meanwhile is told together, next.
//! *Start at:* [`Watcher`].

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::pending::{Folder, Pending};
use crate::remote::remote;

/// A folder to watch; what is in its folders isn't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// The folder. It may come into being later.
    pub path: PathBuf,
    /// Tell names that vanished too.
    pub removals: bool,
}

impl Watched {
    /// Tells what appears, changes or vanishes.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), removals: true }
    }

    /// Tells what appears or changes: for a folder out of which whoever is told takes the files.
    pub fn arrivals(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), removals: false }
    }
}

/// A folder changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The folder, as it was given.
    pub folder: Arc<Path>,
    /// What appeared, changed or vanished in it, in the order of the names.
    pub names: BTreeSet<OsString>,
    /// Other names may have changed too: look at the whole folder.
    pub rescan: bool,
}

/// A folder that is told whole at each tick, because its changes aren't (all) told by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silent {
    /// The folder, as it was given.
    pub folder: Arc<Path>,
    /// Why, for people.
    pub why: String,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Debug)]
struct State {
    pending: Pending,
    stop: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Watcher {
    /// Watches these folders and calls `on_change` from a thread of its own: once for each folder at the start, then at
    /// each change, and at each `tick` for those that are silent.
    /// # Errors
    /// There can be no thread. A folder that can't be watched is no error: it is silent.
    pub fn start(
        folders: impl IntoIterator<Item = Watched>,
        tick: Duration,
        on_change: impl FnMut(Change) + Send + 'static,
    ) -> io::Result<Self> {
        let state = State { pending: Pending::new(folders), stop: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), wake: Condvar::new() });
        let kernel = Kernel::new(&shared);
        let mut teller = Teller { shared: Arc::clone(&shared), kernel, tick, on_change };
        // Before the thread, so that what `silent` says is true once this returns.
        teller.watch_all();
        let thread = thread::Builder::new().name("jaros-watch".to_owned()).spawn(move || teller.run())?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// The folders that are told at each tick, for now.
    #[must_use]
    pub fn silent(&self) -> Vec<Silent> {
        let state = self.shared.lock();
        let silent = |folder: &Folder| {
            let remote = || folder.remote.map(|kind| format!("it lies on {kind}"));
            let why = folder.unwatched.clone().or_else(remote)?;
            Some(Silent { folder: Arc::clone(&folder.path), why })
        };
        state.pending.folders.iter().filter_map(silent).collect()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.wake.notify_all();
        // Whoever is told may itself drop this: a thread can't wait for itself.
        if let Some(thread) =
            self.thread.take().filter(|thread| thread.thread().id() != thread::current().id())
        {
            let _ = thread.join();
        }
    }
}

/// The kernel's side: one watcher, or why there is none.
struct Kernel(Result<RecommendedWatcher, String>);

impl Kernel {
    fn new(shared: &Arc<Shared>) -> Self {
        let shared = Arc::clone(shared);
        let watcher = notify::recommended_watcher(move |event| {
            let mut state = shared.lock();
            state.pending.note(event, Instant::now());
            drop(state);
            shared.wake.notify_all();
        });
        Self(watcher.map_err(|error| error.to_string()))
    }

    fn watch(&mut self, folder: &Path) -> Result<(), String> {
        let watcher = self.0.as_mut().map_err(|why| why.clone())?;
        watcher.watch(folder, RecursiveMode::NonRecursive).map_err(|error| error.to_string())
    }

    fn forget(&mut self, folder: &Path) {
        if let Ok(watcher) = &mut self.0 {
            let _ = watcher.unwatch(folder);
        }
    }
}

/// The thread that tells.
struct Teller<F> {
    shared: Arc<Shared>,
    kernel: Kernel,
    tick: Duration,
    on_change: F,
}

impl<F: FnMut(Change)> Teller<F> {
    fn run(&mut self) {
        let mut next_tick = Instant::now() + self.tick;
        loop {
            let now = Instant::now();
            let mut state = self.shared.lock();
            if state.stop {
                return;
            }
            let changes = state.pending.take(now);
            let ticks = state.pending.needs_ticks();
            if changes.is_empty() && !(ticks && now >= next_tick) {
                let until = [state.pending.next(), ticks.then_some(next_tick)].into_iter().flatten().min();
                self.wait(state, until.map(|until| until.saturating_duration_since(now)));
                continue;
            }
            drop(state);
            for change in changes {
                (self.on_change)(change);
            }
            if ticks && now >= next_tick {
                next_tick = now + self.tick;
                self.look_after_the_silent();
            }
        }
    }

    fn wait(&self, state: MutexGuard<'_, State>, timeout: Option<Duration>) {
        match timeout {
            None => drop(self.shared.wake.wait(state)),
            Some(timeout) => drop(self.shared.wake.wait_timeout(state, timeout)),
        }
    }

    fn look_after_the_silent(&mut self) {
        self.watch_all();
        for folder in &mut self.shared.lock().pending.folders {
            // One that isn't there has nothing to look at.
            folder.rescan |=
                folder.remote.is_some() || (folder.unwatched.is_some() && folder.absolute.is_dir());
        }
    }

    /// Begins (again) to watch what isn't watched, without the lock: the kernel's thread may be waiting for it.
    fn watch_all(&mut self) {
        let count = self.shared.lock().pending.folders.len();
        for index in 0..count {
            let path = match &self.shared.lock().pending.folders[index] {
                folder if folder.unwatched.is_some() => folder.absolute.clone(),
                _ => continue,
            };
            self.kernel.forget(&path);
            let watched = self.kernel.watch(&path);
            let remote = remote(&path);
            self.shared.lock().pending.folders[index].began(watched, remote);
        }
    }
}
