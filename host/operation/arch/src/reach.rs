//! No path: which packages a crate must never be built on, however long the way there.
//!
//! *Invariant:* a path over normal and build edges with all features on counts, so that no feature can open one.
//! *Doesn't know:* dev edges: what a test uses ends in no binary, and the planes table holds those between our crates.
//! *Start at:* [`RULES`].

use std::collections::VecDeque;

use crate::Report;
use crate::graph::Resolved;

/// Clients of model providers, and of the network at large. A replay built on one could ask again.
pub const CLIENTS: &[&str] = &[
    "anthropic-sdk",
    "async-openai",
    "attohttpc",
    "awc",
    "aws-sdk-bedrockruntime",
    "curl",
    "genai",
    "h2",
    "http-client",
    "hyper",
    "hyper-util",
    "isahc",
    "llm",
    "minreq",
    "ollama-rs",
    "openai-api-rs",
    "reqwest",
    "rig-core",
    "surf",
    "tungstenite",
    "ureq",
    "ureq-proto",
];

/// One rule: nothing of `never` may be reached from `from`.
#[derive(Debug, Clone, Copy)]
pub struct Rule<'a> {
    /// A crate of ours.
    pub from: &'a str,
    /// Whether it has to exist; a crate that is yet to come is held to its rule from its first day.
    pub must_exist: bool,
    /// Crates of ours that may not be reached.
    pub never: &'a [&'a str],
    /// Whether [`CLIENTS`] may not be reached either.
    pub no_clients: bool,
}

/// What execution may reach neither directly nor through anything else: who proposes, and who calls out.
const OUTSIDE: &[&str] = &["jaros-model", "jaros-agents", "jaros-http"];

/// The rules in force.
pub const RULES: &[Rule<'static>] = &[
    // Nothing that replays can call a model, or anybody else.
    Rule { from: "jaros-replay", must_exist: true, never: OUTSIDE, no_clients: true },
    Rule {
        from: "jaros-rereason",
        must_exist: false,
        never: &["jaros-model", "jaros-http"],
        no_clients: true,
    },
    // Execution never reaches reasoning, and never a client: what leaves the node goes through a trait that the node
    // hands in.
    Rule { from: "jaros-executor", must_exist: true, never: OUTSIDE, no_clients: true },
    Rule { from: "jaros-ledger", must_exist: true, never: OUTSIDE, no_clients: true },
    Rule { from: "jaros-machine", must_exist: true, never: OUTSIDE, no_clients: true },
    Rule { from: "jaros-tools", must_exist: true, never: OUTSIDE, no_clients: true },
    // Agents see the trait, never a provider; and they have no way to hand work over but to propose it.
    Rule {
        from: "jaros-agents",
        must_exist: true,
        never: &[
            "jaros-model",
            "jaros-http",
            "jaros-fabric",
            "jaros-watch",
            "jaros-node",
            "jaros-executor",
            "jaros-ledger",
        ],
        no_clients: true,
    },
];

/// Judges the rules over a resolved graph. `looked_at` counts the packages that were reached.
#[must_use]
pub fn check(graph: &Resolved, rules: &[Rule<'_>]) -> Report {
    let mut report = Report::default();
    for rule in rules {
        let Some(start) = graph.packages.iter().position(|package| package.name == rule.from) else {
            if rule.must_exist {
                report.found(format!("{} is not in the graph, so its rule holds nothing", rule.from));
            }
            continue;
        };
        for path in paths(graph, start) {
            report.saw();
            let end = path[path.len() - 1];
            if rule.never.contains(&end) || (rule.no_clients && CLIENTS.contains(&end)) {
                report.found(format!("{} must not be built on {end}: {}", rule.from, path.join(" -> ")));
            }
        }
    }
    report
}

/// The shortest path to every package that `start` is built on, by name, `start` itself left out.
fn paths(graph: &Resolved, start: usize) -> Vec<Vec<&str>> {
    let mut before = vec![None; graph.packages.len()];
    let mut reached = Vec::new();
    let mut queue = VecDeque::from([start]);
    while let Some(here) = queue.pop_front() {
        for &next in &graph.edges[here] {
            if next != start && before[next].is_none() {
                before[next] = Some(here);
                reached.push(next);
                queue.push_back(next);
            }
        }
    }
    let path = |&end: &usize| {
        let mut steps = vec![end];
        while let Some(step) = before[steps[steps.len() - 1]] {
            steps.push(step);
        }
        steps.iter().rev().map(|&step| graph.packages[step].name.as_str()).collect()
    };
    reached.iter().map(path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Package;

    fn graph(edges: &[(&str, &str)]) -> Resolved {
        let mut graph = Resolved::default();
        for (from, to) in edges {
            let [from, to] = [from, to].map(|name| {
                graph.packages.iter().position(|package| package.name == **name).unwrap_or_else(|| {
                    graph.packages.push(Package {
                        name: (*name).into(),
                        version: "1.0.0".into(),
                        license: None,
                    });
                    graph.edges.push(Vec::new());
                    graph.packages.len() - 1
                })
            });
            graph.edges[from].push(to);
        }
        graph
    }

    const RULE: &[Rule<'static>] =
        &[Rule { from: "jaros-replay", must_exist: true, never: &["jaros-model"], no_clients: true }];

    #[test]
    fn a_long_way_round_is_found_and_shown() {
        let graph =
            graph(&[("jaros-replay", "a"), ("a", "b"), ("b", "a"), ("b", "jaros-model"), ("c", "hyper")]);
        let report = check(&graph, RULE);
        assert_eq!(
            report.wrong,
            ["jaros-replay must not be built on jaros-model: jaros-replay -> a -> b -> jaros-model"]
        );
        assert_eq!(report.looked_at, 3);
    }

    #[test]
    fn a_client_below_a_library_is_found() {
        let report = check(&graph(&[("jaros-replay", "jsonschema"), ("jsonschema", "reqwest")]), RULE);
        assert_eq!(report.wrong.len(), 1, "{:?}", report.wrong);
    }

    #[test]
    fn a_rule_about_a_crate_that_is_gone_does_not_hold_quietly() {
        assert_eq!(check(&graph(&[("jaros-player", "a")]), RULE).wrong.len(), 1);
    }
}
