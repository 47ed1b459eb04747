//! Keeps a tenant's components and settings as its folders are.
//!
//! *Invariant:* one file that can't be used holds up no other; what compiles long holds up nothing that serves.
//! *Doesn't know:* jobs.
//! *Start at:* [`Keeper::look`].

use std::sync::Arc;
use std::time::Duration;

use jaros_decision::Digest;
use jaros_engine::Level;
use tokio::sync::{Semaphore, mpsc};

use crate::config::Settings;
use crate::library::{Candidate, Loaded, Loading};
use crate::tenant::{Stop, Tenant};

/// A tenant's keeper.
pub(crate) struct Keeper {
    tenant: Arc<Tenant>,
    arrivals: mpsc::UnboundedReceiver<(Candidate, Loading)>,
    arriving: mpsc::UnboundedSender<(Candidate, Loading)>,
    /// Components that are read and compiled at once.
    benches: Arc<Semaphore>,
}

/// When to look at a file again that seemed half written.
const AGAIN: Duration = Duration::from_millis(50);

/// How often a file is tried again that the machine failed to load, the pause before the first time (each is twice the one
/// before), and so some 15 seconds in all.
const POSTPONED_MAX: u32 = 4;
const POSTPONED: Duration = Duration::from_secs(1);

impl Keeper {
    pub(crate) fn new(tenant: Arc<Tenant>, benches: usize) -> Self {
        let (arriving, arrivals) = mpsc::unbounded_channel();
        Self { tenant, arrivals, arriving, benches: Arc::new(Semaphore::new(benches)) }
    }

    /// Puts the settings into force as the files say; a file that can't be used leaves things as they are.
    ///
    /// # Errors
    /// [`Stop`]: the record can't be written.
    pub(crate) async fn settings(&self) -> Result<(), Stop> {
        let (layout, root) = (self.tenant.layout.clone(), self.tenant.root.clone());
        let read = tokio::task::spawn_blocking(move || Settings::read(&layout, &root)).await;
        let read = read.map_err(|error| Stop::Broken(error.to_string()))?;
        let settings = match read {
            Ok(settings) => settings,
            Err(problem) => {
                let text = format!("{problem}; the last good settings stay in force until that is mended");
                // Each problem is told once, however often the folder is looked at.
                if self.tenant.problem("config", Some(problem)) {
                    self.tenant.logbook.node(Level::Error, &text);
                }
                return Ok(());
            }
        };
        self.tenant.problem("config", None);
        let config = {
            let texts = self.tenant.texts.lock().expect("no writer panics");
            let config = settings.to_config(&texts);
            if config.drafts.is_empty() && *texts == settings.recorded() {
                return Ok(());
            }
            config
        };
        self.tenant.library.commit(&self.tenant.ledger, Vec::new(), Some(config)).await?;
        *self.tenant.texts.lock().expect("no writer panics") = settings.recorded();
        self.tenant.library.shelf().forget_stamps();
        Ok(())
    }

    /// Puts back into service what the record says serves.
    ///
    /// # Errors
    /// [`Stop`]: the record can't be written.
    pub(crate) async fn restore(&self) -> Result<(), Stop> {
        let tenant = self.tenant.clone();
        let lost = tokio::task::spawn_blocking(move || tenant.library.restore()).await;
        let lost = lost.map_err(|error| Stop::Broken(error.to_string()))?;
        if lost.is_empty() { Ok(()) } else { self.commit(lost).await }
    }

    /// Compares the folders with what serves, and begins to load what is new.
    ///
    /// # Errors
    /// [`Stop`]: the record can't be written.
    pub(crate) async fn look(&self) -> Result<(), Stop> {
        let grants = self.tenant.texts.lock().expect("no writer panics").get("grants").cloned();
        let tenant = self.tenant.clone();
        let found = tokio::task::spawn_blocking(move || {
            tenant.library.scan(&tenant.layout.agents(), &tenant.layout.tools())
        });
        let found = found.await.map_err(|error| Stop::Broken(error.to_string()))?;
        let text = grants.and_then(|text| text.to::<String>().ok());
        *self.tenant.looked_under.lock().expect("no writer panics") =
            text.map(|text| Digest::of(text.as_bytes()));
        if !found.gone.is_empty() {
            self.commit(found.gone).await?;
        }
        for candidate in found.candidates {
            self.begin(candidate);
        }
        self.tenant.changed();
        Ok(())
    }

