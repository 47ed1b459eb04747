//! Licences: everything that Jaros is built on may be used under one that `deny.toml` allows.
//!
//! *Invariant:* `deny.toml` is the one list, here and for `cargo deny`; a package without a licence expression is
//! refused, and so is a word of one that is not understood.
//! *Doesn't know:* licence files' texts, advisories, yanked versions: `cargo deny` does.
//! *Start at:* [`check`].

use crate::Report;
use crate::graph::Resolved;

/// The `allow` list of a `deny.toml`: the strings of its `[licenses]` section's array.
#[must_use]
pub fn allowed(deny: &str) -> Vec<&str> {
    let section = deny.split("\n[licenses]\n").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let list = section.split("allow = [").nth(1).and_then(|rest| rest.split(']').next()).unwrap_or_default();
    let lines = list.lines().map(|line| line.split('#').next().unwrap_or_default());
    lines.flat_map(|line| line.split('"').skip(1).step_by(2)).collect()
}

/// Judges every package's licence expression.
#[must_use]
pub fn check(graph: &Resolved, allowed: &[&str]) -> Report {
    let mut report = Report::default();
    for package in &graph.packages {
        report.saw();
        let (name, version) = (&package.name, &package.version);
        match &package.license {
            None => report.found(format!("{name} {version} names no licence")),
            Some(text) if satisfied(text, allowed) => {}
            Some(text) => {
                report.found(format!("{name} {version} is under {text}, which deny.toml does not allow"));
            }
        }
    }
    report
}

/// Whether an SPDX expression can be met. `/` is the old way to write `OR`.
fn satisfied(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    either(&mut rest, allowed) == Some(true) && rest.is_empty()
}

/// `a OR b`; `None` where the words make no expression.
fn either(words: &mut &[&str], allowed: &[&str]) -> Option<bool> {
    let mut met = both(words, allowed)?;
    while let Some(("OR", rest)) = words.split_first().map(|(word, rest)| (*word, rest)) {
        *words = rest;
        met |= both(words, allowed)?;
    }
    Some(met)
}

/// `a AND b` binds tighter.
fn both(words: &mut &[&str], allowed: &[&str]) -> Option<bool> {
    let mut met = one(words, allowed)?;
    while let Some(("AND", rest)) = words.split_first().map(|(word, rest)| (*word, rest)) {
        *words = rest;
        met &= one(words, allowed)?;
    }
    Some(met)
}

/// A licence, one with an exception, or an expression in parentheses.
fn one(words: &mut &[&str], allowed: &[&str]) -> Option<bool> {
    match **words {
        ["(", ref rest @ ..] => {
            *words = rest;
            let met = either(words, allowed)?;
            let (")", rest) = words.split_first().map(|(word, rest)| (*word, rest))? else { return None };
            *words = rest;
            Some(met)
        }
        [licence, "WITH", exception, ref rest @ ..] => {
            *words = rest;
            Some(allowed.contains(&format!("{licence} WITH {exception}").as_str()))
        }
        [licence, ref rest @ ..] if !matches!(licence, ")" | "OR" | "AND" | "WITH") => {
            *words = rest;
            Some(allowed.contains(&licence))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Package;

    const DENY: &str = "[graph]\nx = [\"GPL-3.0\"]\n\n[licenses]\nunused = \"deny\"\nallow = [\n    \"MIT\", # \"GPL-2.0\"\n    \
                        \"ISC\",\n    \"Apache-2.0 WITH LLVM-exception\",\n]\n\n[bans]\nallow = [\"AGPL-3.0\"]\n";

    #[test]
    fn the_list_is_read_from_its_section_alone() {
        assert_eq!(allowed(DENY), ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"]);
        assert!(allowed("[bans]\n").is_empty());
    }

    #[test]
    fn expressions_are_judged() {
        for (expression, met) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("GPL-3.0-only OR MIT", true),
            ("GPL-3.0/MIT", true),
            ("MIT AND GPL-3.0-only", false),
            ("(GPL-3.0-only OR MIT) AND ISC", true),
            ("GPL-3.0-only OR MIT AND ISC", true),
            ("Apache-2.0", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("MIT WITH LLVM-exception", false),
            ("", false),
            ("MIT OR", false),
            ("(MIT", false),
            ("MIT ISC", false),
        ] {
            assert_eq!(satisfied(expression, &allowed(DENY)), met, "{expression}");
        }
    }

    #[test]
    fn a_planted_package_is_named() {
        let package = |name: &str, license: Option<&str>| Package {
            name: name.into(),
            version: "1.0.0".into(),
            license: license.map(str::to_owned),
        };
        let packages =
            vec![package("a", Some("MIT")), package("b", Some("AGPL-3.0-only")), package("c", None)];
        let report = check(&Resolved { packages, ..Resolved::default() }, &allowed(DENY));
        assert_eq!((report.looked_at, report.wrong.len()), (3, 2), "{:?}", report.wrong);
    }
}
