//! One command, written once: what the README tells people to run is what the justfile runs, and so what CI runs.
//!
//! *Invariant:* the justfile is the one place; a text that shows the command shows exactly that line.
//! *Doesn't know:* what the commands do.
//! *Start at:* [`check`].

use crate::Report;

/// The first line of a recipe of a justfile, without `@`.
#[must_use]
pub fn recipe<'a>(justfile: &'a str, name: &str) -> Option<&'a str> {
    let head = format!("{name}:");
    let mut lines = justfile.lines().skip_while(|line| !line.starts_with(&head)).skip(1);
    lines.next().filter(|line| line.starts_with(' ')).map(|line| line.trim().trim_start_matches('@'))
}

/// Judges that each text (by its name) shows the first line of each recipe on a line of its own.
#[must_use]
pub fn check(justfile: &str, recipes: &[&str], texts: &[(&str, &str)]) -> Report {
    let mut report = Report::default();
    for name in recipes {
        let Some(command) = recipe(justfile, name) else {
            report.found(format!("the justfile has no recipe `{name}`"));
            continue;
        };
        for (file, text) in texts {
            report.saw();
            // Behind the command a remark may follow.
            let shown = |line: &str| line.trim().split(" #").next().unwrap_or_default().trim_end() == command;
            if !text.lines().any(shown) {
                report.found(format!("{file} does not show `{command}`, which is what `just {name}` runs"));
            }
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    const JUST: &str =
        "# Every test.\ntest:\n    cargo test --workspace\n\ndemo *args:\n\ntests:\n    other\n";

    #[test]
    fn a_text_that_shows_another_command_is_found() {
        assert_eq!(recipe(JUST, "test"), Some("cargo test --workspace"));
        assert_eq!(recipe(JUST, "demo"), None);
        let shown = "Run:\n\n    cargo test --workspace   # ten minutes\n";
        assert!(check(JUST, &["test"], &[("README.md", shown)]).wrong.is_empty());
        for other in ["cargo test --workspace --all", "run `cargo test --workspace`", ""] {
            assert_eq!(check(JUST, &["test"], &[("README.md", other)]).wrong.len(), 1, "{other}");
        }
        assert_eq!(check(JUST, &["lint"], &[]).wrong.len(), 1);
    }
}
