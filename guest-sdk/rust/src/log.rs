//! Diagnostics, kept beside the record and never part of it.
//!
//! *Invariant:* nothing that is written here changes what happens.
//! *Doesn't know:* where the lines go, or how many the host keeps.
//! *Start at:* [`info!`](crate::log::info).
//!
//! ```no_run
//! # use jaros_guest::prelude::*;
//! log::warn!("{} of {} left", 1, 3);
//! ```

use crate::host::log as wire;

#[doc(inline)]
pub use crate::{__debug as debug, __error as error, __info as info, __trace as trace, __warn as warn};

/// Writes a line. `level` is `error`, `warn`, `info`, `debug` or `trace`; anything else counts as `info`.
pub fn write(level: &str, message: &str) {
    wire::write(level, message);
}

/// Something went wrong. Formats as `format!` does.
#[doc(hidden)]
#[macro_export]
macro_rules! __error {
    ($($part:tt)*) => { $crate::log::write("error", &::std::format!($($part)*)) };
}

/// Something may go wrong. Formats as `format!` does.
#[doc(hidden)]
#[macro_export]
macro_rules! __warn {
    ($($part:tt)*) => { $crate::log::write("warn", &::std::format!($($part)*)) };
}

/// Something worth knowing happened. Formats as `format!` does.
#[doc(hidden)]
#[macro_export]
macro_rules! __info {
    ($($part:tt)*) => { $crate::log::write("info", &::std::format!($($part)*)) };
}

/// How it came about. Formats as `format!` does.
#[doc(hidden)]
#[macro_export]
macro_rules! __debug {
    ($($part:tt)*) => { $crate::log::write("debug", &::std::format!($($part)*)) };
}

/// Every step of it. Formats as `format!` does.
#[doc(hidden)]
#[macro_export]
macro_rules! __trace {
    ($($part:tt)*) => { $crate::log::write("trace", &::std::format!($($part)*)) };
}
