//! How a component is built in each language, as data: which programs are needed and which lines are run.
//!
//! *Invariant:* a recipe is made from what is given and nothing else, so that a table can test it. Paths in it are relative to
//! the project's folder, where every line is run.
//! *Doesn't know:* whether a program is there, or how it is run.
//! *Start at:* [`recipe`].

mod js;
mod native;
mod python;
mod rust;

use std::path::{Path, PathBuf};

use crate::lang::Lang;
use crate::manifest::Project;

/// How a component is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recipe {
    /// The programs, each looked for before the first line is run.
    pub(crate) needs: Vec<Need>,
    /// The lines, in order.
    pub(crate) steps: Vec<Step>,
    /// What they make.
    pub(crate) made: Made,
}

/// A program, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// What steps call it by.
    pub(crate) tool: &'static str,
    /// Ways to have it, the best first.
    pub(crate) ways: Vec<Way>,
    /// That it is missing, as a sentence.
    pub(crate) missing: String,
    /// The command that installs it.
    pub(crate) install: String,
}

/// One way to have a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// The words that begin its line. The first is a path in the project where it has a `/`, else looked for in `$PATH`.
    pub(crate) words: Vec<String>,
    /// How to tell that it does what is needed: all of these.
    pub(crate) probes: Vec<Probe>,
    /// What follows the words in a step's line, before the step's own.
    pub(crate) then: Vec<String>,
}

/// How to tell whether a program that was found will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    /// It ends well with these arguments.
    Ends(Vec<String>),
    /// It ends well with these arguments, and a line of what it prints begins with this, leading spaces aside.
    Says(Vec<String>, &'static str),
    /// This file is in the project.
    File(PathBuf),
    /// With these arguments it prints the absolute path of a file that is there.
    Names(Vec<String>),
    /// With these arguments it prints the path of a folder, and a file in it begins with this.
    Holds(Vec<String>, &'static str),
}

/// One line to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// The need whose words begin it.
    pub(crate) tool: &'static str,
    /// What follows them.
    pub(crate) args: Vec<String>,
    /// Set in its environment.
    pub(crate) env: Vec<(&'static str, String)>,
}

/// What the lines make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    /// A component, in this file.
    Component(PathBuf),
    /// A core module, in this file; it becomes a component of the project's world.
    Core(PathBuf),
    /// A component that cargo names on standard output.
    Cargo,
}

/// What recipes are made from.
pub(crate) struct Facts<'a> {
    /// The project.
    pub(crate) project: &'a Project,
    /// The SDK's folder, from the root on: compilers tell of it so.
    pub(crate) sdk_whole: &'a Path,
    /// The folder with the world and the contract.
    pub(crate) wit: &'a Path,
    /// The world's name.
    pub(crate) world: &'a str,
    /// Source files of the project's folder, relative to it, sorted.
    pub(crate) sources: &'a [PathBuf],
    /// A variable of the environment.
    pub(crate) env: &'a dyn Fn(&str) -> Option<String>,
    /// Whether programs may tell what they do while they do it.
    pub(crate) verbose: bool,
}

/// A project without the file that a build begins with, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no {0}")]
pub struct NoSource(pub String);

/// How this project is built.
/// # Errors
/// The file that its language begins with isn't there.
pub(crate) fn recipe(facts: &Facts<'_>) -> Result<Recipe, NoSource> {
    match facts.project.lang {
        Lang::Rust => rust::recipe(facts),
        Lang::Js | Lang::Ts => js::recipe(facts),
        Lang::Python => python::recipe(facts),
        Lang::C => native::c(facts),
        Lang::Zig => native::zig(facts),
    }
}

/// What the programs of this language said, as its author needs it.
pub(crate) fn told(lang: Lang, said: &str) -> String {
    match lang {
        Lang::Python => python::told(said),
        Lang::Rust | Lang::Js | Lang::Ts | Lang::C | Lang::Zig => said.to_owned(),
    }
}

impl Facts<'_> {
    /// Where a tool that can be told so puts the component; it gets its name once it was looked at.
    fn unchecked(&self) -> PathBuf {
        format!("build/{}.unchecked.wasm", self.project.name).into()
    }

    /// That this file is there.
    fn needs(&self, file: &str) -> Result<(), NoSource> {
        let there = self.sources.iter().any(|source| source == Path::new(file));
        if there { Ok(()) } else { Err(NoSource(file.into())) }
    }

    fn sdk(&self) -> String {
        text(&self.project.sdk)
    }

    fn wit(&self) -> String {
        text(self.wit)
    }
}

impl Way {
    /// One that is good when it is there.
    fn new(words: &[&str]) -> Self {
        Self { words: owned(words), probes: Vec::new(), then: Vec::new() }
    }
}

impl Step {
    fn new(tool: &'static str, args: &[&str]) -> Self {
        Self { tool, args: owned(args), env: Vec::new() }
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
