//! A process that serves tenants: opens them, runs them side by side, and stops cleanly.
//!
//! *Invariant:* whatever stops it, at whatever instant, the next start goes on from the record.
//! *Doesn't know:* arguments, terminals.
//! *Start at:* [`Node::run`].

mod open;
mod serve;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jaros_decision::{LIMITS, Limits, Name, Scope};
use jaros_engine::{Compiler, Engine};
use jaros_fabric::{Layout, TakeOverError};
use tokio::sync::watch;

use crate::clock::now;
use crate::crew::Crew;
use crate::status::Identity;
use crate::tenant::{Stop, Tenant};

/// How a node is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The data directory: the root tenant's folder.
    pub root: PathBuf,
    /// Where components are compiled.
    pub compiler: Compiler,
    /// The node's name.
    pub name: Name,
    /// Threads that run agents; as many run tools.
    pub workers: usize,
    /// Jobs of a tenant that run at once; more stay in the inbox.
    pub running: usize,
    /// End when nothing is left to do.
    pub once: bool,
    /// Tenants beside the root, by name.
    pub tenants: Vec<Name>,
    /// How long running jobs may go on once it was asked to stop.
    pub patience: Duration,
    /// Whether warnings go to standard error too.
    pub echo: bool,
}

impl Options {
    /// A node on this folder with the usual settings. Where it compiles has no default: a component is a stranger's.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>, compiler: Compiler) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            root: root.into(),
            compiler,
            name: Name::new("node").expect("a name"),
            workers: cores,
            running: 256,
            once: false,
            tenants: Vec::new(),
            patience: Duration::from_secs(10),
            echo: false,
        }
    }
}

/// Why a node doesn't run.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The folder isn't there or can't be used.
    #[error("the data folder {} can't be used: {why}", root.display())]
    Folder {
        /// Which.
        root: PathBuf,
        /// Why.
        why: String,
    },
    /// Another node serves this folder.
    #[error(transparent)]
    Held(#[from] TakeOverError),
    /// The ledger can't be opened: it was changed, or it is of another version.
    #[error("the ledger can't be opened: {0}")]
    Ledger(String),
    /// The settings can't be used, and there are no earlier ones.
    #[error("{0}")]
    Settings(String),
    /// Components can't be run.
    #[error("{0}")]
    Engine(String),
    /// It ran, and had to stop.
    #[error(transparent)]
    Stopped(#[from] Stop),
}

/// A node that is open for work.
pub struct Node {
    options: Options,
    identity: Identity,
    tenants: Vec<open::Opened>,
    stop: watch::Sender<bool>,
}

impl Node {
    /// Opens the data directory: takes the lease over, reads the ledger to its end and seals it, makes visible what
    /// wasn't yet. Holds the thread; call it outside of a runtime's worker.
    ///
    /// # Errors
    /// See [`NodeError`].
    pub fn open(options: Options) -> Result<Self, NodeError> {
        let root = Layout::new(&options.root);
        root.create()
            .map_err(|error| NodeError::Folder { root: options.root.clone(), why: error.to_string() })?;
        let engine = engine(&root, &options.compiler, &options.tenants)?;
        let threads = |error: std::io::Error| NodeError::Engine(format!("no thread can be had: {error}"));
        let bench = Arc::new(Crew::start("jaros-tool", options.workers).map_err(threads)?);
        let identity = Identity { node: options.name.clone(), started: now() };
        let own = Name::new("root").expect("a name");
        let mut tenants = vec![open::open(own, root.clone(), &engine, &bench, &root, &options)?];
        for name in &options.tenants {
            tenants.push(open::open(name.clone(), root.tenant(name), &engine, &bench, &root, &options)?);
        }
        Ok(Self { options, identity, tenants, stop: watch::channel(false).0 })
    }

    /// The tenants that it serves.
    #[must_use]
    pub fn tenants(&self) -> Vec<Arc<Tenant>> {
        self.tenants.iter().map(|opened| opened.tenant.clone()).collect()
    }

    /// A handle that asks it to stop: send `true`.
    #[must_use]
    pub fn stopper(&self) -> watch::Sender<bool> {
        self.stop.clone()
    }

    /// Serves until it is asked to stop, or, with `once`, until nothing is left to do.
    ///
    /// # Errors
    /// [`NodeError::Stopped`] where it had to stop by itself.
    pub async fn run(self) -> Result<(), NodeError> {
        let Self { options, identity, tenants, stop } = self;
        let mut serving = tokio::task::JoinSet::new();
        for opened in tenants {
            serving.spawn(serve::tenant(opened, options.clone(), identity.clone(), stop.subscribe()));
        }
        let mut first = Ok(());
        while let Some(ended) = serving.join_next().await {
            let ended = ended.unwrap_or_else(|error| Err(Stop::Broken(error.to_string())));
            if ended.is_err() {
                // One tenant's disk may fail without the other's; a node that can't trust its machine stops whole.
                stop.send_replace(true);
                first = first.and(ended);
            }
        }
        first.map_err(NodeError::from)
    }

    /// Opens, signs the ledger's head, and gives the folder back: for a checkpoint while no node runs.
    ///
    /// # Errors
    /// As [`Node::open`].
    pub fn checkpoint(options: Options) -> Result<String, NodeError> {
        let node = Self::open(options)?;
        let opened = node.tenants.first().expect("the root tenant");
        let note = crate::operate::checkpoint(&opened.tenant)?;
        opened.tenant.hold.release().map_err(Stop::from)?;
        Ok(note)
    }
}

/// The engine that all tenants share; compiled code lies with the root tenant.
pub(crate) fn engine(root: &Layout, compiler: &Compiler, tenants: &[Name]) -> Result<Engine, NodeError> {
    let settings = jaros_engine::Settings {
        compiled_dir: Some(root.compiled()),
        limits: ceiling(root, tenants),
        ..jaros_engine::Settings::new(compiler.clone())
    };
    Engine::new(&settings).map_err(|error| NodeError::Engine(error.to_string()))
}

/// The largest limits that any component of these tenants may have, by the files as they are when the node starts: a file
/// that can't be read counts as the defaults, and what it says once it is mended stays under what the engine holds.
fn ceiling(root: &Layout, tenants: &[Name]) -> Limits {
    let layouts = std::iter::once(root.clone()).chain(tenants.iter().map(|name| root.tenant(name)));
    let sets = layouts.filter_map(|layout| crate::config::limits(&layout, root).ok());
    let own = sets.map(|set| set.largest()).reduce(|root, tenant| {
        let mut most = root.or_larger(&tenant);
        // What is the node's own stands in the root's file alone: a tenant's default doesn't raise it.
        for limit in LIMITS.iter().filter(|limit| limit.scope == Scope::Node) {
            limit.set(&mut most, limit.of(&root));
        }
        most
    });
    own.unwrap_or_default()
}
