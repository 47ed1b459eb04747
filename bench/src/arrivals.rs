//! Files as they come into folders, told by the kernel.
//!
//! *Invariant:* each arrival has the time at which it was heard of; if the kernel lost one, that is an error and no figure.
//! *Doesn't know:* what the files are.
//! *Start at:* [`Arrivals`].

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;

use crate::trouble::{Trouble, doing};

/// A file that came.
pub(crate) struct Arrival {
    pub(crate) at: Instant,
    /// Without `.json`.
    pub(crate) name: String,
}

/// Watches folders for files named `*.json`.
pub(crate) struct Arrivals {
    queue: Arc<OwnedFd>,
    watches: Vec<i32>,
    heard: Receiver<Option<Arrival>>,
    thread: Option<JoinHandle<()>>,
}

impl Arrivals {
    /// Begins to listen. `pause` after each time that something was heard keeps the listener off the processors while
    /// many come; arrivals are late by that much.
    pub(crate) fn of(folders: &[&Path], pause: Duration) -> Result<Self, Trouble> {
        let system = |errno: Errno| doing("watch a folder")(errno.into());
        let queue = Arc::new(inotify::init(CreateFlags::CLOEXEC).map_err(system)?);
        // A link makes a name (CREATE), a rename moves one (MOVED_TO).
        let flags = WatchFlags::CREATE | WatchFlags::MOVED_TO;
        let watches: Result<Vec<i32>, _> =
            folders.iter().map(|folder| inotify::add_watch(&queue, *folder, flags)).collect();
        let watches = watches.map_err(system)?;
        let (tell, heard) = channel();
        let (listening, number) = (queue.clone(), watches.len());
        let thread = std::thread::spawn(move || listen(&listening, number, pause, &tell));
        Ok(Self { queue, watches, heard, thread: Some(thread) })
    }

    /// The next arrival, if one comes until then.
    pub(crate) fn next(&self, until: Instant) -> Result<Option<Arrival>, Trouble> {
        let lost = || Trouble::Wrong("the kernel lost a notice".into());
        match self.heard.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(arrival) => arrival.map(Some).ok_or_else(lost),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(lost()),
        }
    }
}

impl Drop for Arrivals {
    fn drop(&mut self) {
        // The kernel tells of each watch that ends, and after the last one the listener ends.
        for watch in &self.watches {
            let _ = inotify::remove_watch(&self.queue, *watch);
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn listen(queue: &OwnedFd, mut watches: usize, pause: Duration, tell: &Sender<Option<Arrival>>) {
    let mut buffer = [MaybeUninit::uninit(); 64 << 10];
    let mut reader = inotify::Reader::new(queue, &mut buffer);
    while watches > 0 {
        let Ok(event) = reader.next() else { return };
        let (events, at) = (event.events(), Instant::now());
        if events.contains(ReadFlags::IGNORED) {
            watches -= 1;
        }
        let name = event.file_name().and_then(|name| name.to_str().ok()?.strip_suffix(".json"));
        let arrival = name.map(|name| Arrival { at, name: name.to_owned() });
        // Nobody may listen any more; the watches end soon.
        if events.contains(ReadFlags::QUEUE_OVERFLOW) {
            let _ = tell.send(None);
        } else if let Some(arrival) = arrival {
            let _ = tell.send(Some(arrival));
        }
        if reader.is_buffer_empty() && !pause.is_zero() {
            std::thread::sleep(pause);
        }
    }
}
