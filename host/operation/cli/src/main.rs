//! The command line of Jaros.
//!
//! *Invariant:* every end is a documented exit code ([`exit::Exit`]), every problem one sentence with a next step; a
//! panic is a bug and says so. Only `serve`, `run`, `replay`, `eval`, `inspect` and `demo` start an
//! engine.
//! *Doesn't know:* how anything is done; the crates below do.
//! *Start at:* [`commands::run`], and [`args::Cli`] for what can be typed.

mod args;
mod bundle;
mod commands;
mod context;
mod demo;
mod exit;
mod help;
mod input;
mod output;
mod problem;
mod record;
#[cfg(test)]
mod reference;
mod roll;
mod story;
mod text;
mod trail;
mod when;

use std::process::ExitCode;

use clap::FromArgMatches;

use crate::args::Cli;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::Output;
use crate::problem::{Outcome, Problem, code};

/// How `jaros` calls itself to compile one component. Not a command: nobody types it, and it asks neither the arguments'
/// parser nor `./.env`.
const COMPILE: &str = "compile-component";

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1).peekable();
    if args.next_if(|arg| arg == COMPILE).is_some() {
        return jaros_engine::compile_in_child(args);
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        Output::new(false)
            .remark(format_args!("error: this is a bug in jaros{place}: {}", text::lines(&why(panic))));
    }));
    let asked = help::command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    match asked {
        Ok(cli) => run(cli),
        Err(error) => refuse(&error),
    }
    .into()
}

fn why(panic: &std::panic::PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no reason given")
        .to_owned()
}

fn run(cli: Cli) -> Exit {
    let context = match Context::new(&cli.global) {
        Ok(context) => context,
        Err(problem) => return end(&Output::new(cli.global.json), Err(problem)),
    };
    let outcome = commands::run(&context, cli.command);
    end(&context.out, outcome)
}

fn end(out: &Output, outcome: Outcome) -> Exit {
    match outcome.and_then(|exit| out.flush().map(|()| exit)) {
        Ok(exit) => exit,
        Err(problem) => {
            out.tell(&problem);
            problem.exit
        }
    }
}

/// What clap has to say: help and version to standard output, else what is wrong with the arguments.
fn refuse(error: &clap::Error) -> Exit {
    use clap::error::ErrorKind;
    if !error.use_stderr() {
        let printed = error.print().map_err(|error| Problem::unwritten(&error));
        return end(&Output::new(false), printed.map(|()| Exit::Ok));
    }
    let json = std::env::args_os().any(|arg| arg == "--json");
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && !json {
        // Nobody is left to tell where that can't be printed.
        let _ = error.print();
        return Exit::Input;
    }
    let words = std::env::args_os().skip(1).filter_map(|arg| arg.into_string().ok());
    let command = words.into_iter().find(|word| help::is_command(word));
    end(&Output::new(json), Err(misused(&error.to_string(), command.as_deref())))
}

/// Clap's text as a sentence with its tips and a next step; it doesn't always show how `command` is used.
fn misused(text: &str, command: Option<&str>) -> Problem {
    let sentence: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    let sentence = sentence.join(" ");
    let sentence = sentence.strip_prefix("error: ").unwrap_or(&sentence);
    let tips = text.lines().filter_map(|line| line.trim().strip_prefix("tip: "));
    let usage = text.lines().find_map(|line| line.strip_prefix("Usage: "));
    let command: Vec<&str> = match usage {
        Some(usage) => {
            usage.split(' ').take_while(|word| word.starts_with(|c: char| c.is_ascii_lowercase())).collect()
        }
        None => std::iter::once("jaros").chain(command).collect(),
    };
    Problem::new(Exit::Input, code::USAGE, sentence)
        .details(tips.map(ToOwned::to_owned).collect())
        .next(format!("{} --help", command.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_misused_is_told_in_a_sentence() {
        for (line, sentence, next) in [
            ("jaros status --chek", "unexpected argument '--chek' found", "jaros status --help"),
            ("jaros show", "the following required arguments were not provided: <JOB>", "jaros show --help"),
            ("jaros levitate", "unrecognized subcommand 'levitate'", "jaros --help"),
            (
                "jaros show --data-dir",
                "a value is required for '--data-dir <DIR>' but none was supplied",
                "jaros show --help",
            ),
        ] {
            let error = help::command().try_get_matches_from(line.split(' ')).unwrap_err();
            let problem = misused(&error.to_string(), line.split(' ').nth(1));
            assert_eq!((&*problem.message, problem.next.as_deref()), (sentence, Some(next)));
        }
    }
}
