//! Opening a tenant: lease, ledger, what wasn't visible yet.
//!
//! *Invariant:* the order of `Takeover`: the lease, the fence, then the ledger's end; nothing is claimed before.
//! *Doesn't know:* how a tenant is served.
//! *Start at:* [`open`].

use std::sync::Arc;

use jaros_content::Content;
use jaros_decision::{JobId, Name};
use jaros_engine::{Engine, Level};
use jaros_executor::Chronicle;
use jaros_fabric::{Fabric, Folder, Layout, Token};
use jaros_ledger::{Ledger, OpenOptions, Recovered};
use tokio::sync::{Notify, Semaphore};

use super::{NodeError, Options};
use crate::claims::Claims;
use crate::config::Settings;
use crate::crew::Crew;
use crate::jobs::Jobs;
use crate::library::{Library, Shelf};
use crate::logbook::Logbook;
use crate::publish;
use crate::recover::Recovery;
use crate::tenant::{Stop, Tenant, Unpublished};

/// Decisions of a tenant that are out at once; more wait.
const OUTBOUND: usize = 64;

/// A tenant with what the record left to do.
pub(crate) struct Opened {
    pub(crate) tenant: Arc<Tenant>,
    /// Jobs that go on.
    pub(crate) live: Vec<Chronicle>,
    /// Tokens of jobs that were claimed and never accepted.
    pub(crate) fresh: Vec<Token>,
}

/// Opens one tenant's folder.
pub(crate) fn open(
    name: Name,
    layout: Layout,
    engine: &Engine,
    bench: &Arc<Crew>,
    root: &Layout,
    options: &Options,
) -> Result<Opened, NodeError> {
    let folder = |error: &dyn std::fmt::Display| NodeError::Folder {
        root: layout.root().to_owned(),
        why: error.to_string(),
    };
    layout.create().map_err(|error| folder(&error))?;
    let job_bytes = crate::config::limits(&layout, root).unwrap_or_default().all().job_bytes;
    let fabric = Folder::open(layout.clone(), job_bytes).map_err(|error| folder(&error))?;
    let hold = fabric.take_over(&options.name)?;
    let content = Content::open(layout.content()).map_err(|error| folder(&error))?;
    let mut recovery = Recovery::default();
    let (ledger, recovered) =
        ledger(&name, &layout, &*hold, content.clone(), engine, options, &mut recovery)?;
    let settings = first_settings(&layout, root, &recovery)?;
    let logbook = Arc::new(Logbook::open(&layout.state().join("log"), options.echo));
    let library = Library::new(
        engine.clone(),
        content,
        settings.grants,
        settings.limits,
        settings.model,
        Shelf::new(std::mem::take(&mut recovery.versions), std::mem::take(&mut recovery.refused)),
        recovery.last,
    );
    let publisher = Crew::start("jaros-publish", 1).map_err(|error| folder(&error))?;
    let tenant = Arc::new(Tenant {
        name,
        layout,
        root: root.clone(),
        job_bytes,
        hold,
        ledger,
        library,
        jobs: Jobs::default(),
        claims: Claims::default(),
        stores: std::sync::Mutex::new(std::mem::take(&mut recovery.stores)),
        logbook,
        places: Arc::new(Semaphore::new(options.running)),
        bench: bench.clone(),
        publisher,
        network: Arc::new(jaros_http::Client::new()),
        outbound: Arc::new(Semaphore::new(OUTBOUND)),
        unpublished: Unpublished::default(),
        counters: std::mem::take(&mut recovery.counters),
        problems: std::sync::Mutex::default(),
        texts: std::sync::Mutex::new(std::mem::take(&mut recovery.config)),
        looked_under: std::sync::Mutex::default(),
        work: Notify::new(),
        news: Notify::new(),
        counted: Notify::new(),
        rested: Notify::new(),
    });
    report(&tenant, &recovered);
    Ok(resume(tenant, recovery)?)
}

/// Settings to begin with: the files', or, where they can't be used, the record's. Nothing is in force silently.
fn first_settings(layout: &Layout, root: &Layout, recovery: &Recovery) -> Result<Settings, NodeError> {
    Settings::read(layout, root).or_else(|problem| {
        Settings::recorded_before(layout, &recovery.config).map_err(|_| NodeError::Settings(problem))
    })
}

fn ledger(
    name: &Name,
    layout: &Layout,
    hold: &dyn jaros_fabric::Hold,
    content: Content,
    engine: &Engine,
    options: &Options,
    recovery: &mut Recovery,
) -> Result<(Ledger, Recovered), NodeError> {
    let mut open = OpenOptions::new(
        &layout.state(),
        hold.work(),
        content,
        hold.epoch(),
        options.name.clone(),
        name.clone(),
    );
    open.rules = jaros_machine::RULES;
    open.engine = engine.identity().clone();
    let opened = Ledger::open(open, &mut |item| Ok(recovery.take_in(item)?));
    let (ledger, recovered) = opened.map_err(|error| NodeError::Ledger(error.to_string()))?;
    recovery.last = recovered.opened;
    Ok((ledger, recovered))
}

/// Tells the operator what was mended or is missing.
fn report(tenant: &Tenant, recovered: &Recovered) {
    if let Some(torn) = &recovered.torn {
        let text = format!(
            "the end of the ledger was torn and is cut off, {} bytes at {} of {}; they are kept in {}",
            torn.bytes,
            torn.offset,
            torn.broken.segment,
            torn.kept.as_ref().map_or_else(String::new, |path| path.display().to_string())
        );
        tenant.logbook.node(Level::Warn, &text);
    }
    for (seq, reference) in &recovered.missing {
        let text = format!("entry {seq} names data that are nowhere: {reference}; jaros verify tells more");
        tenant.logbook.node(Level::Error, &text);
    }
}

/// Publishes what may not be visible, and sorts what is to go on.
fn resume(tenant: Arc<Tenant>, recovery: Recovery) -> Result<Opened, Stop> {
    for (path, (_, data)) in &recovery.artifacts {
        publish::artifact(&tenant, path, data)?;
    }
    for ((tool, path), (_, data)) in &recovery.files {
        publish::file(&tenant, tool, path, data.as_deref())?;
    }
    for (job, document, ending) in recovery.results.values() {
        publish::result(&tenant, job, document, ending, true)?;
    }
    for job in &recovery.ended {
        tenant.jobs.remember_ended(job.clone());
    }
    for (job, lineage) in recovery.expected {
        let (agent, input) = (lineage.agent.clone(), lineage.input.clone());
        tenant.jobs.remember_expected(job.clone(), lineage);
        publish::child(&tenant, &job, &agent, &input)?;
    }
    let mut fresh = Vec::new();
    for token in tenant.hold.held() {
        if recovery.ended.contains(&token.id) {
            leave_again(&tenant, &token.id)?;
        } else if !recovery.live.contains_key(&token.id) {
            fresh.push(token);
        }
    }
    let mut live: Vec<Chronicle> = recovery.live.into_values().collect();
    live.sort_by(|a, b| a.job.cmp(&b.job));
    if !live.is_empty() || !fresh.is_empty() {
        let text = format!("{} jobs go on from the record, {} begin again", live.len(), fresh.len());
        tenant.logbook.node(Level::Info, &text);
    }
    Ok(Opened { tenant, live, fresh })
}

/// A token of a job that ended before the last checkpoint: somebody submitted the id again.
fn leave_again(tenant: &Tenant, job: &JobId) -> Result<(), Stop> {
    match tenant.hold.finish(job, jaros_fabric::Ending::Processed) {
        Ok(()) | Err(jaros_fabric::FabricError::NotHeld { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
