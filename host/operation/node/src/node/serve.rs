//! One tenant while its node runs.
//!
//! *Invariant:* a closed list of things wakes it: the inbox, the component and settings folders, operators' requests, a
//! loaded component, a job's end, the wish to stop, and two slow clocks. Nothing polls.
//! *Doesn't know:* other tenants.
//! *Start at:* [`tenant`].

use std::sync::Arc;
use std::time::Duration;

use jaros_engine::Level;
use jaros_fabric::Control;
use jaros_watch::{Change, Watched, Watcher};
use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc, watch};
use tokio::task::JoinSet;

use super::Options;
use super::open::Opened;
use crate::claims::Claimed;
use crate::driver::Driver;
use crate::intake;
use crate::keeper::Keeper;
use crate::operate;
use crate::status::{Identity, NodeState, Status};
use crate::tenant::{Stop, Tenant};

/// Between two signatures of the head while the ledger grows.
const CHECKPOINT: Duration = Duration::from_secs(60);
/// The shortest time between two writings of `status.json`.
const STATUS_PAUSE: Duration = Duration::from_millis(20);
/// How old the counts in it may be.
const COUNTS_PAUSE: Duration = Duration::from_millis(250);

/// How often folders are looked at that don't tell when they change.
const TICK: Duration = Duration::from_secs(1);

type Drivers = JoinSet<Result<(), Stop>>;

/// Serves a tenant until it is asked to stop.
pub(crate) async fn tenant(
    opened: Opened,
    options: Options,
    identity: Identity,
    mut stop: watch::Receiver<bool>,
) -> Result<(), Stop> {
    let Opened { tenant, live, fresh } = opened;
    let mut drivers = Drivers::new();
    let idle = Arc::new(Notify::new());
    let (changes, changed) = mpsc::unbounded_channel();
    let _watcher = watch_folders(&tenant, changes)?;
    let keeper = Keeper::new(tenant.clone(), options.workers.max(1));
    keeper.restore().await?;
    keeper.settings().await?;
    keeper.look().await?;
    go_on(&tenant, live, &mut drivers);
    begin_again(&tenant, fresh, &mut drivers)?;
    let mut helpers = Drivers::new();
    helpers.spawn(keep(tenant.clone(), keeper, changed));
    helpers.spawn(show(tenant.clone(), identity.clone()));
    helpers.spawn(sign(tenant.clone()));
    tenant.work_came();
    let worked = tokio::select! {
        worked = intake::run(&tenant, &mut drivers, &mut stop, &idle) => worked,
        Some(ended) = helpers.join_next() => intake::finished(&tenant, ended).and(Err(Stop::Broken("a helper of the node ended".into()))),
        () = nothing_left(&tenant, &idle), if options.once => Ok(()),
    };
    let ended = match worked {
        Ok(()) => drain(&tenant, &mut drivers, options.patience).await,
        Err(stop) => Err(stop),
    };
    helpers.shutdown().await;
    drivers.shutdown().await;
    close(&tenant, &identity, ended).await
}

fn watch_folders(tenant: &Arc<Tenant>, changes: mpsc::UnboundedSender<Change>) -> Result<Watcher, Stop> {
    let layout = &tenant.layout;
    let mut folders = vec![
        Watched::arrivals(layout.inbox()),
        Watched::arrivals(layout.control()),
        Watched::new(layout.agents()),
        Watched::new(layout.tools()),
        Watched::new(layout.config()),
    ];
    if tenant.root.root() != layout.root() {
        // Its ceilings bound this tenant's limits.
        folders.push(Watched::new(tenant.root.config()));
    }
    let watcher = Watcher::start(folders, TICK, move |change| drop(changes.send(change)));
    watcher.map_err(|error| Stop::Folder(error.to_string()))
}

/// Drives jobs that stand on the record on from there; those that only wait take no place.
fn go_on(tenant: &Arc<Tenant>, live: Vec<jaros_executor::Chronicle>, drivers: &mut Drivers) {
    for chronicle in live {
        let Some(messages) = tenant.jobs.begin(&chronicle.job) else { continue };
        let tenant = tenant.clone();
        drivers.spawn(async move {
            // The turn that is due may have been begun by the node before; one that comes after a wait wasn't.
            let attempt = if matches!(chronicle.next(), jaros_machine::Step::Reason(_)) { 2 } else { 1 };
            let waits = matches!(chronicle.next(), jaros_machine::Step::Wait(_) | jaros_machine::Step::Park);
            let place: Option<OwnedSemaphorePermit> = if waits {
                None
            } else {
                Some(tenant.places.clone().acquire_owned().await.map_err(|_| Stop::Asked)?)
            };
            let (unrecorded, asked) = (Vec::new(), Vec::new());
            let claimed = Claimed::default();
            Driver { tenant, chronicle, attempt, unrecorded, asked, messages, place, claimed }.run().await
        });
    }
}

