//! An entry together with its data, as a reader hands it out.
//!
//! *Invariant:* the data that stand in lines were checked against the references; those in the content store are
//! checked when they are fetched.
//! *Doesn't know:* the entries before and after.
//! *Start at:* [`Item`].

use std::borrow::Cow;

use jaros_content::{Content, ContentError};
use jaros_decision::{Json, JsonError, JsonLimits, Ref};
use serde::de::DeserializeOwned;

use crate::data::{Datum, Salt};
use crate::entry::Entry;
use crate::flaw::{Broken, Flaw};
use crate::reader::Inline;
use crate::segment::Segment;

/// One entry with the data that it names.
#[derive(Debug)]
pub struct Item<'a> {
    /// The entry.
    pub entry: Entry<'a>,
    /// The file that it stands in.
    pub segment: Segment,
    /// Bytes before its data lines, in that file.
    pub offset: u64,
    /// Whether a later segment seals it. One that isn't may still be cut off by a successor.
    pub sealed: bool,
    pub(crate) line: &'a str,
    pub(crate) block: &'a str,
    pub(crate) data: &'a [Inline],
    /// What the entry names and no line holds.
    pub(crate) absent: &'a [Ref],
    pub(crate) content: &'a Content,
}

/// A datum's text with its salt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<'a> {
    /// What stands before it when it is hashed.
    pub salt: Salt,
    /// Canonical JSON.
    pub text: Cow<'a, str>,
}

/// Why a datum can't be had.
#[derive(Debug, thiserror::Error)]
pub enum DatumError {
    /// Neither in a line nor in the content store: it was erased, or lost ([`verify`](fn@crate::verify) tells which).
    #[error("{0} isn't there any more")]
    Gone(Ref),
    /// Its file was changed, or couldn't be read.
    #[error("{reference} can't be read: {source}")]
    Content {
        /// Which datum.
        reference: Ref,
        /// Why.
        source: ContentError,
    },
    /// It isn't the JSON that was asked for.
    #[error("{reference} isn't what it should be: {source}")]
    Shape {
        /// Which datum.
        reference: Ref,
        /// How.
        source: JsonError,
    },
}

impl<'a> Item<'a> {
    /// The entry's line as it stands in the file, without its newline.
    #[must_use]
    pub fn line(&self) -> &'a str {
        self.line
    }

    /// The data lines and the entry's line as they stand in the file, newlines included.
    #[must_use]
    pub fn block(&self) -> &'a str {
        self.block
    }

    /// A flaw of this entry.
    pub(crate) fn broken(&self, flaw: Flaw) -> Broken {
        let before = self.block.len() - self.line.len() - 1;
        Broken { seq: self.entry.seq, segment: self.segment, offset: self.offset + before as u64, flaw }
    }

    /// A datum's text, if it stands in a line. Costs nothing.
    #[must_use]
    pub fn inline(&self, reference: &Ref) -> Option<(Salt, &'a str)> {
        let found = self.data.iter().find(|inline| inline.reference == *reference)?;
        Some((found.salt, &self.block[found.text.clone()]))
    }

    /// A datum's text, wherever it is.
    /// # Errors
    /// `Gone`, `Content`.
    pub fn text(&self, reference: &Ref) -> Result<Text<'a>, DatumError> {
        if let Some((salt, text)) = self.inline(reference) {
            return Ok(Text { salt, text: Cow::Borrowed(text) });
        }
        let mut salted = self.content.get(&reference.0).map_err(|source| match source {
            ContentError::Missing(_) => DatumError::Gone(*reference),
            source => DatumError::Content { reference: *reference, source },
        })?;
        // The digest fits, so these are the writer's bytes; if they still aren't salt and text, it is no datum's file.
        if salted.len() < 16 {
            return Err(DatumError::Gone(*reference));
        }
        let text = salted.split_off(16);
        let salt = Salt(salted.try_into().expect("sixteen bytes"));
        let text = String::from_utf8(text).map_err(|_| DatumError::Gone(*reference))?;
        Ok(Text { salt, text: Cow::Owned(text) })
    }

    /// A datum as canonical JSON. Checked again, since a hash vouches for bytes only.
    /// # Errors
    /// `Gone`, `Content`, `Shape`.
    pub fn json(&self, reference: &Ref) -> Result<Json, DatumError> {
        let limits = JsonLimits { bytes: u64::MAX, depth: JsonLimits::DEPTH_MAX };
        let text = self.text(reference)?.text;
        Json::parse(&text, limits).map_err(|source| DatumError::Shape { reference: *reference, source })
    }

    /// A datum with its salt, so that it can be named again as the record named it.
    /// # Errors
    /// As [`Item::json`].
    pub fn datum(&self, reference: &Ref) -> Result<Datum, DatumError> {
        Ok(Datum::with_salt(self.json(reference)?, self.text(reference)?.salt))
    }

    /// A datum as a `T`: a plan, a transcript, an array of observations.
    /// # Errors
    /// As [`Item::json`].
    pub fn value<T: DeserializeOwned>(&self, reference: &Ref) -> Result<T, DatumError> {
        let text = self.text(reference)?.text;
        serde_json::from_str(&text).map_err(|error| DatumError::Shape {
            reference: *reference,
            source: JsonError::Shape { message: error.to_string() },
        })
    }
}
