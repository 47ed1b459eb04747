//! What is printed, and how: for people, or as JSON with `--json`.
//!
//! *Invariant:* results go to standard output, everything else to standard error; colour and progress only where a
//! terminal is, and never with `NO_COLOR`. A reader who goes away ends the command quietly.
//! *Doesn't know:* what is said.
//! *Start at:* [`Output`].

use std::cell::RefCell;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::path::Path;

use serde::Serialize;

use crate::help;
use crate::problem::Problem;

/// Where a command's words go.
pub(crate) struct Output {
    json: bool,
    terminal: bool,
    colour: bool,
    progress: bool,
    /// What commands that are advised need, to mean the same folder: ` --data-dir DIR`.
    option: String,
    stdout: RefCell<BufWriter<Stdout>>,
}

/// What a colour stands for.
#[derive(Clone, Copy)]
pub(crate) enum Paint {
    /// It is well.
    Good,
    /// It isn't.
    Bad,
    /// Somebody should look.
    Care,
    /// Less important.
    Dim,
    /// More important.
    Strong,
}

impl Output {
    /// Looks at the terminals and the environment once.
    pub(crate) fn new(json: bool) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let terminal = io::stdout().is_terminal();
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            json,
            terminal,
            colour: terminal && !json && !dumb && !set("NO_COLOR"),
            progress: io::stderr().is_terminal() && !dumb,
            option: String::new(),
            stdout: RefCell::new(BufWriter::new(io::stdout())),
        }
    }

    /// The same, where the data directory was named on the command line.
    pub(crate) fn named(mut self, data_dir: Option<&Path>) -> Self {
        self.option = data_dir
            .map_or_else(String::new, |dir| format!(" --data-dir {}", quoted(&dir.to_string_lossy())));
        self
    }

    /// An advice whose commands can be typed as they stand.
    pub(crate) fn advice(&self, text: &str) -> String {
        if self.option.is_empty() {
            return text.to_owned();
        }
        let mut parts = text.split("jaros ");
        let mut advice = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let word = part.split([' ', ',', ';', '\n']).next().unwrap_or_default();
            let option = if help::is_command(word) { &*self.option } else { "" };
            advice += &format!("jaros{option} {part}");
        }
        advice
    }

    /// Whether programs read it.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether standard output is a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// One line.
    pub(crate) fn line(&self, text: impl Display) -> Result<(), Problem> {
        writeln!(self.stdout.borrow_mut(), "{text}").map_err(|error| Problem::unwritten(&error))
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<(), Problem> {
        self.stdout.borrow_mut().write_all(bytes).map_err(|error| Problem::unwritten(&error))
    }

    /// A whole document: on several lines where people look at it, else on one.
    pub(crate) fn document<T: Serialize>(&self, value: &T) -> Result<(), Problem> {
        if self.terminal {
            self.line(serde_json::to_string_pretty(value).expect("what is shown is JSON"))
        } else {
            self.record(value)
        }
    }

    /// One of many: always one line.
    pub(crate) fn record<T: Serialize>(&self, value: &T) -> Result<(), Problem> {
        self.line(serde_json::to_string(value).expect("what is shown is JSON"))
    }

    /// Makes what was said visible now.
    pub(crate) fn flush(&self) -> Result<(), Problem> {
        self.stdout.borrow_mut().flush().map_err(|error| Problem::unwritten(&error))
    }

    /// A remark beside the result, for people. Nobody is told when it can't be made.
    pub(crate) fn remark(&self, text: impl Display) {
        if self.json {
            return;
        }
        // What was said so far belongs before it.
        let _ = self.stdout.borrow_mut().flush();
        let _ = writeln!(io::stderr(), "{}", self.advice(&text.to_string()));
    }

    /// A line that the next one replaces; only where a terminal is.
    pub(crate) fn progress(&self, text: impl Display) {
        if self.progress {
            let _ = write!(io::stderr(), "\r\x1b[2K{text}");
        }
    }

    /// Takes the progress line away.
    pub(crate) fn progress_done(&self) {
        if self.progress {
            let _ = write!(io::stderr(), "\r\x1b[2K");
        }
    }

    /// `text` in a colour, where there are any.
    pub(crate) fn paint(&self, paint: Paint, text: impl Display) -> String {
        if !self.colour {
            return text.to_string();
        }
        let colour = match paint {
            Paint::Good => "32",
            Paint::Bad => "31",
            Paint::Care => "33",
            Paint::Dim => "2",
            Paint::Strong => "1",
        };
        format!("\x1b[{colour}m{text}\x1b[0m")
    }

    /// Tells a problem: a sentence and `next: …` to standard error, or an object to standard output where that works.
    pub(crate) fn tell(&self, problem: &Problem) {
        if problem.silent {
            return;
        }
        let next = problem.next.as_deref().map(|next| self.advice(next));
        if self.json {
            let report = serde_json::to_string(&problem.report(next.as_deref())).expect("a report is JSON");
            let mut stdout = self.stdout.borrow_mut();
            match writeln!(stdout, "{report}").and_then(|()| stdout.flush()) {
                // Whoever reads standard error may still want to know.
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {}
                _ => return,
            }
        }
        // What was said so far belongs before the error.
        let _ = self.stdout.borrow_mut().flush();
        let mut text = format!("error: {}\n", problem.message);
        for detail in &problem.details {
            text += &format!("  {detail}\n");
        }
        if let Some(next) = next {
            text += &format!("next: {next}\n");
        }
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_means_the_folder_that_was_named() {
        let out = Output::new(false).named(Some(Path::new("my data")));
        for (text, want) in [
            ("jaros serve, in another terminal", "jaros --data-dir 'my data' serve, in another terminal"),
            ("use a version of jaros that knows it", "use a version of jaros that knows it"),
            (
                "jaros status, and jaros logs",
                "jaros --data-dir 'my data' status, and jaros --data-dir 'my data' logs",
            ),
        ] {
            assert_eq!(out.advice(text), want);
            assert_eq!(Output::new(false).advice(text), text);
        }
    }
}
