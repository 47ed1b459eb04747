//! What a check looked at, and what it found wrong.
//!
//! *Invariant:* `looked_at` counts things that were really judged, not things that were offered.
//! *Doesn't know:* what is printed or asserted; the tests do that.
//! *Start at:* [`Report`].

/// The answer of one check.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many edges, files, packages or lines were judged.
    pub looked_at: usize,
    /// One sentence for each violation: what, where, and what to do instead.
    pub wrong: Vec<String>,
}

impl Report {
    /// Counts one more thing that was judged.
    pub(crate) fn saw(&mut self) {
        self.looked_at += 1;
    }

    /// Notes a violation.
    pub(crate) fn found(&mut self, sentence: impl Into<String>) {
        self.wrong.push(sentence.into());
    }
}
