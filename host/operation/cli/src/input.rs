//! Reading what people give: files, standard input, JSON.
//!
//! *Invariant:* whatever lies under a name (a FIFO, a folder, a terabyte), reading it neither waits for ever nor takes more
//! memory than the limit.
//! *Doesn't know:* what it is for.
//! *Start at:* [`file()`], [`json`].

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use jaros_decision::{Code, Json, JsonError, JsonLimits};
use rustix::fs::{FileType, Mode, OFlags};

use crate::exit::Exit;
use crate::problem::Problem;

/// Reads a regular file of at most `most` bytes; `limit` is that limit's name in `config/limits.toml`, where it has one.
pub(crate) fn file(path: &Path, most: u64, limit: Option<&str>) -> Result<Vec<u8>, Problem> {
    let shown = path.display();
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let opened =
        rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| unreadable(path, &errno.into()))?;
    let stat = rustix::fs::fstat(&opened).map_err(|errno| unreadable(path, &errno.into()))?;
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => return bounded(File::from(opened), &shown.to_string(), most, limit),
        FileType::Directory => "a folder",
        FileType::Fifo => "a FIFO",
        FileType::Socket => "a socket",
        _ => "a device",
    };
    Err(Problem::input(format!("{shown} is {kind}, not a file"))
        .next("name a file; `-` reads standard input where that is allowed"))
}

/// Reads standard input to its end, at most `most` bytes.
pub(crate) fn stdin(most: u64, limit: Option<&str>) -> Result<Vec<u8>, Problem> {
    bounded(io::stdin().lock(), "standard input", most, limit)
}

/// Reads a file, or standard input where the path is `-`.
pub(crate) fn file_or_stdin(path: &Path, most: u64, limit: Option<&str>) -> Result<Vec<u8>, Problem> {
    if path == Path::new("-") { stdin(most, limit) } else { file(path, most, limit) }
}

fn bounded(from: impl Read, shown: &str, most: u64, limit: Option<&str>) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    from.take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(Path::new(shown), &error))?;
    if bytes.len() as u64 > most {
        let text = format!("{shown} has more than {most} bytes");
        let next = match limit {
            Some(limit) => format!("make it smaller, or raise `{limit}` in config/limits.toml"),
            None => "make it smaller".into(),
        };
        return Err(Problem::new(Exit::Input, Code::LIMIT.as_str(), text).next(next));
    }
    Ok(bytes)
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    let shown = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => {
            Problem::unknown(format!("there is no file {shown}")).next("check the path")
        }
        io::ErrorKind::PermissionDenied => {
            Problem::input(format!("{shown} can't be read: {error}")).next("let this account read it")
        }
        _ => Problem::input(format!("{shown} can't be read: {error}")).next("check the path"),
    }
}

/// Bytes that should be one JSON text, in canonical form. `what` begins the sentence: `the input`.
pub(crate) fn json(bytes: &[u8], what: &str, limits: JsonLimits) -> Result<Json, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|_| {
        Problem::input(format!("{what} is not UTF-8 text")).next("save it as UTF-8 without a byte-order mark")
    })?;
    Json::parse(text, limits).map_err(|error| not_json(what, &error))
}

fn not_json(what: &str, error: &JsonError) -> Problem {
    let next = match error {
        JsonError::Bytes { .. } => "make it smaller, or raise `json_bytes` in config/limits.toml",
        JsonError::Depth { .. } => "nest it less, or raise `json_depth` in config/limits.toml",
        JsonError::Mark => "save it as UTF-8 without one",
        JsonError::Integer { .. } => "write that number in quotes",
        _ => "check the JSON; in a shell it stands in single quotes: '{\"name\":\"Ada\"}'",
    };
    Problem::new(Exit::Input, error.code().as_str(), format!("{what} can't be used: {error}")).next(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_small_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("small"), "12345").unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, at("fifo"), FileType::Fifo, Mode::RWXU, 0).unwrap();
        std::os::unix::fs::symlink(at("small"), at("link")).unwrap();
        let check = |name: &str, most: u64| match file(&at(name), most, None) {
            Ok(bytes) => bytes.len().to_string(),
            Err(problem) => format!(
                "{} {}",
                problem.exit as u8,
                problem.message.replace(&*dir.path().to_string_lossy(), "DIR")
            ),
        };
        assert_eq!(check("small", 5), "5");
        assert_eq!(check("link", 5), "5");
        assert_eq!(check("small", 4), "2 DIR/small has more than 4 bytes");
        assert_eq!(check("fifo", 5), "2 DIR/fifo is a FIFO, not a file");
        assert_eq!(check("", 5), "2 DIR/ is a folder, not a file");
        assert_eq!(check("none", 5), "2 there is no file DIR/none");
    }

    #[test]
    fn json_is_checked_where_it_comes_in() {
        let check =
            |bytes: &[u8]| json(bytes, "the input", JsonLimits { bytes: 64, depth: 3 }).map_err(|p| p.code);
        assert_eq!(check(br#" {"b":1,"a":2} "#).unwrap().as_str(), r#"{"a":2,"b":1}"#);
        let invalid = Code::INVALID;
        for bad in [&b""[..], b"{", b"\xff", b"\xef\xbb\xbf1", b"1e999", b"NaN", br#"{"a":1,"a":2}"#, b"'x'"]
        {
            assert_eq!(check(bad).unwrap_err(), invalid, "{}", String::from_utf8_lossy(bad));
        }
        assert_eq!(check(b"[[[[]]]]").unwrap_err(), Code::LIMIT);
        assert_eq!(check(format!("\"{}\"", "x".repeat(80)).as_bytes()).unwrap_err(), Code::LIMIT);
    }
}
