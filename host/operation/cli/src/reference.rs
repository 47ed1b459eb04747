//! The page `docs/reference/cli.md`: every command with its arguments, made from what the parser knows.
//!
//! *Invariant:* the committed page is what the parser says; `just reference` writes it anew.
//! *Doesn't know:* exit codes and what is printed; `docs/cli.md` tells those by hand.
//! *Start at:* [`page`].

use std::fmt::Write as _;

use clap::{Arg, Command};
use expect_test::expect_file;

use crate::help;

const HEAD: &str = "\
# Every command and its arguments

<!-- Made from the parser by `just reference`; what is changed here is overwritten, and a test compares. -->

What `jaros COMMAND --help` says, on one page. Where the data lie, the exit codes and what is printed: [the command line](../cli.md).
";

fn page() -> String {
    let mut command = help::command();
    command.build();
    let mut page = HEAD.to_owned();
    page += "\nEvery command takes these, before or after its name:\n";
    table(&mut page, command.get_arguments().filter(|arg| arg.is_global_set()));
    for (heading, names) in help::GROUPS {
        let _ = writeln!(page, "\n## {heading}");
        for sub in
            names.iter().filter(|name| **name != "help").filter_map(|name| command.find_subcommand(name))
        {
            describe(&mut page, sub);
        }
    }
    page
}

fn describe(page: &mut String, command: &Command) {
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let usage = command.clone().render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage).to_owned();
    let _ = writeln!(page, "\n### {}\n\n{about}.\n\n```\n{usage}\n```", command.get_name());
    table(page, command.get_arguments().filter(|arg| !arg.is_global_set()));
    // Commands below a command, if there will be any.
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        describe(page, below);
    }
}

fn table<'a>(page: &mut String, arguments: impl Iterator<Item = &'a Arg>) {
    let shown: Vec<&Arg> = arguments.filter(|arg| !arg.is_hide_set() && !is_help(arg)).collect();
    if shown.is_empty() {
        return;
    }
    *page += "\n| argument | |\n| --- | --- |\n";
    for arg in shown {
        let _ = writeln!(page, "| `{}` | {} |", cell(&name(arg)), cell(&says(arg)));
    }
}

fn is_help(arg: &Arg) -> bool {
    matches!(arg.get_id().as_str(), "help" | "version")
}

/// `--input JSON`, `FILE…`.
fn name(arg: &Arg) -> String {
    let values = arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string);
    let values = values.collect::<Vec<_>>().join(" ");
    let takes = arg.get_action().takes_values();
    let many = if matches!(arg.get_action(), clap::ArgAction::Append) { "…" } else { "" };
    match (arg.get_long(), takes) {
        (Some(long), true) => format!("--{long} {values}{many}"),
        (Some(long), false) => format!("--{long}"),
        (None, _) => format!("{values}{many}"),
    }
}

/// The help, and what else the parser knows: values, default.
fn says(arg: &Arg) -> String {
    let mut text = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let values: Vec<String> = match arg.is_hide_possible_values_set() || !arg.get_action().takes_values() {
        true => Vec::new(),
        false => arg.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect(),
    };
    if !values.is_empty() {
        let _ = write!(text, ": {}", values.join(", "));
    }
    let default: Vec<String> =
        arg.get_default_values().iter().map(|value| value.display().to_string()).collect();
    if !default.is_empty() && arg.get_action().takes_values() {
        let _ = write!(text, " [default: {}]", default.join(" "));
    }
    text
}

/// A bar would end the cell, and an angle would begin a tag.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

#[test]
fn the_page_of_commands_is_what_the_parser_says() {
    expect_file!["../../../../docs/reference/cli.md"].assert_eq(&page());
}

#[test]
fn every_command_and_argument_stands_on_the_page() {
    let page = page();
    let mut command = help::command();
    command.build();
    let mut seen = 0;
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let (_, section) = page.split_once(&format!("\n### {}\n", sub.get_name())).expect("it has a section");
        let section = section.split("\n### ").next().unwrap_or_default();
        for arg in
            sub.get_arguments().filter(|arg| !arg.is_hide_set() && !arg.is_global_set() && !is_help(arg))
        {
            assert!(section.contains(&format!("| `{}", cell(&name(arg)))), "{} {arg}", sub.get_name());
            seen += 1;
        }
    }
    assert!(seen >= 50, "saw only {seen} arguments");
}
