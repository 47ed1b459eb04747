//! How names that somebody else chose appear in messages, and what they may have meant.
//!
//! *Invariant:* what is shown has no control characters and a bounded length, so that no message can imitate another.
//! *Doesn't know:* which names are right.
//! *Start at:* [`shown`].

use std::fmt::Write as _;

/// Longer words are shown cut: a message stays a sentence.
const SHOWN_CHARS_MAX: usize = 200;

/// Longer words aren't compared: that costs the product of both lengths.
const NEAR_BYTES_MAX: usize = 64;

/// `text` between backticks, cut when it is long, with control characters escaped.
pub(crate) fn shown(text: &str) -> String {
    let mut out = String::from("`");
    for (n, c) in text.chars().enumerate() {
        if n == SHOWN_CHARS_MAX {
            out.push('…');
            break;
        }
        if c.is_control() || is_direction(c) {
            write!(out, "{}", c.escape_unicode()).expect("writing to a string succeeds");
        } else {
            out.push(c);
        }
    }
    out.push('`');
    out
}

/// Marks that make a terminal show the rest of a line in another order than it is stored in.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The names between backticks, with commas; `nothing` for none.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(shown).collect();
    if names.is_empty() { String::from("nothing") } else { names.join(", ") }
}

/// The known name that `word` was probably meant to be.
pub(crate) fn near<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > NEAR_BYTES_MAX {
        return None;
    }
    let word = word.to_ascii_lowercase().replace('_', "-");
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&word, &name.replace('_', "-")), name))
        .filter(|(distance, name)| *distance <= (name.len() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// ` (did you mean …?)`, or nothing.
pub(crate) fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    near(word, known).map_or_else(String::new, |name| format!(" (did you mean `{name}`?)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_words_stay_on_their_line_and_short() {
        assert_eq!(shown("a b"), "`a b`");
        assert_eq!(shown("a\nb\u{1b}[31m"), "`a\\u{a}b\\u{1b}[31m`");
        assert_eq!(shown("a\u{202e}b"), "`a\\u{202e}b`");
        assert_eq!(shown(&"é".repeat(5_000)).chars().count(), SHOWN_CHARS_MAX + 3);
    }

    #[test]
    fn near_finds_slips_and_nothing_else() {
        let known = ["files-read", "host-facts", "http"];
        let table = [
            ("file-read", Some("files-read")),
            ("files_read", Some("files-read")),
            ("Host-Facts", Some("host-facts")),
            ("htpt", Some("http")),
            ("network", None),
            ("", None),
        ];
        for (word, meant) in table {
            assert_eq!(near(word, known), meant, "{word}");
        }
        assert_eq!(near(&"x".repeat(1 << 20), known), None);
    }
}
