//! One line on a terminal that says what is being done; nothing anywhere else.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

/// The line.
pub(crate) struct Progress {
    shown: bool,
}

impl Default for Progress {
    fn default() -> Self {
        Self { shown: io::stderr().is_terminal() }
    }
}

impl Progress {
    pub(crate) fn say(&self, what: impl Display) {
        self.write(format_args!("\r\x1b[K{what} …"));
    }

    pub(crate) fn done(&self) {
        self.write("\r\x1b[K");
    }

    fn write(&self, what: impl Display) {
        if self.shown {
            let mut out = io::stderr().lock();
            // Progress that can't be shown is none.
            let _ = write!(out, "{what}").and_then(|()| out.flush());
        }
    }
}