/// Starts jobs that were claimed and never accepted, each when there is a place for it.
fn begin_again(
    tenant: &Arc<Tenant>,
    fresh: Vec<jaros_fabric::Token>,
    drivers: &mut Drivers,
) -> Result<(), Stop> {
    for token in fresh {
        let bytes = match tenant.hold.read_token(&token.id) {
            Ok(bytes) => bytes,
            Err(error @ jaros_fabric::FabricError::Fenced { .. }) => return Err(error.into()),
            Err(error) => {
                tenant.logbook.node(Level::Warn, &error.to_string());
                continue;
            }
        };
        let claim = jaros_fabric::Claim { id: token.id, attempt: token.attempt + 1, bytes };
        intake::start_when_placed(tenant, claim, drivers);
    }
    Ok(())
}

/// Follows the folders.
async fn keep(
    tenant: Arc<Tenant>,
    mut keeper: Keeper,
    mut changed: mpsc::UnboundedReceiver<Change>,
) -> Result<(), Stop> {
    let control = Control::open(&tenant.layout).map_err(|error| Stop::Folder(error.to_string()))?;
    let control = Arc::new(control);
    operate::serve(&tenant, &control).await?;
    let layout = tenant.layout.clone();
    loop {
        tokio::select! {
            Some(arrival) = keeper.arrival() => {
                keeper.take_in(arrival).await?;
                // A file that changed while it was being loaded was passed over then.
                keeper.look().await?;
            }
            // An operator agreed to a version whose file was left aside.
            () = tenant.library.look_due() => keeper.look().await?,
            Some(change) = changed.recv() => {
                let folder = &*change.folder;
                if folder == layout.inbox() {
                    if change.rescan {
                        tenant.hold.rescan();
                    }
                    tenant.hold.arrived(change.names.into_iter().collect());
                    tenant.work_came();
                } else if folder == layout.control() {
                    operate::serve(&tenant, &control).await?;
                } else {
                    if folder == layout.config() || folder == tenant.root.config() {
                        keeper.settings().await?;
                    }
                    keeper.look().await?;
                }
            }
        }
    }
}

/// Writes `status.json` soon after something changed that somebody may wait for, and now and then while jobs end:
/// replacing a file makes some file systems write it out at once, which would slow every job down.
async fn show(tenant: Arc<Tenant>, identity: Identity) -> Result<(), Stop> {
    loop {
        write_status(&tenant, &identity, NodeState::Serving).await;
        tokio::time::sleep(STATUS_PAUSE).await;
        let counted = async {
            tenant.counted.notified().await;
            tokio::time::sleep(COUNTS_PAUSE).await;
        };
        tokio::select! {
            () = tenant.news.notified() => {}
            () = counted => {}
        }
    }
}

async fn write_status(tenant: &Arc<Tenant>, identity: &Identity, state: NodeState) {
    let (writing, identity) = (tenant.clone(), identity.clone());
    let written =
        tokio::task::spawn_blocking(move || Status::of(&writing, &identity, state).write(&writing.layout));
    if let Ok(Err(error)) = written.await {
        tenant.logbook.node(Level::Warn, &format!("status.json can't be written: {error}"));
    }
}

/// Signs the head from time to time, so that a tail that is cut off is noticed.
async fn sign(tenant: Arc<Tenant>) -> Result<(), Stop> {
    let mut signed = tenant.ledger.head().seq;
    loop {
        tokio::time::sleep(CHECKPOINT).await;
        if tenant.ledger.head().seq > signed {
            let signing = tenant.clone();
            let note = tokio::task::spawn_blocking(move || operate::checkpoint(&signing)).await;
            note.map_err(|error| Stop::Broken(error.to_string()))??;
            signed = tenant.ledger.head().seq;
        }
    }
}

/// Returns when no job can go on: the inbox is empty, and whoever is left waits for people.
async fn nothing_left(tenant: &Arc<Tenant>, idle: &Notify) {
    let mut loaded = tenant.library.watch();
    idle.notified().await;
    loop {
        let census = tenant.jobs.census();
        let waits = census.waiting > 0 && census.blocked.is_empty();
        if census.running == 0 && census.expected == 0 && !waits && !tenant.library.shelf().any_loading() {
            return;
        }
        tokio::select! {
            () = idle.notified() => {}
            () = tenant.rested.notified() => {}
            _ = loaded.changed() => {}
        }
    }
}

/// Lets running jobs end, for as long as the node's patience lasts.
async fn drain(tenant: &Arc<Tenant>, drivers: &mut Drivers, patience: Duration) -> Result<(), Stop> {
    let deadline = tokio::time::Instant::now() + patience;
    while tenant.jobs.census().running > 0 {
        tokio::select! {
            Some(ended) = drivers.join_next() => intake::finished(tenant, ended)?,
            () = tokio::time::sleep(Duration::from_millis(50)) => {}
            () = tokio::time::sleep_until(deadline) => break,
        }
    }
    Ok(())
}

/// Signs the last head and gives the lease back. Whoever waits goes on from the record.
async fn close(tenant: &Arc<Tenant>, identity: &Identity, ended: Result<(), Stop>) -> Result<(), Stop> {
    let closing = tenant.clone();
    let clean = ended.is_ok();
    let closed = tokio::task::spawn_blocking(move || {
        if clean {
            operate::checkpoint(&closing)?;
            closing.hold.release()?;
        }
        Ok(())
    });
    let closed = closed.await.map_err(|error| Stop::Broken(error.to_string())).and_then(|closed| closed);
    write_status(tenant, identity, NodeState::Stopped).await;
    ended.and(closed)
}
