//! How cases came out, as it is printed and as programs read it.
//!
//! *Invariant:* a case has passed only where something was looked at and all of it holds.
//! *Doesn't know:* how it is printed.
//! *Start at:* [`Report`].

use serde::Serialize;
use serde_json::{Value, json};

use crate::case::{Case, Work};
use crate::check::Check;

/// How cases came out, in their order.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Each of them.
    pub cases: Vec<CaseReport>,
}

/// How one case came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseReport {
    /// What it is called.
    pub name: String,
    /// The file that it stands in.
    pub file: String,
    /// `agent` or `tool`, and which: `agent greeter`.
    pub of: String,
    /// Whether everything that was expected holds.
    pub passed: bool,
    /// From its first turn to its result, in milliseconds.
    pub took_ms: u64,
    /// Why it can't have passed, whatever was looked at.
    pub problem: Option<String>,
    /// Everything that was looked at.
    pub checks: Vec<Check>,
    /// What may explain it.
    pub remarks: Vec<String>,
}

impl CaseReport {
    pub(crate) fn of(case: &Case) -> Self {
        let role = match case.work {
            Work::Agent { .. } => "agent",
            Work::Tool { .. } => "tool",
        };
        Self {
            name: case.name.clone(),
            file: case.file.clone(),
            of: format!("{role} {}", case.work.name()),
            passed: false,
            took_ms: 0,
            problem: None,
            checks: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// What is wrong, a sentence each: the problem, then each check that doesn't hold, then what may explain it.
    #[must_use]
    pub fn wrong(&self) -> Vec<String> {
        if self.passed {
            return Vec::new();
        }
        let broken = self.checks.iter().filter(|check| !check.ok);
        let broken =
            broken.map(|check| format!("{}: expected {}, found {}", check.what, check.expected, check.found));
        self.problem.iter().cloned().chain(broken).chain(self.remarks.iter().cloned()).collect()
    }
}

impl Report {
    /// How many passed.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.cases.iter().filter(|case| case.passed).count()
    }

    /// How many didn't.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.cases.len() - self.passed()
    }

    /// `{"passed":…,"failed":…,"cases":[…]}`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({ "passed": self.passed(), "failed": self.failed(), "cases": self.cases })
    }
}
