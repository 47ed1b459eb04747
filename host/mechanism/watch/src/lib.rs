//! Says that a folder changed, soon after it did and without looking again and again.
//!
//! *Invariant:* whoever looks at a folder whenever told of it misses nothing that stays there: each folder is told once at
//! the start, after its watch began, and whole again after anything that may have lost a change.
//! *Doesn't know:* what files mean. It is weak where the kernel is: on network and FUSE file systems only changes made on
//! this machine are told (and so such folders are told whole at each tick, see [`Watcher::silent`]); writes through a
//! memory map are never told; nor that a folder *above* a watched one was exchanged.
//! *Start at:* [`Watcher::start`].

mod pending;
mod remote;
mod watcher;

pub use watcher::{Change, Silent, Watched, Watcher};
