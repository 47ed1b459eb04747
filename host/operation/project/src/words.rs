//! Small things that sentences are made of.

/// What a word may have meant, or what there is.
pub(crate) fn hint(word: &str, known: &[&str]) -> String {
    let near = known.iter().map(|one| (strsim::damerau_levenshtein(word, one), one));
    match near.min().filter(|(distance, one)| *distance <= 2 && *distance < one.len()) {
        Some((_, one)) => format!("did you mean {one}?"),
        None => format!("there are {}", known.join(", ")),
    }
}
