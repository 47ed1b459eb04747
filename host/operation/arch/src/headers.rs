//! Every module says the same four sentences before its first line of code.
//!
//! *Invariant:* a file under 60 lines may say only what it is; a longer one says all four, in the same order.
//! *Doesn't know:* whether a sentence is true; a reader judges that.
//! *Start at:* [`check`].

use std::collections::BTreeMap;

use crate::Report;
use crate::source;

/// The three sentences after the first, by the words they begin with.
const SENTENCES: [&str; 3] = ["*Invariant:*", "*Doesn't know:*", "*Start at:*"];

/// Below this many lines a file needs only its first sentence.
const SHORT_LINES: usize = 60;

/// Judges the module files of the crates below `host/`, those that only a test compiles left out.
#[must_use]
pub fn check(texts: &BTreeMap<String, String>) -> Report {
    let mut report = Report::default();
    let test_only = source::test_only(texts);
    let module = |file: &str| file.starts_with("host/") && file.contains("/src/");
    for (file, text) in texts.iter().filter(|(file, _)| module(file) && !test_only.contains(file)) {
        report.saw();
        if let Some(why) = refusal(text) {
            report.found(format!("{file}: {why}"));
        }
    }
    report
}

fn refusal(text: &str) -> Option<String> {
    let header: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
    let header = header.join("\n");
    let places = SENTENCES.map(|sentence| header.find(sentence));
    let first = header[..places.iter().flatten().min().copied().unwrap_or(header.len())].trim();
    if first.is_empty() {
        return Some("does not begin with a `//!` header that says what the module is".to_owned());
    }
    if text.lines().count() < SHORT_LINES {
        return None;
    }
    if let Some(missing) = SENTENCES.iter().zip(places).find(|(_, place)| place.is_none()) {
        return Some(format!("its header lacks the sentence {}", missing.0));
    }
    (!places.is_sorted())
        .then(|| format!("its header's sentences are not in the order {}", SENTENCES.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "//! What.\n//!\n//! *Invariant:* a.\n//! *Doesn't know:* b.\n//! *Start at:* c.\n";

    fn wrong(text: &str) -> Vec<String> {
        check(&BTreeMap::from([("host/a/b/src/c.rs".to_owned(), text.to_owned())])).wrong
    }

    #[test]
    fn planted_headers_are_judged() {
        let long = "fn f() {}\n".repeat(60);
        assert!(wrong(&format!("{GOOD}{long}")).is_empty());
        assert!(wrong("//! What.\nfn f() {}").is_empty(), "a short file needs one sentence");
        for bad in [
            "fn f() {}".to_owned(),
            "// What.\nfn f() {}".to_owned(),
            "//!\nfn f() {}".to_owned(),
            format!("//! What.\n{long}"),
            format!("{}{long}", GOOD.replace("*Doesn't know:*", "Doesn't know:")),
            format!("//! What.\n//! *Start at:* c.\n//! *Invariant:* a.\n//! *Doesn't know:* b.\n{long}"),
        ] {
            assert_eq!(wrong(&bad).len(), 1, "{}", bad.lines().next().unwrap_or_default());
        }
    }
}
