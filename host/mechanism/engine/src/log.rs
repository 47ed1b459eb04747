//! Diagnostics of guests: bounded, one line each, never part of the record.
//!
//! *Invariant:* what a sink gets has no control characters and, over one call, no more than `log_bytes` bytes.
//! *Doesn't know:* where the lines go.
//! *Start at:* [`LogSink`].

use std::fmt;
use std::sync::Arc;

/// How serious a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Something went wrong.
    Error,
    /// Something may go wrong.
    Warn,
    /// Worth knowing.
    Info,
    /// For whoever looks for an error.
    Debug,
    /// Every step.
    Trace,
}

impl Level {
    /// The level that a guest named; anything unknown is `info`.
    pub(crate) fn from_text(text: &str) -> Self {
        match text {
            "error" => Self::Error,
            "warn" => Self::Warn,
            "debug" => Self::Debug,
            "trace" => Self::Trace,
            _ => Self::Info,
        }
    }

    /// `error`, `warn`, `info`, `debug` or `trace`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Takes the diagnostics of calls. Called on the thread of the call, so it should not wait.
pub trait LogSink: Send + Sync {
    /// One line, without control characters.
    fn write(&self, level: Level, line: &str);
}

/// Takes diagnostics and forgets them.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLog;

impl LogSink for NoLog {
    fn write(&self, _: Level, _: &str) {}
}

/// One call's share of the diagnostics.
pub(crate) struct Log {
    sink: Arc<dyn LogSink>,
    left: u64,
    full: bool,
}

impl Log {
    pub(crate) fn new(sink: Arc<dyn LogSink>, bytes: u64) -> Self {
        Self { sink, left: bytes, full: false }
    }

    /// A guest's line. What is over the limit is dropped, with one line that says so.
    pub(crate) fn write(&mut self, level: Level, message: &str) {
        if self.full {
            return;
        }
        // The end of a line counts too, or empty ones would be free.
        let (line, cut) = if self.left == 0 { (String::new(), true) } else { one_line(message, self.left) };
        self.left = self.left.saturating_sub(line.len() as u64 + 1);
        self.sink.write(level, &line);
        if cut {
            self.full = true;
            self.sink.write(Level::Warn, "(the rest of this call's diagnostics is dropped: log_bytes)");
        }
    }

    /// Whether nothing more of the guest's is written.
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    /// The host's own line about the call: what may vary between machines and so isn't part of a failure.
    pub(crate) fn note(&self, message: &str) {
        self.sink.write(Level::Debug, &one_line(message, 4 << 10).0);
    }
}

/// `message` with control characters, which could imitate other lines or move a terminal's cursor, as `\n` or `\u{1b}`;
/// and whether it had to be cut.
pub(crate) fn one_line(message: &str, bytes_max: u64) -> (String, bool) {
    let max = usize::try_from(bytes_max).unwrap_or(usize::MAX);
    let mut line = String::with_capacity(message.len().min(max));
    for c in message.trim_end_matches('\n').chars() {
        let before = line.len();
        if c.is_control() || is_direction(c) {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
        if line.len() > max {
            line.truncate(before);
            return (line, true);
        }
    }
    (line, false)
}

/// Marks that show the rest of a line in another order than it has.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_message_is_one_line_of_bounded_length() {
        let rows = [
            ("plain\n", 100, "plain", false),
            ("a\nb", 100, "a\\nb", false),
            ("\u{1b}[2J", 100, "\\u{1b}[2J", false),
            ("a\u{202e}b", 100, "a\\u{202e}b", false),
            ("abc", 3, "abc", false),
            ("abcd", 3, "abc", true),
            ("aé", 2, "a", true),
            ("\n\nx", 3, "\\n", true),
            ("x", 0, "", true),
        ];
        for (message, max, line, cut) in rows {
            assert_eq!(one_line(message, max), (line.to_owned(), cut), "{message:?}");
        }
    }
}
