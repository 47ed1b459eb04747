//! The workspace as cargo sees it: its crates and their edges, the resolved graph, and what a build would turn on.
//!
//! *Invariant:* [`Workspace`] holds every edge as it is declared (each kind, optional ones, every target), so that no
//! feature or platform can hide one; [`Resolved`] holds normal and build edges, which are what ends up in a binary.
//! *Doesn't know:* which edges are allowed.
//! *Start at:* [`workspace`] and [`resolved`].

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use crate::metadata::{self, Metadata};

/// A crate of this workspace.
#[derive(Debug, Clone)]
pub struct Crate {
    /// Its package name.
    pub name: String,
    /// Its folder below the workspace root, with `/` between the parts: `host/contract/gate`.
    pub folder: String,
    /// What its manifest declares, whatever the feature or platform.
    pub edges: Vec<Edge>,
}

/// One declared dependency.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The package's own name, not what a rename calls it.
    pub to: String,
    /// Whether it is a folder of ours rather than a registry's package.
    pub by_path: bool,
    /// `normal`, `dev` or `build`, with `optional`, `renamed` and the target where they apply: for messages.
    pub kind: String,
    /// The features that the manifest asks for.
    pub features: Vec<String>,
}

/// Every crate of the workspace.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    /// In cargo's order.
    pub crates: Vec<Crate>,
}

/// A package of the resolved graph.
#[derive(Debug, Clone)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The `license` field of its manifest.
    pub license: Option<String>,
}

/// The resolved graph with all features on: packages, and the normal and build edges between them by index.
#[derive(Debug, Clone, Default)]
pub struct Resolved {
    /// Every package, ours too.
    pub packages: Vec<Package>,
    /// `edges[i]` are the packages that package `i` is built on.
    pub edges: Vec<Vec<usize>>,
    /// `every platform`, or the one platform that could be seen without a registry.
    pub platforms: &'static str,
}

/// A package as a build would compile it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Built {
    /// `tokio v1.54.1`: name and version.
    pub package: String,
    /// The features that are on.
    pub features: Vec<String>,
}

impl Built {
    /// The package's name without its version.
    #[must_use]
    pub fn name(&self) -> &str {
        self.package.split(' ').next().unwrap_or_default()
    }
}

/// Cargo could not tell; its own words follow.
#[derive(Debug, thiserror::Error)]
#[error("`cargo {command}` failed: {words}")]
pub struct GraphError {
    /// The subcommand that was run.
    pub command: &'static str,
    /// What it said.
    pub words: String,
}

/// Reads every manifest of the workspace at `root`. Needs no registry.
///
/// # Errors
/// A manifest is broken.
pub fn workspace(root: &Path) -> Result<Workspace, GraphError> {
    let metadata = metadata::read(root, &["--offline", "--no-deps"])?;
    let crates = metadata
        .packages
        .into_iter()
        .map(|package| Crate {
            name: package.name,
            folder: folder(&package.manifest_path, &metadata.workspace_root),
            edges: package.dependencies.into_iter().map(edge).collect(),
        })
        .collect();
    Ok(Workspace { crates })
}

fn folder(manifest: &str, root: &str) -> String {
    let inside = manifest.strip_prefix(root).unwrap_or(manifest).replace('\\', "/");
    inside.trim_start_matches('/').trim_end_matches("Cargo.toml").trim_end_matches('/').to_owned()
}

fn edge(declared: metadata::Dependency) -> Edge {
    let mut kind = declared.kind.unwrap_or_else(|| "normal".to_owned());
    if declared.optional {
        kind.push_str(", optional");
    }
    for (word, value) in [("renamed", declared.rename), ("for", declared.target)] {
        if let Some(value) = value {
            kind.push_str(&format!(", {word} {value}"));
        }
    }
    Edge { to: declared.name, by_path: declared.path.is_some(), kind, features: declared.features }
}

/// Reads the resolved graph of the workspace at `root`, all features on.
///
/// The manifests of other platforms' packages may have to be fetched once; where no registry can be reached, the graph
/// is that of this platform alone, and [`Resolved::platforms`] says so.
///
/// # Errors
/// The lock file is out of date, or a package cannot be had.
pub fn resolved(root: &Path) -> Result<Resolved, GraphError> {
    let host = format!("--filter-platform={}", metadata::host_platform());
    let all = ["--all-features", "--locked", "--offline"];
    metadata::read(root, &all)
        .or_else(|_| metadata::read(root, &all[..2]))
        .map(|metadata| flatten(metadata, "every platform"))
        .or_else(|refused| {
            let here = metadata::read(root, &[&all[..], &[&host]].concat()).map_err(|_| refused)?;
            Ok(flatten(here, "this platform alone"))
        })
}

fn flatten(metadata: Metadata, platforms: &'static str) -> Resolved {
    let index: HashMap<_, _> =
        metadata.packages.iter().enumerate().map(|(i, package)| (package.id.clone(), i)).collect();
    let mut edges = vec![Vec::new(); metadata.packages.len()];
    for node in metadata.resolve.into_iter().flat_map(|resolve| resolve.nodes) {
        let built = |kinds: &[metadata::Kind]| kinds.iter().any(|kind| kind.kind.as_deref() != Some("dev"));
        let deps = node.deps.iter().filter(|dep| built(&dep.dep_kinds));
        edges[index[&node.id]] = deps.map(|dep| index[&dep.pkg]).collect();
    }
    let packages = metadata
        .packages
        .into_iter()
        .map(|package| Package { name: package.name, version: package.version, license: package.license })
        .collect();
    Resolved { packages, edges, platforms }
}

/// What `cargo build` would compile with these `cargo tree` arguments, and with which features.
///
/// # Errors
/// Cargo refused.
pub fn built(root: &Path, arguments: &[&str]) -> Result<Vec<Built>, GraphError> {
    let run = |offline: &[&str]| {
        let mut command = Command::new(metadata::cargo());
        command.current_dir(root).args(["tree", "--locked", "--prefix", "none", "--format", "{p}|{f}"]);
        metadata::output(command.args(offline).args(arguments), "tree")
    };
    let told = run(&["--offline"]).or_else(|_| run(&[]))?;
    let mut all: Vec<Built> = String::from_utf8_lossy(&told).lines().filter_map(line).collect();
    all.sort();
    all.dedup();
    Ok(all)
}

/// `tokio v1.54.1|rt,sync (*)`; ours and procedural macros carry more words after the version.
fn line(text: &str) -> Option<Built> {
    let (package, features) = text.split_once('|')?;
    let features = features.trim_end_matches(" (*)");
    Some(Built {
        package: package.splitn(3, ' ').take(2).collect::<Vec<_>>().join(" "),
        features: features.split(',').filter(|feature| !feature.is_empty()).map(str::to_owned).collect(),
    })
}