    fn begin(&self, candidate: Candidate) {
        let (tenant, arriving, benches) = (self.tenant.clone(), self.arriving.clone(), self.benches.clone());
        tokio::spawn(load(tenant, arriving, benches, candidate));
    }

    /// The next thing that was loaded. Nothing is lost where the wait is given up.
    pub(crate) async fn arrival(&mut self) -> Option<(Candidate, Loading)> {
        self.arrivals.recv().await
    }

    /// Takes in what was loaded, and whatever else is ready by now, so that they share one sync. Once begun it has to be
    /// carried through: a component that is dropped on the way would be loading for ever.
    ///
    /// # Errors
    /// [`Stop`]: the record can't be written.
    pub(crate) async fn take_in(&mut self, first: (Candidate, Loading)) -> Result<(), Stop> {
        let mut arrivals = vec![first];
        while let Ok(next) = self.arrivals.try_recv() {
            arrivals.push(next);
        }
        let (mut loaded, mut given_up) = (Vec::new(), Vec::new());
        for (candidate, loading) in arrivals {
            match loading {
                Loading::Loaded(all) => {
                    all.last().into_iter().for_each(|own| self.say(own));
                    loaded.extend(all);
                }
                Loading::Known => self.tenant.library.settle_known(&candidate.slot),
                Loading::Unfinished => self.again(candidate, AGAIN),
                Loading::Postponed(one) if candidate.postponed < POSTPONED_MAX => {
                    self.postpone(candidate, &one);
                }
                Loading::Postponed(one) => {
                    self.say(&one);
                    loaded.extend(self.tenant.library.reconsidered(&one));
                    given_up.push(*one);
                }
            }
        }
        if !loaded.is_empty() {
            self.commit(loaded).await?;
        }
        given_up.into_iter().for_each(|one| self.tenant.library.give_up(one));
        self.tenant.changed();
        Ok(())
    }

    /// Stays loading while it is tried again: it says nothing about the component that the machine failed.
    fn postpone(&self, mut candidate: Candidate, failed: &Loaded) {
        let why = failed.outcome.as_ref().err().map_or("", |failure| &failure.message);
        let text = format!("{} {} is loaded again: {why}", candidate.slot.role, candidate.slot.name);
        self.tenant.logbook.node(Level::Warn, &text);
        let pause = POSTPONED * 2_u32.pow(candidate.postponed);
        candidate.postponed += 1;
        self.again(candidate, pause);
    }

    async fn commit(&self, loaded: Vec<Loaded>) -> Result<(), Stop> {
        self.tenant.library.commit(&self.tenant.ledger, loaded, None).await
    }

    /// Stays loading meanwhile, so that jobs wait for it.
    fn again(&self, candidate: Candidate, pause: Duration) {
        let (tenant, arriving, benches) = (self.tenant.clone(), self.arriving.clone(), self.benches.clone());
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            load(tenant, arriving, benches, candidate).await;
        });
    }

    fn say(&self, loaded: &Loaded) {
        let what = format!("{} {}", loaded.slot.role, loaded.slot.name);
        let digest = loaded.digest.map_or_else(String::new, |digest| format!(" ({})", digest.short()));
        match &loaded.outcome {
            Ok(_) => self.tenant.logbook.node(Level::Info, &format!("{what}{digest} is in service")),
            Err(failure) if loaded.held.is_some() => {
                let text = format!("{what}{digest} is held: {}", failure.message);
                self.tenant.logbook.node(Level::Warn, &text);
            }
            Err(failure) => {
                let text = format!("{what}{digest} was refused, {}: {}", failure.code, failure.message);
                self.tenant.logbook.node(Level::Warn, &text);
            }
        }
    }
}

async fn load(
    tenant: Arc<Tenant>,
    arriving: mpsc::UnboundedSender<(Candidate, Loading)>,
    benches: Arc<Semaphore>,
    candidate: Candidate,
) {
    let Ok(_bench) = benches.acquire_owned().await else { return };
    let loading = tokio::task::spawn_blocking(move || {
        let loading = tenant.library.load(&candidate);
        (candidate, loading)
    });
    if let Ok(arrival) = loading.await {
        // The keeper may have stopped.
        let _ = arriving.send(arrival);
    }
}
