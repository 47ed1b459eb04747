//! The Python reference: found, or installed into an environment of its own.
//!
//! *Invariant:* nothing outside the bench's folder is written; one version, always the same.
//! *Doesn't know:* how it is called; that is [`Subject`]'s.
//! *Start at:* [`find`].

use std::path::Path;
use std::process::Command;

use crate::process;
use crate::subject::Subject;
use crate::trouble::{Trouble, doing};

/// What is compared with.
pub(crate) const VERSION: &str = "0.2.0";

/// The reference, installed if it isn't there yet.
pub(crate) fn find(folder: &Path) -> Result<Subject, Trouble> {
    let environment = folder.join(format!("reference-{VERSION}"));
    let programs = environment.join("bin");
    if !programs.join("jaros").exists() {
        let mut make = Command::new("python3");
        make.args(["-m", "venv", "--clear"]).arg(&environment);
        process::run(make)?;
        let mut install = Command::new(programs.join("python"));
        install.args(["-m", "pip", "install", "--quiet"]).arg(format!("jaros=={VERSION}"));
        process::run(install)?;
    }
    let recorder = folder.join("decisions.py");
    std::fs::write(&recorder, include_str!("../reference/decisions.py"))
        .map_err(doing("write decisions.py"))?;
    Ok(Subject::reference(&programs, recorder))
}
