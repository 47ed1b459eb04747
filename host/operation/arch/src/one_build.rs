//! Tests and product are one build: what a test ran on is what ships, and nothing heavy is compiled twice.
//!
//! *Invariant:* a package of the product has the same features under `cargo test --workspace` as under `cargo run`. A
//! test-only dependency that turns one more on would rebuild the engine for minutes, and test what nobody runs.
//! *Doesn't know:* profiles; both commands use the same one.
//! *Start at:* [`check`].

use std::collections::{BTreeMap, BTreeSet};

use crate::Report;
use crate::graph::Built;

/// Features that tests may turn on: they add items that nothing of ours names, and little is built on their package.
pub const TOLERATED: &[(&str, &[&str])] = &[
    // `proptest` draws its numbers through `rand`.
    ("getrandom", &["std", "sys_rng"]),
];

/// Compares every package of the product with itself in the test build, tolerated features left out.
#[must_use]
pub fn check(product: &[Built], tests: &[Built], tolerated: &[(&str, &[&str])]) -> Report {
    let mut report = Report::default();
    let tests = by_package(tests, tolerated);
    for (package, features) in by_package(product, tolerated) {
        report.saw();
        match tests.get(package) {
            Some(tested) if *tested == features => {}
            Some(tested) => {
                let more = difference(tested, &features);
                let less = difference(&features, tested);
                report.found(format!("{package} is tested with [{more}] but without [{less}]"));
            }
            None => report.found(format!("{package} ships and no test build has it")),
        }
    }
    report
}

/// A package may be built twice, once for the target and once for macros and build scripts.
fn by_package<'a>(built: &'a [Built], tolerated: &[(&str, &[&str])]) -> BTreeMap<&'a str, Builds<'a>> {
    let mut packages = BTreeMap::<_, Builds<'a>>::new();
    for one in built {
        let mut left: Vec<&str> = one.features.iter().map(String::as_str).collect();
        for (_, features) in tolerated.iter().filter(|(name, _)| *name == one.name()) {
            left.retain(|feature| !features.contains(feature));
        }
        packages.entry(one.package.as_str()).or_default().insert(left);
    }
    packages
}

/// The features of each build of one package.
type Builds<'a> = BTreeSet<Vec<&'a str>>;

fn difference(these: &Builds<'_>, others: &Builds<'_>) -> String {
    let others: BTreeSet<_> = others.iter().flatten().collect();
    these.iter().flatten().filter(|feature| !others.contains(feature)).copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(package: &str, features: &[&str]) -> Built {
        Built {
            package: package.into(),
            features: features.iter().map(|feature| (*feature).into()).collect(),
        }
    }

    #[test]
    fn a_feature_that_only_tests_turn_on_is_named() {
        let product = [built("serde_json v1", &["std"]), built("wasmtime v48", &["async"])];
        let tests = [built("serde_json v1", &["std", "unbounded_depth"]), built("wasmtime v48", &["async"])];
        assert!(check(&product, &product, &[]).wrong.is_empty());
        let report = check(&product, &tests, &[("serde_json", &["std"])]);
        assert_eq!(report.wrong, ["serde_json v1 is tested with [unbounded_depth] but without []"]);
        assert_eq!(report.looked_at, 2);
        assert!(check(&product, &tests, &[("serde_json", &["unbounded_depth"])]).wrong.is_empty());
    }
}
