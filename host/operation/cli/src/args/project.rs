//! What people type to write a component: `new`, `build`, `dev`.
//!
//! *Invariant:* a name that was read can be a component's, and a language that was read is one of ours.
//! *Doesn't know:* which languages this program carries.
//! *Start at:* [`New`].

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jaros_capability::Role;
use jaros_decision::Name;
use jaros_project::Lang;

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// It proposes
    Agent,
    /// It carries out
    Tool,
}

impl Kind {
    pub(crate) fn role(self) -> Role {
        match self {
            Self::Agent => Role::Agent,
            Self::Tool => Role::Tool,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// What to write
    pub(crate) kind: Kind,
    /// The component's name
    pub(crate) name: Name,
    /// The language: rust, js, ts, python, c or zig
    #[arg(long, value_name = "LANG")]
    pub(crate) lang: Lang,
    /// The folder to write it into [default: NAME]
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// The project's folder [default: this one, or the nearest above it with a jaros.toml]
    pub(crate) dir: Option<PathBuf>,
    /// Show what the language's tools say while they run
    #[arg(long)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// The project's folder [default: this one, or the nearest above it with a jaros.toml]
    pub(crate) dir: Option<PathBuf>,
    /// The agent's input or the tool's payload [default: that of the first case in evals/, else null]
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) input: Option<String>,
    /// Show what the language's tools say while they run
    #[arg(long)]
    pub(crate) verbose: bool,
}
