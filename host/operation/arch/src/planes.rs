//! The planes are folders: which crate may use which.
//!
//! *Invariant:* an edge is judged by the folders at its ends, whatever its kind (normal, dev, build), whether it is
//! optional, renamed, or for one platform only: each of these would otherwise be a way around the table.
//! *Doesn't know:* packages from a registry; `owners` and `drivers` judge those.
//! *Start at:* [`check`].

use std::collections::HashMap;

use crate::Report;
use crate::graph::{Edge, Workspace};

/// A plane: the first folder below `host/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plane {
    /// Inert types and the gate.
    Contract,
    /// Engine, capabilities, content, fabric, watch.
    Mechanism,
    /// What acts and what remembers.
    Execution,
    /// What proposes.
    Reasoning,
    /// What puts the others together; `tests/` and `bench/` count as this.
    Operation,
}

impl Plane {
    /// The plane of a crate's folder; `None` for a folder below `host/` that is no plane's.
    #[must_use]
    pub fn of(folder: &str) -> Option<Self> {
        let Some(inside) = folder.strip_prefix("host/") else { return Some(Self::Operation) };
        match inside.split_once('/') {
            Some(("contract", _)) => Some(Self::Contract),
            Some(("mechanism", _)) => Some(Self::Mechanism),
            Some(("execution", _)) => Some(Self::Execution),
            Some(("reasoning", _)) => Some(Self::Reasoning),
            Some(("operation", _)) => Some(Self::Operation),
            _ => None,
        }
    }

    /// The table: whether a crate of this plane may use a crate of `other`.
    #[must_use]
    pub fn may_use(self, other: Self) -> bool {
        use Plane::{Contract, Execution, Mechanism, Operation, Reasoning};
        match self {
            Contract => other == Contract,
            Mechanism => matches!(other, Contract | Mechanism),
            Execution => matches!(other, Contract | Mechanism | Execution),
            Reasoning => matches!(other, Contract | Mechanism | Reasoning),
            Operation => true,
        }
    }
}

/// Judges every edge between crates of the workspace, and every edge to a folder outside of it.
#[must_use]
pub fn check(workspace: &Workspace) -> Report {
    let mut report = Report::default();
    let planes: HashMap<&str, Option<Plane>> =
        workspace.crates.iter().map(|member| (member.name.as_str(), Plane::of(&member.folder))).collect();
    for member in &workspace.crates {
        let Some(plane) = planes[member.name.as_str()] else {
            report.found(format!("{} lies in {}, which is no plane's folder", member.name, member.folder));
            continue;
        };
        for edge in member.edges.iter().filter(|edge| edge.by_path) {
            report.saw();
            if let Some(why) = refusal(plane, edge, &planes) {
                report.found(format!("{} ({plane:?}) uses {} ({}): {why}", member.name, edge.to, edge.kind));
            }
        }
    }
    report
}

fn refusal(plane: Plane, edge: &Edge, planes: &HashMap<&str, Option<Plane>>) -> Option<String> {
    match planes.get(edge.to.as_str()) {
        Some(Some(other)) if plane.may_use(*other) => None,
        Some(Some(other)) => Some(format!("{plane:?} may not use {other:?}")),
        // The crate in no plane's folder was named already, by its own entry.
        Some(None) => None,
        None if plane == Plane::Operation => None,
        None => Some("it lies outside the workspace, where no plane is known".to_owned()),
    }
}
