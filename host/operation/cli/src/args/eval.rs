//! What people type to have cases run: `eval`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Eval {
    /// Files of cases, or folders: a project, or one with files of cases [default: evals/ of the project here, else of the data
    /// directory]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Only cases whose name has this text in it
    #[arg(long, value_name = "NAME")]
    pub(crate) filter: Option<String>,
    /// Write a report for CI systems too, in the XML of JUnit
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
}
