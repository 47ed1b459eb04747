//! What a guest writes to stdout or stderr, as lines of its diagnostics.
//!
//! *Invariant:* no more than [`LINE_BYTES_MAX`] bytes wait for the end of their line; what is written is bounded as `log.write`
//! is, and no control character gets through.
//! *Doesn't know:* streams.
//! *Start at:* [`Output`].

use crate::log::{Level, Log};

/// A longer line is written in parts.
const LINE_BYTES_MAX: usize = 4 << 10;

/// One of the two, with the line that isn't at its end yet.
#[derive(Debug)]
pub(super) struct Output {
    level: Level,
    line: Vec<u8>,
}

impl Output {
    pub(super) fn stdout() -> Self {
        Self { level: Level::Info, line: Vec::new() }
    }

    pub(super) fn stderr() -> Self {
        Self { level: Level::Warn, line: Vec::new() }
    }

    /// Takes bytes; writes every line that comes to its end with them.
    pub(super) fn write(&mut self, bytes: &[u8], log: &mut Log) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            if log.is_full() {
                return self.line.clear();
            }
            self.take(part, log);
        }
    }

    /// Writes what has no end of line.
    pub(super) fn finish(&mut self, log: &mut Log) {
        if !self.line.is_empty() {
            self.put(self.line.len(), log);
        }
    }

    /// Takes bytes of one line, the end of line included where it is there.
    fn take(&mut self, mut part: &[u8], log: &mut Log) {
        while !part.is_empty() {
            let room = LINE_BYTES_MAX - self.line.len();
            let (now, later) = part.split_at(room.min(part.len()));
            self.line.extend_from_slice(now);
            part = later;
            if self.line.ends_with(b"\n") {
                self.put(self.line.len(), log);
            } else if self.line.len() == LINE_BYTES_MAX {
                self.put(whole_chars(&self.line), log);
            }
        }
    }

    /// Writes the first `len` bytes of the line.
    fn put(&mut self, len: usize, log: &mut Log) {
        let line = &self.line[..len];
        let line = line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
        log.write(self.level, &String::from_utf8_lossy(line));
        self.line.drain(..len);
    }
}

/// How many bytes can be cut off without cutting the last character in two; all of them where there is no telling.
fn whole_chars(bytes: &[u8]) -> usize {
    let last = bytes.iter().rposition(|byte| byte & 0xc0 != 0x80).unwrap_or(0);
    let whole = if std::str::from_utf8(&bytes[last..]).is_ok() { bytes.len() } else { last };
    if whole == 0 { bytes.len() } else { whole }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::{LINE_BYTES_MAX, Output};
    use crate::log::{Level, Log, LogSink};

    #[derive(Default)]
    struct Lines(Mutex<Vec<String>>);

    impl LogSink for Lines {
        fn write(&self, level: Level, line: &str) {
            self.0.lock().unwrap().push(format!("{level} {line}"));
        }
    }

    fn written(parts: &[&[u8]], bytes: u64) -> Vec<String> {
        let sink = Arc::new(Lines::default());
        let mut log = Log::new(Arc::clone(&sink) as Arc<dyn LogSink>, bytes);
        let mut output = Output::stdout();
        parts.iter().for_each(|part| output.write(part, &mut log));
        output.finish(&mut log);
        let lines = sink.0.lock().unwrap();
        lines.clone()
    }

    #[test]
    fn lines_come_out_whole_however_they_are_written() {
        let rows: [(&[&[u8]], &[&str]); 8] = [
            (&[b"one\ntwo\n"], &["info one", "info two"]),
            (&[b"o", b"n", b"e\nt", b"wo"], &["info one", "info two"]),
            (&[b"a\r\nb\rc\r\n"], &["info a", "info b\\rc"]),
            (&[b"\n\n"], &["info ", "info "]),
            (&[b"\xc3", b"\xa9\n"], &["info é"]),
            (&[b"\xff\n"], &["info \u{fffd}"]),
            (&[b"\x1b[2J\n"], &["info \\u{1b}[2J"]),
            (&[], &[]),
        ];
        for (parts, lines) in rows {
            assert_eq!(written(parts, 1_000), lines, "{parts:?}");
        }
    }

    #[test]
    fn a_line_without_end_is_written_in_parts_and_no_character_is_cut() {
        let text = format!("x{}", "é".repeat(LINE_BYTES_MAX));
        let lines = written(&[text.as_bytes()], 1 << 20);
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.len() <= LINE_BYTES_MAX + 5 && !line.contains('\u{fffd}')));
        assert_eq!(lines.iter().map(|line| &line[5..]).collect::<String>(), text);
        let garbage = written(&[&[0x80; 2 * LINE_BYTES_MAX]], 1 << 20);
        assert_eq!(garbage.len(), 2);
    }

    #[test]
    fn output_is_bounded_as_diagnostics_are() {
        for flood in [b"\n".repeat(1 << 20), b"0123456789\n".repeat(1 << 16), vec![b'x'; 1 << 20]] {
            let lines = written(&[&flood, &flood], 1_000);
            assert!(lines.iter().map(String::len).sum::<usize>() < 7_000, "{} lines", lines.len());
            assert_eq!(
                lines.last().unwrap(),
                "warn (the rest of this call's diagnostics is dropped: log_bytes)"
            );
        }
    }
}
