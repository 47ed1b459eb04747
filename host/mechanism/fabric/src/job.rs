//! A job's file: read without ever waiting for it, and judged whole or half written.
//!
//! *Invariant:* whatever lies under a job's name (a link, a FIFO, a device, a folder, a terabyte), reading it neither
//! blocks nor takes more than `job_bytes` of memory.
//! *Doesn't know:* JSON, beyond where its brackets close.
//! *Start at:* [`read`], [`Unfit`].

use std::path::Path;

use jaros_decision::{IdError, JobId};
use rustix::fs::FileType;
use rustix::io::Errno;

use crate::root::Root;

/// Why a file in the inbox can be no job. Reads on after the file's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Any other name than a job's.
    #[error("isn't named ID.json")]
    Name,
    /// `ID` breaks a rule.
    #[error("isn't named after a job id: {0}")]
    Id(IdError),
    /// No regular file.
    #[error("is {0}, not a file")]
    Kind(&'static str),
    /// Over the limit.
    #[error("has {bytes} bytes, and `job_bytes` allows {limit}")]
    TooBig {
        /// What it has.
        bytes: u64,
        /// What it may have.
        limit: u64,
    },
    /// The operating system's words.
    #[error("can't be read: {0}")]
    Unreadable(String),
    /// Its id is taken.
    #[error("has the id of a job that is being worked on, {0}")]
    Running(JobId),
    /// It can't even be moved out of the inbox, and lies there still.
    #[error("can't be taken out of the inbox: {0}")]
    Stuck(String),
}

impl Unfit {
    /// What whoever put it there can do.
    #[must_use]
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Name | Self::Id(_) => "Rename it to ID.json and put it into inbox/ again.",
            Self::Kind(_) => "Put the job itself into inbox/, as a plain file.",
            Self::TooBig { .. } => "Make it smaller, or raise `job_bytes` in config/limits.toml.",
            Self::Unreadable(_) => "Let the node's account read it and put it into inbox/ again.",
            Self::Running(_) => "Wait for that job's result, or submit it under another id.",
            Self::Stuck(_) => "Let the node's account rename it, or remove it.",
        }
    }
}

/// Why a job's file wasn't read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It never will be a job.
    Unfit(Unfit),
    /// Somebody took it away.
    Gone,
    /// The machine can't just now, or the file is damaged: try again a few times.
    Later(Errno),
}

/// Reads a job's file of at most `limit` bytes.
pub(crate) fn read(root: &Root, at: &Path, limit: u64) -> Result<Vec<u8>, Unread> {
    root.read(at, limit).map_err(|errno| match errno {
        Errno::NOENT => Unread::Gone,
        Errno::ACCESS | Errno::PERM => Unread::Unfit(Unfit::Unreadable(errno.to_string())),
        Errno::INVAL | Errno::LOOP | Errno::FBIG => {
            unfit(root, at, limit).map_or(Unread::Later(errno), Unread::Unfit)
        }
        errno => Unread::Later(errno),
    })
}

/// What it is that isn't a small enough regular file; `None` if by now it is one.
fn unfit(root: &Root, at: &Path, limit: u64) -> Option<Unfit> {
    let stat = root.stat(at).ok()?;
    let bytes = u64::try_from(stat.st_size).unwrap_or(u64::MAX);
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => return (bytes > limit).then_some(Unfit::TooBig { bytes, limit }),
        FileType::Directory => "a folder",
        FileType::Symlink => "a symbolic link",
        FileType::Fifo => "a FIFO",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        FileType::Unknown => "something unknown",
    };
    Some(Unfit::Kind(kind))
}

/// Whether the brackets that the text opens all close, so that it isn't the first part of a job that somebody is still
/// writing. Says nothing about whether it is JSON.
pub(crate) fn whole(bytes: &[u8]) -> bool {
    let (mut open, mut in_string, mut escaped, mut any) = (0usize, false, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => (open, any) = (open + 1, true),
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    any && open == 0 && !in_string
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_first_part_of_a_job_is_half_written() {
        let job = br#"{"agent":"a}","input":{"x":["\"]}",{}]}}"#;
        assert!(whole(job));
        assert!(whole(&[&b"\xef\xbb\xbf"[..], job, b"\r\n"].concat()));
        for end in 0..job.len() {
            assert!(!whole(&job[..end]), "{}", String::from_utf8_lossy(&job[..end]));
        }
    }
}
