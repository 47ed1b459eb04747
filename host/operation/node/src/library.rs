//! The components of a tenant: which files lie in its folders, and which of them are in service.
//!
//! *Invariant:* a file is read once, hashed, and those bytes are what is audited, kept and run. What comes into service
//! stands on the record first; a version that is refused or held leaves the one before in service.
//! *Doesn't know:* jobs.
//! *Start at:* [`Library::scan`]; [`Library::in_force`] is what the rest of the node reads.

mod load;
mod shelf;
mod versions;

use std::sync::{Arc, Mutex, RwLock};

use jaros_agents::Agents;
use jaros_capability::{Grants, LimitSet, Role};
use jaros_content::Content;
use jaros_decision::{Code, Digest, Failure, Limits, Model, Name, Seq};
use jaros_engine::Engine;
use jaros_executor::{AgentCard, Setting};
use jaros_ledger::{Draft, Ledger};
use jaros_tools::Tools;
use tokio::sync::{Notify, watch};

use crate::tenant::{InForce, Stop};
pub(crate) use load::{
    Candidate, Component, Loaded, Loading, Present, failure, free_name, list, load_component, read_component,
};
pub(crate) use shelf::{Shelf, Status};
pub(crate) use versions::role;
pub use versions::{Growth, History, Served, Slot, Versions, asks_for};

/// A tenant's components.
pub(crate) struct Library {
    engine: Engine,
    content: Content,
    in_force: RwLock<Arc<InForce>>,
    shelf: Mutex<Shelf>,
    /// Counts changes of the shelf, so that jobs can wait for one.
    version: watch::Sender<u64>,
    /// The folders have to be looked at, though nothing in them changed.
    look: Notify,
}

impl Library {
    /// An empty library under these settings.
    pub(crate) fn new(
        engine: Engine,
        content: Content,
        grants: Arc<Grants>,
        limits: LimitSet,
        model: Arc<dyn Model>,
        shelf: Shelf,
        seen: Seq,
    ) -> Self {
        let limits = Arc::new(limits.within(engine.limits()));
        let setting = Setting { seen, tools: Tools::default(), agents: Arc::default(), grants, limits };
        Self {
            engine,
            content,
            in_force: RwLock::new(Arc::new(InForce { setting, agents: Agents::default(), model })),
            shelf: Mutex::new(shelf),
            version: watch::channel(0).0,
            look: Notify::new(),
        }
    }

    /// What is in service now. Stays as it is for whoever holds it.
    pub(crate) fn in_force(&self) -> Arc<InForce> {
        self.in_force.read().expect("nothing panics while it swaps").clone()
    }

    /// What the engine was made with.
    pub(crate) fn engine_limits(&self) -> &Limits {
        self.engine.limits()
    }

