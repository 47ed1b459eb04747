//! What was asked for on the command line.
//!
//! *Invariant:* paths are absolute, rows are in the table's order, each once.
//! *Doesn't know:* whether what they name is there.
//! *Start at:* [`Args`].

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::rows::Row;
use crate::trouble::{Trouble, doing};

/// What `--help` says.
pub(crate) const HELP: &str = "\
Measures this build of jaros beside the Python reference and prints a table.

Usage: jaros-bench [containment] [OPTIONS]

  containment      An honest job's latency beside each attacker, in place of the table: about three minutes

  --quick          Fewer jobs and rounds: a minute instead of ten
  --json           Print every sample as JSON instead of the table
  --rows A,B       Only these: queue, flat, idle, boot, drop, replay, status, memory
  --no-reference   Only this build
  --jaros FILE     The binary to measure [default: the one beside this]
  --folder DIR     Where data directories and the reference go [default: target/bench]
  --help           Print this";

/// What there is to do.
pub(crate) enum Asked {
    Help,
    Run(Args),
}

/// How to measure.
pub(crate) struct Args {
    pub(crate) containment: bool,
    pub(crate) quick: bool,
    pub(crate) json: bool,
    pub(crate) reference: bool,
    pub(crate) rows: Vec<Row>,
    pub(crate) jaros: PathBuf,
    pub(crate) folder: PathBuf,
}

impl Args {
    pub(crate) fn read(mut words: impl Iterator<Item = OsString>) -> Result<Asked, Trouble> {
        let beside = std::env::current_exe().map_err(doing("find this program"))?;
        let built = beside.parent().unwrap_or(Path::new("."));
        let mut args = Self {
            containment: false,
            quick: false,
            json: false,
            reference: true,
            rows: Row::ALL.to_vec(),
            jaros: built.join("jaros"),
            folder: built.parent().unwrap_or(built).join("bench"),
        };
        while let Some(word) = words.next() {
            let mut value =
                || words.next().ok_or_else(|| wrong(&format!("{} needs a value", word.display())));
            match word.to_str().unwrap_or_default() {
                "containment" => args.containment = true,
                "--quick" => args.quick = true,
                "--json" => args.json = true,
                "--no-reference" => args.reference = false,
                "--rows" => args.rows = rows(&value()?.to_string_lossy())?,
                "--jaros" => args.jaros = absolute(value()?)?,
                "--folder" => args.folder = absolute(value()?)?,
                "--help" | "-h" => return Ok(Asked::Help),
                _ => return Err(wrong(&format!("unexpected argument {}", word.display()))),
            }
        }
        Ok(Asked::Run(args))
    }
}

fn wrong(what: &str) -> Trouble {
    Trouble::Wrong(format!("{what}; --help tells what there is"))
}

/// Processes are started in other folders.
fn absolute(path: OsString) -> Result<PathBuf, Trouble> {
    std::path::absolute(&path).map_err(doing(format!("find {}", path.display())))
}

fn rows(list: &str) -> Result<Vec<Row>, Trouble> {
    let asked: Vec<&str> = list.split(',').map(str::trim).collect();
    if let Some(unknown) = asked.iter().find(|word| !Row::ALL.iter().any(|row| row.key() == **word)) {
        return Err(wrong(&format!("there is no row {unknown}")));
    }
    Ok(Row::ALL.into_iter().filter(|row| asked.contains(&row.key())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Asked, Trouble> {
        Args::read(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn rows_come_in_the_tables_order_and_once() {
        let Ok(Asked::Run(args)) = read("--rows boot,queue,boot --quick --no-reference") else {
            panic!("these can be read")
        };
        assert_eq!(args.rows, [Row::Queue, Row::Boot]);
        assert!(args.quick && !args.reference && !args.json);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (line, what) in [
            ("--rows queue,quue", "there is no row quue"),
            ("--rows", "--rows needs a value"),
            ("--fast", "unexpected argument --fast"),
        ] {
            let Err(trouble) = read(line) else { panic!("{line} was taken") };
            assert!(trouble.to_string().starts_with(what), "{trouble}");
        }
    }
}
