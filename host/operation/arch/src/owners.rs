//! One owner each: who may name a dependency that is heavy, or that opens a door.
//!
//! *Invariant:* every kind of edge counts, dev ones too: a test that reaches around the owner has found a gap in the
//! owner's interface.
//! *Doesn't know:* what is reached through others; that is what an owner is for.
//! *Start at:* [`OWNERS`].

use crate::Report;
use crate::graph::Workspace;

/// A dependency and the crates that may name it.
pub const OWNERS: &[(&str, &[&str])] = &[
    ("clap", &["jaros"]),
    ("ed25519-dalek", &["jaros-ledger"]),
    ("jsonschema", &["jaros-gate"]),
    ("notify", &["jaros-watch"]),
    ("quick-xml", &["jaros-evals"]),
    ("rpds", &["jaros-capability"]),
    ("rustls", &["jaros-http"]),
    ("rustls-native-certs", &["jaros-http"]),
    ("toml", &["jaros-capability", "jaros-project", "jaros-evals"]),
    ("toml_edit", &["jaros-capability"]),
    ("ureq", &["jaros-http"]),
    ("ureq-proto", &["jaros-http"]),
    ("url", &["jaros-capability"]),
    ("wasmparser", &["jaros-engine"]),
    ("wasmtime", &["jaros-engine"]),
    ("wit-component", &["jaros-project"]),
    ("wit-parser", &["jaros-project"]),
];

/// Judges every edge to a package that has an owner. `looked_at` counts these edges, owners' own included.
#[must_use]
pub fn check(workspace: &Workspace, owners: &[(&str, &[&str])]) -> Report {
    let mut report = Report::default();
    for (package, allowed) in owners {
        for member in &workspace.crates {
            for edge in member.edges.iter().filter(|edge| edge.to == *package) {
                report.saw();
                if !allowed.contains(&member.name.as_str()) {
                    let owner = allowed.join(" and ");
                    let kind = &edge.kind;
                    report.found(format!("{} names {package} ({kind}), which only {owner} may", member.name));
                }
            }
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Crate, Edge};

    fn member(name: &str, to: &[(&str, &str)]) -> Crate {
        let edge = |(to, kind): &(&str, &str)| Edge {
            to: (*to).into(),
            by_path: false,
            kind: (*kind).into(),
            features: Vec::new(),
        };
        Crate { name: name.into(), folder: format!("host/x/{name}"), edges: to.iter().map(edge).collect() }
    }

    #[test]
    fn a_stranger_is_found_and_the_owner_passes() {
        let crates = vec![
            member("engine", &[("wasmtime", "normal")]),
            member("node", &[("wasmtime", "dev, renamed w")]),
            member("cli", &[("serde", "normal")]),
        ];
        let report = check(&Workspace { crates }, &[("wasmtime", &["engine"])]);
        assert_eq!(report.wrong, ["node names wasmtime (dev, renamed w), which only engine may"]);
        assert_eq!(report.looked_at, 2);
    }
}
