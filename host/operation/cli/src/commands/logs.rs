//! `logs`: what components and the node said beside the record.
//!
//! *Invariant:* lines that are no log lines are passed over; a guest's words carry no control characters.
//! *Doesn't know:* the ledger; nothing here proves anything.
//! *Start at:* [`logs`].

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jaros_decision::Millis;
use jaros_node::LogLine;

use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Output, Paint};
use crate::problem::{Outcome, Problem, code};
use crate::text;

/// Between two looks at a log that is followed.
const PAUSE: Duration = Duration::from_millis(100);

/// `logs`.
pub(crate) fn logs(context: &Context, args: &args::Logs) -> Outcome {
    context.existing()?;
    let path = path(context);
    if !path.exists() && !args.follow {
        let text = format!("there is no log in {} yet", context.root());
        return Err(Problem::new(Exit::No, code::NOTHING_YET, text).next("jaros serve writes one"));
    }
    let mut newest = VecDeque::new();
    let mut tail = Tail::default();
    for file in [path.with_extension("ndjson.1"), path.clone()] {
        tail = Tail::default();
        tail.read(&file, |line| {
            if wanted(args, &line) {
                if args.limit > 0 && newest.len() == args.limit {
                    newest.pop_front();
                }
                newest.push_back(line);
            }
            Ok(())
        })?;
    }
    newest.iter().try_for_each(|line| print(&context.out, line))?;
    if args.follow { follow(context, args, &path, tail) } else { Ok(Exit::Ok) }
}

/// Where the node writes it.
pub(super) fn path(context: &Context) -> PathBuf {
    context.layout.state().join("log").join("node.ndjson")
}

fn follow(context: &Context, args: &args::Logs, path: &Path, mut tail: Tail) -> Outcome {
    loop {
        tail.read(path, |line| if wanted(args, &line) { print(&context.out, &line) } else { Ok(()) })?;
        context.out.flush()?;
        std::thread::sleep(PAUSE);
    }
}

/// How far a file was read.
#[derive(Default)]
pub(super) struct Tail {
    inode: u64,
    offset: u64,
}

impl Tail {
    /// Reads on; from the beginning where another file has that name by now. A last line without its end waits.
    pub(super) fn read(
        &mut self,
        path: &Path,
        mut see: impl FnMut(LogLine) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let fail = |error: std::io::Error| {
            Problem::machine(format!("{} can't be read: {error}", path.display())).next("look at that file")
        };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(fail(error)),
        };
        let metadata = file.metadata().map_err(fail)?;
        if metadata.ino() != self.inode || metadata.len() < self.offset {
            *self = Self { inode: metadata.ino(), offset: 0 };
        }
        let mut reader = BufReader::new(file);
        reader.seek(SeekFrom::Start(self.offset)).map_err(fail)?;
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).map_err(fail)? > 0 && bytes.ends_with(b"\n") {
            self.offset += bytes.len() as u64;
            if let Ok(line) = serde_json::from_slice(&bytes) {
                see(line)?;
            }
            bytes.clear();
        }
        Ok(())
    }
}

fn wanted(args: &args::Logs, line: &LogLine) -> bool {
    let source = args.source.as_ref().is_none_or(|source| {
        line.source == *source || line.source.split_once(':').is_some_and(|(_, name)| name == source)
    });
    source && args.job.as_ref().is_none_or(|job| line.job.as_deref() == Some(job.as_str()))
}

fn print(out: &Output, line: &LogLine) -> Result<(), Problem> {
    if out.is_json() {
        return out.record(line);
    }
    let paint = match line.level.as_str() {
        "error" => Paint::Bad,
        "warn" => Paint::Care,
        _ => Paint::Dim,
    };
    let level = out.paint(paint, format_args!("{:<5}", text::plain(&line.level)));
    let job = line.job.as_deref().map(|job| format!(" [{}]", text::plain(job))).unwrap_or_default();
    let message = text::lines(&line.message).replace('\n', "\n    ");
    out.line(format_args!(
        "{}  {level}  {}{job}  {message}",
        text::moment(Millis(line.at_ms)),
        text::plain(&line.source)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_on_and_anew_after_it_was_turned() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("node.ndjson");
        let line =
            |n: u32| format!("{{\"at_ms\":{n},\"level\":\"info\",\"source\":\"node\",\"message\":\"m\"}}\n");
        let mut tail = Tail::default();
        let read = |tail: &mut Tail| {
            let mut seen = Vec::new();
            tail.read(&path, |line| {
                seen.push(line.at_ms);
                Ok(())
            })
            .unwrap();
            seen
        };
        assert!(read(&mut tail).is_empty());
        std::fs::write(&path, format!("{}no line\n{}{{\"at_ms\":3", line(1), line(2))).unwrap();
        assert_eq!(read(&mut tail), [1, 2]);
        std::fs::write(&path, format!("{}no line\n{}{}", line(1), line(2), line(3))).unwrap();
        assert_eq!(read(&mut tail), [3]);
        std::fs::rename(&path, dir.path().join("old")).unwrap();
        std::fs::write(&path, line(4)).unwrap();
        assert_eq!(read(&mut tail), [4]);
    }
}
