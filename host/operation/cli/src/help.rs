//! The first page of help: commands grouped by what people do.
//!
//! *Invariant:* every command stands in exactly one group; a test holds the table to that.
//! *Doesn't know:* a command's own page; clap writes those.
//! *Start at:* [`command`].

use std::fmt::Write;

use clap::{Command, CommandFactory};

use crate::args::Cli;

/// What people do, and with which commands.
pub(crate) const GROUPS: [(&str, &[&str]); 8] = [
    ("Start", &["init", "demo", "serve", "run"]),
    ("Write", &["new", "build", "dev", "eval"]),
    ("Work", &["submit", "unblock", "cancel"]),
    ("Look", &["status", "watch", "jobs", "show", "logs", "ledger", "audit", "machine", "config"]),
    ("Prove", &["verify", "checkpoint", "replay"]),
    ("Components", &["components", "add-agent", "add-tool", "remove", "approve", "rollback", "inspect"]),
    ("Permissions", &["grants", "grant", "revoke"]),
    ("Shell", &["completions", "help"]),
];

/// What follows the commands.
const LAST: &str = "\
Exit codes: 0 it is so or done · 1 the answer is no · 2 what was given can't be used · 3 refused ·
            4 nobody answered · 5 the machine couldn't · 130, 143 stopped by a signal
Settings:   ./.env is read first; JAROS_DATA_DIR, JAROS_LLM_PROVIDER, JAROS_LLM_MODEL, NO_COLOR";

/// The command line with its grouped first page.
pub(crate) fn command() -> Command {
    let command = Cli::command();
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{}Options:\n{{options}}\n\n{LAST}\n",
        groups(&command)
    );
    command.help_template(template)
}

/// Whether `word` is a command.
pub(crate) fn is_command(word: &str) -> bool {
    GROUPS.iter().any(|(_, names)| names.contains(&word))
}

fn groups(command: &Command) -> String {
    let about = |name: &str| match command.find_subcommand(name) {
        Some(found) => found.get_about().map(ToString::to_string).unwrap_or_default(),
        None => "Explain a command".to_owned(),
    };
    let mut text = String::new();
    for (heading, names) in GROUPS {
        let _ = writeln!(text, "{heading}:");
        for name in names {
            let _ = writeln!(text, "  {name:<12} {}", about(name));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_one_group() {
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let command = Cli::command();
        let mut known: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        known.push("help");
        grouped.sort_unstable();
        known.sort_unstable();
        assert_eq!(grouped, known);
    }

    #[test]
    fn the_first_page_fits_a_terminal() {
        let page = command().render_help().to_string();
        for heading in GROUPS.map(|(heading, _)| heading) {
            assert!(page.contains(&format!("\n{heading}:\n")), "{page}");
        }
        assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
        assert!(page.contains("--data-dir") && page.contains("Usage: jaros"), "{page}");
    }
}
