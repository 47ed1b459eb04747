//! The figures: this build of `jaros` beside the Python reference, in one run.
//!
//! *Invariant:* both sides get the same jobs through the same folders and are looked at in the same way, in turns; every
//! loop ends by count and by time; every process that is started here is ended here, by its id.
//! *Doesn't know:* any crate of the product: what is measured is what people run. Attackers come from the tests' guests.
//! *Start at:* [`rows::Row`], and [`subject::Subject`] for the two sides.

mod args;
mod arrivals;
mod containment;
mod figure;
mod machine;
mod place;
mod process;
mod progress;
mod reference;
mod rows;
mod subject;
mod table;
mod trouble;

use std::io::Write;
use std::process::ExitCode;

use tempfile::TempDir;

use crate::args::{Args, Asked};
use crate::machine::Machine;
use crate::progress::Progress;
use crate::rows::Bench;
use crate::subject::Subject;
use crate::trouble::{Trouble, doing};

fn main() -> ExitCode {
    let asked = Args::read(std::env::args_os().skip(1));
    let done = match asked {
        Ok(Asked::Help) => say(args::HELP),
        Ok(Asked::Run(args)) if args.containment => contain(&args),
        Ok(Asked::Run(args)) => run(&args),
        Err(trouble) => Err(trouble),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            // Nobody is left to tell where that can't be printed.
            let _ = writeln!(std::io::stderr(), "error: {trouble}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Trouble> {
    let progress = Progress::default();
    std::fs::create_dir_all(&args.folder).map_err(doing(format!("make {}", args.folder.display())))?;
    let ours = Subject::ours(&args.jaros)?;
    let mut remarks = Vec::new();
    let reference = if args.reference {
        progress.say("looking for the reference");
        reference::find(&args.folder)
            .map_err(|why| remarks.push(format!("Without the reference: {why}.")))
            .ok()
    } else {
        None
    };
    let machine = Machine::look(&args.folder)?;
    let run = TempDir::with_prefix_in("run-", &args.folder).map_err(doing("make a folder for this run"))?;
    let bench = Bench { ours, reference, folder: run.path().to_owned(), quick: args.quick, progress };
    let mut figures = Vec::new();
    for row in &args.rows {
        match bench.measure(*row) {
            Ok(measured) => figures.push(measured),
            Err(trouble) => remarks.push(format!("{} wasn't measured: {trouble}.", row.title())),
        }
    }
    bench.progress.done();
    let report = table::Report { machine, load_after: machine::load(), quick: args.quick, figures, remarks };
    say(&if args.json { report.to_json() } else { report.to_markdown() })
}

fn contain(args: &Args) -> Result<(), Trouble> {
    std::fs::create_dir_all(&args.folder).map_err(doing(format!("make {}", args.folder.display())))?;
    let (ours, machine) = (Subject::ours(&args.jaros)?, Machine::look(&args.folder)?);
    let run = TempDir::with_prefix_in("run-", &args.folder).map_err(doing("make a folder for this run"))?;
    let report = containment::measure(&ours, machine, run.path(), args.quick)?;
    say(&report)
}

fn say(text: &str) -> Result<(), Trouble> {
    writeln!(std::io::stdout().lock(), "{}", text.trim_end()).map_err(doing("print"))
}
