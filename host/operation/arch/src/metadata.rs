//! The part of `cargo metadata`'s answer that the checks read.
//!
//! Read here rather than through a crate: the ones that do it turn on features of `serde_json` that the product is built
//! without, and tests and product would no longer be one build (see `one_build`).
//!
//! *Invariant:* cargo itself answers; nothing is guessed from manifests' texts.
//! *Doesn't know:* what the checks make of it.
//! *Start at:* [`read`].

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::graph::GraphError;

#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) workspace_root: String,
    pub(crate) resolve: Option<Resolve>,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    pub(crate) manifest_path: String,
    pub(crate) dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `None` is a normal one.
    pub(crate) kind: Option<String>,
    pub(crate) optional: bool,
    pub(crate) rename: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) features: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct Resolve {
    pub(crate) nodes: Vec<Node>,
}

#[derive(Deserialize)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) deps: Vec<NodeDep>,
}

#[derive(Deserialize)]
pub(crate) struct NodeDep {
    pub(crate) pkg: String,
    pub(crate) dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
pub(crate) struct Kind {
    /// `None` is a normal one.
    pub(crate) kind: Option<String>,
}

/// Asks cargo about the workspace at `root`.
pub(crate) fn read(root: &Path, options: &[&str]) -> Result<Metadata, GraphError> {
    let mut command = Command::new(cargo());
    command.current_dir(root).args(["metadata", "--format-version=1"]).args(options);
    let told = output(&mut command, "metadata")?;
    serde_json::from_slice(&told).map_err(|error| GraphError {
        command: "metadata",
        words: format!("its answer is not understood: {error}"),
    })
}

/// Runs a cargo command for what it says.
pub(crate) fn output(command: &mut Command, name: &'static str) -> Result<Vec<u8>, GraphError> {
    let done = command.output().map_err(|error| GraphError { command: name, words: error.to_string() })?;
    if done.status.success() {
        return Ok(done.stdout);
    }
    Err(GraphError { command: name, words: String::from_utf8_lossy(&done.stderr).into_owned() })
}

/// The cargo that runs the tests, or the one on the path.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The platform that cargo runs on, as cargo names it; empty where it does not say.
pub(crate) fn host_platform() -> String {
    let told = output(Command::new(cargo()).arg("-vV"), "-vV").unwrap_or_default();
    let told = String::from_utf8_lossy(&told);
    told.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned()
}
