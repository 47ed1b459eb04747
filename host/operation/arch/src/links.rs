//! Links between the repository's pages: what a page points to is there, down to the heading.
//!
//! *Invariant:* a link counts as good only where its file, and its heading if it names one, was found.
//! *Doesn't know:* addresses on the web, and what the book makes of a page.
//! *Start at:* [`check`].

use std::collections::{BTreeMap, BTreeSet};

use crate::Report;

/// Judges all pages (path and text). `exists` answers for a file or folder below the repository's root.
#[must_use]
pub fn check(pages: &BTreeMap<String, String>, exists: &dyn Fn(&str) -> bool) -> Report {
    let mut report = Report::default();
    let headings: BTreeMap<&str, BTreeSet<String>> =
        pages.iter().map(|(page, text)| (page.as_str(), anchors(text))).collect();
    for (page, text) in pages {
        for link in targets(text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            report.saw();
            let (path, heading) = link.split_once('#').unwrap_or((&link, ""));
            let Some(file) = resolve(page, path) else {
                report.found(format!("{page}: {link} leads out of the repository"));
                continue;
            };
            if !exists(&file) {
                report.found(format!("{page}: {link} leads to {file}, which is not there"));
            } else if let Some(known) = headings.get(file.as_str())
                && !heading.is_empty()
                && !known.contains(heading)
            {
                report.found(format!("{page}: {link} names a heading that {file} doesn't have"));
            }
        }
    }
    report
}

/// The path from the root, for a link on `page`; nothing for one that leads out.
fn resolve(page: &str, path: &str) -> Option<String> {
    if path.is_empty() {
        return Some(page.to_owned());
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The text outside fenced code, with a blank line in the place of each fence.
fn prose(text: &str) -> String {
    let mut fence = None;
    let mut prose = String::new();
    for line in text.lines() {
        let mark = ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark));
        match (fence, mark) {
            (None, None) => prose += line,
            (None, Some(_)) => fence = mark,
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => continue,
        }
        prose.push('\n');
    }
    prose
}

/// What the links of a page point to: `[text](target)`, and `[text]: target` on a line of its own.
fn targets(text: &str) -> Vec<String> {
    let first = |text: &str| text.split_whitespace().next().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    // Neither a link nor a span of code goes on past a blank line.
    for paragraph in prose(text).split("\n\n") {
        let named = paragraph.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: "));
        found.extend(named.filter(|(name, _)| !name.contains(']')).map(|(_, target)| first(target)));
        let paragraph = without_code(paragraph);
        for (at, _) in paragraph.match_indices("](") {
            let rest = &paragraph[at + 2..];
            found.extend(rest.find(')').map(|end| first(&rest[..end])));
        }
    }
    found
}

/// A paragraph without what stands between backticks.
fn without_code(paragraph: &str) -> String {
    paragraph.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// The anchors of a page's headings, as forges and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in prose(text).lines() {
        let title = line.trim_start_matches('#');
        if title.len() == line.len() || !title.starts_with(' ') {
            continue;
        }
        let anchor: String = (title.trim().chars())
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() })
            .collect();
        let numbered = (1..).map(|n| format!("{anchor}-{n}"));
        let free = std::iter::once(anchor.clone()).chain(numbered).find(|name| !found.contains(name));
        found.extend(free);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> (usize, Vec<String>) {
        let other = "# Other\n\n## The *way* of `a.job`\n\n## Twice\n\n## Twice\n\n```\n# no heading\n```\n";
        let pages = [("docs/a.md", text), ("docs/deep/b.md", other)];
        let pages = pages.map(|(page, text)| (page.to_owned(), text.to_owned())).into();
        let report =
            check(&pages, &|path| ["docs/a.md", "docs/deep/b.md", "docs/deep", "LICENSE"].contains(&path));
        (report.looked_at, report.wrong)
    }

    #[test]
    fn good_links_pass() {
        let good = "## Here\n[a](deep/b.md) [b](deep/b.md#the-way-of-ajob), ![c](../LICENSE) [d](#here)\n\
            [e](deep/) [f](deep/b.md#twice-1 \"title\") [g](https://example.org/x) `[h](gone)`\n\n[i]: deep/b.md#twice\n\
            ```\n[j](gone)\n```\n";
        assert_eq!(wrong(good), (7, Vec::new()));
    }

    #[test]
    fn planted_dead_links_are_found() {
        for (link, said) in [
            ("[a](gone.md)", "leads to docs/gone.md, which is not there"),
            ("[a](b.md)", "leads to docs/b.md, which is not there"),
            ("[a](../../x)", "leads out of the repository"),
            ("[a](#nowhere)", "names a heading that docs/a.md doesn't have"),
            ("[a](deep/b.md#no-heading)", "names a heading that docs/deep/b.md doesn't have"),
            ("[a](deep/b.md#twice-2)", "names a heading that docs/deep/b.md doesn't have"),
            ("[a]: gone.md", "leads to docs/gone.md, which is not there"),
            ("`code` and [a](gone.md)", "leads to docs/gone.md, which is not there"),
        ] {
            let (looked_at, wrong) = wrong(link);
            assert_eq!((looked_at, wrong.len()), (1, 1), "{link}: {wrong:?}");
            assert!(wrong[0].ends_with(said), "{link}: {wrong:?}");
        }
    }
}
