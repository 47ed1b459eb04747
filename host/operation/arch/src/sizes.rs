//! Sizes as a ratchet: what is long may not grow, and nothing else becomes long.
//!
//! *Invariant:* a file over 600 lines stands in `sizes.txt` with the lines it may have; an entry for a file that is no
//! longer that long has to go, so that the list only ever shrinks by itself.
//! *Doesn't know:* what a good split would be.
//! *Start at:* [`check`].

use std::collections::BTreeMap;

use crate::Report;

/// Up to here a file needs no entry.
pub const FREE_LINES: usize = 600;

/// Judges the files by their paths and texts against the committed list: `LINES PATH` a line, `#` for remarks.
#[must_use]
pub fn check(texts: &BTreeMap<String, String>, list: &str) -> Report {
    let mut report = Report::default();
    let allowed = entries(list, &mut report);
    for (file, text) in texts {
        report.saw();
        let lines = text.lines().count();
        match allowed.get(file.as_str()) {
            Some(&most) if lines > most => {
                report.found(format!("{file} grew to {lines} lines; the list allows {most}: split it"));
            }
            None if lines > FREE_LINES => {
                report.found(format!("{file} has {lines} lines, more than {FREE_LINES}: split it"));
            }
            Some(_) if lines <= FREE_LINES => {
                report.found(format!("{file} has only {lines} lines now: take it off the list"));
            }
            _ => {}
        }
    }
    for file in allowed.keys().filter(|file| !texts.contains_key(**file)) {
        report.found(format!("{file} is gone: take it off the list"));
    }
    report
}

fn entries<'a>(list: &'a str, report: &mut Report) -> BTreeMap<&'a str, usize> {
    let mut allowed = BTreeMap::new();
    for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_once(' ').map(|(lines, file)| (lines.parse(), file)) {
            Some((Ok(lines), file)) => {
                allowed.insert(file, lines);
            }
            _ => report.found(format!("the list's line `{line}` is not LINES PATH")),
        }
    }
    allowed
}

/// What `sizes.txt` would say now: longest first.
#[must_use]
pub fn over(texts: &BTreeMap<String, String>) -> Vec<(usize, &str)> {
    let sizes = texts.iter().map(|(file, text)| (text.lines().count(), file.as_str()));
    let mut long: Vec<_> = sizes.filter(|(lines, _)| *lines > FREE_LINES).collect();
    long.sort_unstable_by(|a, b| b.cmp(a));
    long
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_new_length_and_stale_entries_are_found() {
        let text = |lines: usize| "x\n".repeat(lines);
        let texts = BTreeMap::from([
            ("short.rs".to_owned(), text(600)),
            ("same.rs".to_owned(), text(700)),
            ("grew.rs".to_owned(), text(701)),
            ("new.rs".to_owned(), text(601)),
            ("shrunk.rs".to_owned(), text(10)),
        ]);
        let report =
            check(&texts, "# remark\n700 same.rs\n700 grew.rs\n650 shrunk.rs\n900 gone.rs\nnonsense\n");
        assert_eq!(report.looked_at, 5);
        let said = report.wrong.join("\n");
        for about in ["grew.rs grew", "new.rs has 601", "shrunk.rs has only", "gone.rs is gone", "`nonsense`"]
        {
            assert!(said.contains(about), "{about} in\n{said}");
        }
        assert_eq!(report.wrong.len(), 5, "{said}");
    }
}