    pub(crate) fn shelf(&self) -> std::sync::MutexGuard<'_, Shelf> {
        self.shelf.lock().expect("nothing panics while it holds the shelf")
    }

    /// What is in service, once an agent of this name no longer only compiles.
    pub(crate) async fn settled_agent(&self, name: &Name) -> Arc<InForce> {
        self.settled(Role::Agent, name.as_str(), |in_force| in_force.agents.get(name.as_str()).is_some())
            .await
    }

    /// Waits while a tool of this name only compiles.
    pub(crate) async fn settled_tool(&self, name: &str) {
        self.settled(Role::Tool, name, |in_force| in_force.setting.tools.get(name).is_some()).await;
    }

    async fn settled(&self, role: Role, name: &str, serves: impl Fn(&InForce) -> bool) -> Arc<InForce> {
        let mut version = self.version.subscribe();
        loop {
            let in_force = self.in_force();
            if serves(&in_force) || !self.shelf().is_loading(role, name) {
                // The shelf is updated after what is in force, so look once more.
                return self.in_force();
            }
            if version.changed().await.is_err() {
                return in_force;
            }
        }
    }

    /// Changes whenever something was loaded, or will be.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Takes in that an operator agreed to these bytes, once it is on the record, and has their file looked at again.
    pub(crate) fn agree(&self, slot: &Slot, digest: Digest) {
        self.shelf().agree(slot, digest);
        self.look.notify_one();
    }

    /// Returns when the folders have to be looked at, though nothing in them changed.
    pub(crate) async fn look_due(&self) {
        self.look.notified().await;
    }

    /// The bytes of a version that served.
    pub(crate) fn bytes(&self, digest: Digest) -> Result<Vec<u8>, Failure> {
        let bytes = self.content.get(&digest);
        bytes.map_err(|error| Failure::new(Code::UNAVAILABLE, format!("the version's bytes: {error}")))
    }

    fn tell(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    /// Puts settings and components into force, after they stand on the record.
    ///
    /// # Errors
    /// [`Stop`]: the record can't be written.
    pub(crate) async fn commit(
        &self,
        ledger: &Ledger,
        changes: Vec<Loaded>,
        config: Option<Config>,
    ) -> Result<(), Stop> {
        let kept: Vec<Digest> =
            changes.iter().filter_map(|loaded| self.keep(loaded).transpose()).collect::<Result<_, _>>()?;
        self.content.sync(&kept).map_err(|error| Stop::Folder(error.to_string()))?;
        let mut drafts: Vec<Draft> = config.iter().flat_map(|config| config.drafts.clone()).collect();
        // Where each change's entry stands among the drafts, if it makes one.
        let mut places = Vec::with_capacity(changes.len());
        for loaded in &changes {
            let draft = self.shelf().draft(loaded);
            places.push(draft.is_some().then_some(drafts.len() as u64));
            drafts.extend(draft);
        }
        let appended = if drafts.is_empty() {
            None
        } else {
            Some(ledger.append(drafts).await.map_err(|error| Stop::Ledger(error.to_string()))?)
        };
        self.swap(&changes, config, appended.map(|appended| appended.last));
        let mut shelf = self.shelf();
        for (loaded, place) in changes.into_iter().zip(places) {
            let entry = appended.zip(place).map(|(appended, place)| Seq(appended.first.0 + place));
            shelf.settle(loaded, entry);
        }
        drop(shelf);
        self.tell();
        Ok(())
    }

    fn keep(&self, loaded: &Loaded) -> Result<Option<Digest>, Stop> {
        let Some(bytes) = &loaded.bytes else { return Ok(None) };
        let digest = self.content.put(bytes).map_err(|error| Stop::Folder(error.to_string()))?;
        Ok(Some(digest))
    }

    fn swap(&self, changes: &[Loaded], config: Option<Config>, seen: Option<Seq>) {
        let mut slot = self.in_force.write().expect("nothing panics while it swaps");
        let mut setting = slot.setting.clone();
        let mut agents = slot.agents.clone();
        let mut model = slot.model.clone();
        let mut cards = (*setting.agents).clone();
        setting.seen = seen.unwrap_or(setting.seen);
        for loaded in changes {
            let name = &loaded.slot.name;
            match (&loaded.outcome, loaded.slot.role) {
                (Ok(Component::Agent(agent)), _) => {
                    cards.insert(name.clone(), Arc::new(card(agent)));
                    agents = agents.with(agent.clone());
                }
                (Ok(Component::Tool(tool)), _) => setting.tools = setting.tools.with(tool.clone()),
                (Ok(Component::Gone), Role::Agent) => {
                    cards.remove(name);
                    agents = agents.without(name.as_str());
                }
                (Ok(Component::Gone), Role::Tool) => setting.tools = setting.tools.without(name.as_str()),
                (Err(_), _) => {}
            }
        }
        setting.agents = Arc::new(cards);
        if let Some(config) = config {
            setting.grants = config.grants;
            // What the engine wasn't made for can't be in force before the next start.
            setting.limits = Arc::new(config.limits.within(self.engine.limits()));
            model = config.model;
        }
        *slot = Arc::new(InForce { setting, agents, model });
    }
}

/// Settings that come into force.
pub(crate) struct Config {
    pub(crate) grants: Arc<Grants>,
    pub(crate) limits: LimitSet,
    pub(crate) model: Arc<dyn Model>,
    /// What the record doesn't have yet.
    pub(crate) drafts: Vec<Draft>,
}

pub(crate) fn card(agent: &jaros_agents::Agent) -> AgentCard {
    AgentCard {
        name: agent.name().clone(),
        digest: agent.digest(),
        profile: agent.profile().clone(),
        input: agent.input().clone(),
    }
}
