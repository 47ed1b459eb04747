//! A settings file as it was written: every complaint names its line and column, and all are told at once.
//!
//! *Invariant:* a document with any problem gives no settings: what an operator misspelt never counts as a default.
//! *Doesn't know:* what the settings mean, where the file lies.
//! *Start at:* [`Document`].

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::words::{hint, listed, shown};

/// A settings file is written by hand; what is larger is something else.
const BYTES_MAX: usize = 1 << 20;

/// More problems than this aren't told.
const PROBLEMS_MAX: usize = 20;

/// More problems than this aren't even kept: a megabyte of unknown keys would be a gigabyte of complaints.
const KEPT_MAX: usize = 1_000;

/// Why a settings file gives no settings. What was in force stays in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    /// Relative to the data directory: `config/grants.toml`.
    pub file: &'static str,
    /// At least one, in the order of the file.
    pub problems: Vec<Problem>,
}

/// One thing to correct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong and what would be right.
    pub what: String,
}

impl fmt::Display for SettingsError {
    /// `config/grants.toml:3:1: …`, a line for each problem.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, Problem { line, column, what }) in self.problems.iter().enumerate() {
            let before = if n == 0 { "" } else { "\n" };
            write!(f, "{before}{}:{line}:{column}: {what}", self.file)?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingsError {}

/// A file being read. Readers complain and go on; [`Document::finish`] tells whether anyone did.
pub(crate) struct Document<'t> {
    file: &'static str,
    text: &'t str,
    problems: Vec<(usize, String)>,
}

impl<'t> Document<'t> {
    /// Reads the text as TOML.
    pub(crate) fn parse(file: &'static str, text: &'t str) -> Result<(Self, DeTable<'t>), SettingsError> {
        let mut document = Self { file, text, problems: Vec::new() };
        if text.len() > BYTES_MAX {
            document.complain(0..0, format!("the file has {} bytes, over {BYTES_MAX}", text.len()));
            return Err(document.error());
        }
        match DeTable::parse(text) {
            Ok(table) => Ok((document, table.into_inner())),
            Err(error) => {
                document.complain(error.span().unwrap_or(0..0), String::from(error.message()));
                Err(document.error())
            }
        }
    }

    /// The line, from 1, on which something begins.
    pub(crate) fn line(&self, span: Range<usize>) -> usize {
        position(self.text, span.start).0
    }

    /// Notes a problem at this place.
    pub(crate) fn complain(&mut self, span: Range<usize>, what: String) {
        if self.problems.len() < KEPT_MAX {
            self.problems.push((span.start, what));
        }
    }

    /// Notes a key that isn't known here; `owner` says who has the known ones: `a tool has`.
    pub(crate) fn unknown<'a>(
        &mut self,
        key: &Spanned<impl AsRef<str>>,
        owner: &str,
        known: impl Iterator<Item = &'a str> + Clone,
    ) {
        let word = key.get_ref().as_ref();
        let what =
            format!("unknown key {}{}; {owner} {}", shown(word), hint(word, known.clone()), listed(known));
        self.complain(key.span(), what);
    }

    /// Notes a value of the wrong type.
    pub(crate) fn mistyped(&mut self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let type_ = value.get_ref().type_str();
        self.complain(value.span(), format!("{} is {wanted}, not a TOML {type_}", shown(key)));
    }

    /// The settings, if there was no problem.
    pub(crate) fn finish<T>(self, settings: T) -> Result<T, SettingsError> {
        if self.problems.is_empty() { Ok(settings) } else { Err(self.error()) }
    }

    fn error(mut self) -> SettingsError {
        self.problems.sort();
        self.problems.truncate(PROBLEMS_MAX);
        let text = self.text;
        let problems = self.problems.into_iter().map(|(at, what)| {
            let (line, column) = position(text, at);
            Problem { line, column, what }
        });
        SettingsError { file: self.file, problems: problems.collect() }
    }
}

fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
