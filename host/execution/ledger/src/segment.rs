//! A segment's name, and the list of them.
//!
//! *Invariant:* a name is `EEEEEEEE-SSSSSSSSSSSS.ndjson`: the writer's epoch and the first entry, in decimal; later
//! segments have greater names, so a listing by name is the ledger's order.
//! *Doesn't know:* what is in them.
//! *Start at:* [`segments`].

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use jaros_decision::{Epoch, Seq};

use crate::reader::ReadError;

/// One file of the ledger, by name. Ordered as the ledger is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Segment {
    /// The term of its writer.
    pub epoch: Epoch,
    /// Its first entry.
    pub first: Seq,
}

impl Segment {
    /// Its file in the ledger's folder.
    #[must_use]
    pub fn path(&self, dir: &Path) -> PathBuf {
        dir.join(self.to_string())
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}-{:012}.ndjson", self.epoch.0, self.first.0)
    }
}

/// The text is no segment's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a segment's name is its epoch in 8 digits, `-`, its first entry in 12 digits, `.ndjson`")]
pub struct SegmentError;

impl FromStr for Segment {
    type Err = SegmentError;

    fn from_str(name: &str) -> Result<Self, SegmentError> {
        let (epoch, first) =
            name.strip_suffix(".ndjson").and_then(|stem| stem.split_once('-')).ok_or(SegmentError)?;
        let number = |digits: &str| digits.parse().map_err(|_| SegmentError);
        let segment = Self { epoch: Epoch(number(epoch)?), first: Seq(number(first)?) };
        // Writing it again is the whole check: one spelling a segment, or two files could be one.
        if segment.to_string() == name { Ok(segment) } else { Err(SegmentError) }
    }
}

/// The segments in a ledger's folder, in order; none where there is no folder.
/// # Errors
/// `Io`; `Stray`: an `.ndjson` file that is no segment, which people would take for a part of the ledger.
pub fn segments(dir: &Path) -> Result<Vec<Segment>, ReadError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(ReadError::io(dir)(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let name = entry.map_err(ReadError::io(dir))?.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(".ndjson") && !name.starts_with('.') {
            found.push(name.parse().map_err(|_| ReadError::Stray { path: dir.join(&*name) })?);
        }
    }
    found.sort_unstable();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_the_ledger_does() {
        let segment = |epoch, first| Segment { epoch: Epoch(epoch), first: Seq(first) };
        let ordered =
            [segment(1, 1), segment(1, 900), segment(2, 901), segment(10, 902), segment(100_000_000, 903)];
        assert!(ordered.is_sorted());
        assert_eq!(ordered[1].to_string(), "00000001-000000000900.ndjson");
        for segment in ordered {
            assert_eq!(segment.to_string().parse(), Ok(segment));
        }
        for bad in [
            "",
            "1-1.ndjson",
            "00000001-000000000001",
            "00000001-00000000000x.ndjson",
            "+0000001-000000000001.ndjson",
        ] {
            assert_eq!(bad.parse::<Segment>(), Err(SegmentError), "{bad}");
        }
    }

    #[test]
    fn a_listing_passes_over_what_is_no_segment_and_refuses_what_looks_like_one() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(segments(&dir.path().join("none")).unwrap(), []);
        for name in
            ["00000002-000000000005.ndjson", "00000001-000000000001.ndjson", "checkpoint", ".x.ndjson"]
        {
            fs::write(dir.path().join(name), "").unwrap();
        }
        fs::create_dir(dir.path().join("torn")).unwrap();
        assert_eq!(segments(dir.path()).unwrap().len(), 2);
        fs::write(dir.path().join("copy of 1.ndjson"), "").unwrap();
        assert!(matches!(segments(dir.path()), Err(ReadError::Stray { .. })));
    }
}
