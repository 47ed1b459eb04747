//! The demo's voice: numbered steps, and under each what was observed.
//!
//! *Invariant:* a row is said after it was seen and held true, never before; whoever asked for JSON hears nothing of it.
//! *Doesn't know:* what is shown.
//! *Start at:* [`Say`].

use std::cell::Cell;
use std::fmt::Display;

use crate::exit::Exit;
use crate::output::{Output, Paint};
use crate::problem::Problem;

/// What programs learn when a step didn't show what it claims.
const NOT_SHOWN: &str = "not-shown";
/// The width of a row's label, and of what stands beside it: together 100 columns with the indent.
const LABEL: usize = 14;
const TEXT: usize = 82;

/// Says things to people.
pub(super) struct Say<'o> {
    out: &'o Output,
    /// Whether a line stands there that the next one replaces.
    waiting: Cell<bool>,
}

impl<'o> Say<'o> {
    pub(super) fn new(out: &'o Output) -> Self {
        Self { out, waiting: Cell::new(false) }
    }

    /// A line as it stands.
    pub(super) fn line(&self, text: impl Display) -> Result<(), Problem> {
        if self.out.is_json() {
            return Ok(());
        }
        self.done_waiting();
        self.out.line(text)?;
        // What was seen is shown when it was seen.
        self.out.flush()
    }

    /// A step's heading.
    pub(super) fn step(&self, number: u8, text: &str) -> Result<(), Problem> {
        self.line("")?;
        self.line(self.strong(format_args!("{number}  {text}")))
    }

    /// What was observed.
    pub(super) fn row(&self, label: &str, text: impl Display) -> Result<(), Problem> {
        self.line(format_args!("   {} {text}", self.dim(format_args!("{label:<LABEL$}"))))
    }

    /// What was observed, and is the point of the step.
    pub(super) fn point(&self, label: &str, text: impl Display) -> Result<(), Problem> {
        self.line(format_args!("   {} {text}", self.good(format_args!("{label:<LABEL$}"))))
    }

    /// More about the row above.
    pub(super) fn more(&self, text: impl Display) -> Result<(), Problem> {
        self.line(format_args!("   {:LABEL$} {}", "", self.dim(text)))
    }

    /// A component's or the host's own words, whole, on as many lines as they need.
    pub(super) fn quote(&self, words: &str) -> Result<(), Problem> {
        wrapped(words, TEXT).iter().try_for_each(|line| self.more(line))
    }

    /// What is being waited for, where somebody watches.
    pub(super) fn wait(&self, text: &str) {
        if !self.out.is_json() {
            self.out.progress(format_args!("   {text} …"));
            self.waiting.set(true);
        }
    }

    /// Takes away what was being waited for.
    pub(super) fn done_waiting(&self) {
        if self.waiting.replace(false) {
            self.out.progress_done();
        }
    }

    pub(super) fn good(&self, text: impl Display) -> String {
        self.out.paint(Paint::Good, text)
    }

    pub(super) fn bad(&self, text: impl Display) -> String {
        self.out.paint(Paint::Bad, text)
    }

    pub(super) fn dim(&self, text: impl Display) -> String {
        self.out.paint(Paint::Dim, text)
    }

    pub(super) fn strong(&self, text: impl Display) -> String {
        self.out.paint(Paint::Strong, text)
    }
}

/// Text on lines of at most `width` characters, broken between words.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// That a claim holds; every step asks this of what it is about to say.
pub(super) fn holds(claim: bool, otherwise: impl Display) -> Result<(), Problem> {
    if claim { Ok(()) } else { Err(not_shown(otherwise)) }
}

/// That a step didn't show what it claims.
pub(super) fn not_shown(what: impl Display) -> Problem {
    Problem::new(Exit::No, NOT_SHOWN, format!("the demo didn't show what it claims: {what}"))
        .next("jaros demo --keep leaves the folder there to look at")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_wrapped_and_none_is_lost() {
        assert_eq!(wrapped("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrapped("incomprehensible word", 4), ["incomprehensible", "word"]);
        assert!(wrapped("", 4).is_empty());
    }

    #[test]
    fn what_was_not_shown_ends_with_one() {
        assert!(holds(true, "").is_ok());
        let problem = holds(false, "2 jobs are lost").unwrap_err();
        assert_eq!(problem.exit, Exit::No);
        assert!(problem.message.ends_with("2 jobs are lost"), "{problem}");
    }
}
