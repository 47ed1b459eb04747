//! What somebody may have meant who named an action that there isn't.
//!
//! *Invariant:* only what the agent may propose is suggested: the list tells it nothing that it may not know.
//! *Doesn't know:* why a kind is missing.
//! *Start at:* [`not_found`].

use jaros_decision::{Code, Failure};

use crate::View;

/// Names in a message, at most.
const NAMES_MAX: usize = 8;

/// The failure for a kind that isn't there, with what is near, or else what there is.
pub(crate) fn not_found(kind: &str, view: &View<'_>) -> Failure {
    let allowed = view.actions.all().filter(|action| view.grants.propose(action));
    let kinds: Vec<&str> = allowed.map(|action| action.kind.as_str()).collect();
    let hint = match near(kind, &kinds) {
        near if !near.is_empty() => format!("did you mean {}?", near.join(" or ")),
        _ if kinds.is_empty() => String::from("this agent may propose nothing"),
        _ if kinds.len() <= NAMES_MAX => format!("this agent may propose {}", kinds.join(", ")),
        _ => {
            let (shown, rest) = kinds.split_at(NAMES_MAX);
            format!("this agent may propose {} and {} more", shown.join(", "), rest.len())
        }
    };
    Failure::new(Code::NOT_FOUND, format!("there is no action {}; {hint}", quoted(kind)))
}

/// At most three names that differ by a slip of the hand, or by a part left out: `count` for `text.count`.
pub fn near<'k>(kind: &str, kinds: &[&'k str]) -> Vec<&'k str> {
    if kind.is_empty() || kind.len() > 128 {
        return Vec::new();
    }
    let slips_max = 1 + kind.len() / 4;
    let mut found: Vec<(usize, &str)> = kinds
        .iter()
        .filter_map(|known| {
            let part = known.split('.').any(|part| part.eq_ignore_ascii_case(kind));
            let slips = if part { 0 } else { strsim::osa_distance(kind, known) };
            (slips <= slips_max).then_some((slips, *known))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().take(3).map(|(_, known)| known).collect()
}

/// A word from outside for a message: escaped, and short.
pub fn quoted(word: &str) -> String {
    let mut short: String = word.chars().take(64).collect();
    if short.len() < word.len() {
        short.push('…');
    }
    format!("{short:?}")
}
