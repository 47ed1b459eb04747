//! A block: the data lines of an entry and its own line, with what was found in them.
//!
//! *Invariant:* after [`Block::read`] ended with an entry, its hash is right, and the data are exactly those that it
//! names, in its order, but for the absent ones (blanked, or in the content store).
//! *Doesn't know:* the block before.
//! *Start at:* [`Block::read`].

use std::io::{self, BufRead, Read};
use std::ops::Range;

use jaros_decision::{Digest, Ref};

use crate::data::Salt;
use crate::flaw::Flaw;
use crate::line::{self, EntryLine, Line};

/// Bytes of one line: twice the largest body, so that no writer of this format reaches it.
const LINE_BYTES_MAX: u64 = 2 << 20;
/// Bytes of a block: a body, and its data lines with all that surrounds them.
const BLOCK_BYTES_MAX: usize = 8 << 20;

/// A datum in a line of its own.
#[derive(Clone, Debug)]
pub(crate) struct Inline {
    pub(crate) reference: Ref,
    pub(crate) salt: Salt,
    /// Where its text stands in the block.
    pub(crate) text: Range<usize>,
}

/// What reading a block ended with.
pub(crate) enum End {
    /// An entry, and its hash.
    Entry(Digest),
    /// Nothing more in the file.
    File,
    /// Something wrong, this many bytes into the block.
    Flaw(Flaw, usize),
}

/// The buffer that blocks are read into, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Data lines and the entry's line, newlines included.
    pub(crate) text: String,
    pub(crate) data: Vec<Inline>,
    /// What the entry names and no line here holds.
    pub(crate) absent: Vec<Ref>,
    blanks: usize,
    entry_at: usize,
}

impl Block {
    /// The entry's line, without its newline.
    pub(crate) fn line(&self) -> &str {
        &self.text[self.entry_at..self.text.len() - 1]
    }

    /// Where the entry's line begins.
    pub(crate) fn entry_at(&self) -> usize {
        self.entry_at
    }

    /// The entry's parts, after a read that ended with one.
    pub(crate) fn entry(&self) -> EntryLine<'_> {
        match line::parse(self.line().as_bytes()) {
            Some(Line::Entry(entry)) => entry,
            _ => unreachable!("the block was read to its entry"),
        }
    }

    /// The entry's body, which was found at this place.
    pub(crate) fn body(&self, entry: &EntryLine<'_>) -> &str {
        let start = self.entry_at + entry.body_at;
        &self.text[start..start + entry.body.len()]
    }

    /// Reads up to the next entry, but not over `limit` bytes.
    pub(crate) fn read(&mut self, file: &mut impl BufRead, limit: u64) -> io::Result<End> {
        self.data.clear();
        self.absent.clear();
        self.blanks = 0;
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.clear();
        let hash = loop {
            let start = bytes.len();
            let room = LINE_BYTES_MAX.min(limit.saturating_sub(start as u64));
            file.by_ref().take(room).read_until(b'\n', &mut bytes)?;
            match self.take_line(&bytes, start) {
                Ok(None) => {}
                Ok(Some(hash)) => break hash,
                Err(end) => return Ok(end),
            }
        };
        // All at once is much cheaper than line by line.
        match String::from_utf8(bytes) {
            Ok(text) => self.text = text,
            Err(_) => return Ok(End::Flaw(Flaw::NotALine, 0)),
        }
        let matched = match_data(&self.text[self.entry_at..], &self.data, &mut self.absent);
        Ok(match matched {
            Ok(()) if self.blanks > self.absent.len() => End::Flaw(Flaw::Blank, 0),
            Ok(()) => End::Entry(hash),
            Err(flaw) => End::Flaw(flaw, 0),
        })
    }

    /// Takes in the line that begins at `start`. `None`: it is data, and the entry is still to come.
    fn take_line(&mut self, bytes: &[u8], start: usize) -> Result<Option<Digest>, End> {
        if bytes.len() == start {
            return Err(if start == 0 { End::File } else { End::Flaw(Flaw::Orphan, 0) });
        }
        let Some(line) = bytes[start..].strip_suffix(b"\n") else {
            return Err(End::Flaw(unterminated(&bytes[start..]), start));
        };
        if bytes.len() > BLOCK_BYTES_MAX {
            return Err(End::Flaw(Flaw::TooLong, start));
        }
        match line::parse(line).ok_or(End::Flaw(Flaw::NotALine, start))? {
            Line::Blank => self.blanks += 1,
            Line::Datum { salt, text } => {
                let reference = Ref::of(&salt.0, text);
                let end = start + line.len() - line::SALT_TAIL;
                self.data.push(Inline { reference, salt, text: end - text.len()..end });
            }
            Line::Entry(entry) => {
                self.entry_at = start;
                return entry.hash().map(Some).ok_or(End::Flaw(Flaw::Hash, start));
            }
        }
        Ok(None)
    }
}

/// Walks the names and the data side by side: both stand in the same order. Only the body of an entry's line can name
/// anything, so the whole line will do.
fn match_data(entry: &str, data: &[Inline], absent: &mut Vec<Ref>) -> Result<(), Flaw> {
    let is = |inline: &Inline, named: &str| line::hex(&inline.reference.0) == named.as_bytes();
    let mut rest = data.iter().peekable();
    for named in line::refs(entry) {
        if rest.next_if(|inline| is(inline, named)).is_none() {
            absent.push(Ref(named.parse().expect("hex digits are a digest")));
        }
    }
    match rest.next() {
        None => Ok(()),
        // It is named, so its bytes are whole; it only stands where it shouldn't.
        Some(left) if line::refs(entry).any(|named| is(left, named)) => Err(Flaw::Order),
        Some(_) => Err(Flaw::Unnamed),
    }
}

fn unterminated(bytes: &[u8]) -> Flaw {
    if bytes.iter().all(|byte| *byte == 0) {
        Flaw::Zeros
    } else if bytes.len() as u64 == LINE_BYTES_MAX {
        Flaw::TooLong
    } else {
        Flaw::Unterminated
    }
}
