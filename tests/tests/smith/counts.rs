//! What became of all that was tried.

use std::collections::BTreeMap;
use std::fmt;

use crate::trial::End;

/// Where a component came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum From {
    /// A generated core module in a sound component.
    Smith,
    /// A component of text, mutated.
    Text,
    /// A built example, mutated.
    Built,
}

/// Ends by origin.
#[derive(Default)]
pub(crate) struct Counts(BTreeMap<(From, End), u64>);

impl Counts {
    pub(crate) fn count(&mut self, from: From, end: End) {
        *self.0.entry((from, end)).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (key, count) in &other.0 {
            *self.0.entry(*key).or_default() += count;
        }
    }

    pub(crate) fn made(&self) -> u64 {
        self.0.values().sum()
    }

    /// Those that were instantiated and whose `execute` was entered.
    pub(crate) fn ran(&self) -> u64 {
        self.0.iter().filter(|((_, end), _)| end.ran()).map(|(_, count)| count).sum()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for from in [From::Smith, From::Text, From::Built] {
            let ends = self.0.iter().filter(|((of, _), _)| *of == from);
            let made: u64 = ends.clone().map(|(_, count)| count).sum();
            writeln!(f, "{from:?}: {made} made")?;
            for ((_, end), count) in ends {
                writeln!(f, "  {count:8} {end}")?;
            }
        }
        write!(f, "{} made, {} instantiated and ran", self.made(), self.ran())
    }
}
