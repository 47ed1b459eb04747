//! What a decision holds while it is carried out, so that runs are serialisable in the ledger's order.
//!
//! *Invariant:* nobody waits for a claim while holding one: all that a decision needs is taken at once, in a fixed order,
//! after everything before it was recorded. So nothing can wait in a circle, and a call is never run twice because another
//! was faster.
//! *Doesn't know:* what a tool does with what it holds.
//! *Start at:* [`Needs::of`], [`Claims::take`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jaros_capability::{Capability, Role};
use jaros_decision::Name;
use tokio::sync::{Mutex as Lock, OwnedMutexGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use crate::library::Slot;
use crate::tenant::InForce;

/// What one decision has to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// The store of this tool, from its reading until its changes have their place in the ledger.
    store: Option<Name>,
    /// The granted folders, until what was written is visible there.
    files: Option<Files>,
    /// This component may run one call at a time.
    alone: Option<Slot>,
    /// It leaves the node: everything before it, and its own decision, are on disk first.
    pub(crate) outside: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Files {
    Reads,
    Writes,
}

/// What was taken; dropping it gives it back.
#[derive(Debug, Default)]
pub(crate) struct Claimed {
    store: Option<OwnedMutexGuard<()>>,
    reads: Option<OwnedRwLockReadGuard<()>>,
    writes: Option<OwnedRwLockWriteGuard<()>>,
    alone: Option<OwnedMutexGuard<()>>,
}

/// Everything of a tenant that can be claimed.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    stores: Mutex<HashMap<Name, Arc<Lock<()>>>>,
    files: Arc<RwLock<()>>,
    conduct: Mutex<HashMap<Slot, Conduct>>,
}

/// How a component's calls have ended lately.
#[derive(Debug, Default)]
struct Conduct {
    /// Its last call ended well, not at a limit.
    good: bool,
    turn: Arc<Lock<()>>,
}

impl Needs {
    /// What a decision of this kind needs as things stand.
    pub(crate) fn of(in_force: &InForce, claims: &Claims, kind: &str) -> Self {
        let tools = &in_force.setting.tools;
        let Some(tool) = tools.get(kind) else { return Self::default() };
        let has = |capability| tool.capabilities().contains(&capability);
        let files = if has(Capability::FilesWrite) {
            Some(Files::Writes)
        } else {
            // Without a writer there is nothing to read too early.
            let writers = || tools.iter().any(|tool| tool.capabilities().contains(&Capability::FilesWrite));
            (has(Capability::FilesRead) && writers()).then_some(Files::Reads)
        };
        Self {
            store: has(Capability::Store).then(|| tool.name().clone()),
            files,
            alone: claims.on_probation(Role::Tool, tool.name()),
            outside: has(Capability::Http),
        }
    }

    /// What a call needs of a component that may run one at a time.
    pub(crate) fn alone(slot: Slot) -> Self {
        Self { alone: Some(slot), ..Self::default() }
    }

    /// Whether nothing has to be held.
    pub(crate) fn nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Claims {
    /// Takes all of it, waiting as long as it takes. Whoever calls this holds nothing.
    pub(crate) async fn take(&self, needs: &Needs) -> Claimed {
        let mut claimed = Claimed::default();
        if let Some(slot) = &needs.alone {
            claimed.alone = Some(self.turn(slot).lock_owned().await);
        }
        if let Some(tool) = &needs.store {
            claimed.store = Some(self.store(tool).lock_owned().await);
        }
        match needs.files {
            Some(Files::Reads) => claimed.reads = Some(self.files.clone().read_owned().await),
            Some(Files::Writes) => claimed.writes = Some(self.files.clone().write_owned().await),
            None => {}
        }
        claimed
    }

    /// Takes all of it if all of it is free.
    pub(crate) fn try_take(&self, needs: &Needs) -> Option<Claimed> {
        let mut claimed = Claimed::default();
        if let Some(slot) = &needs.alone {
            claimed.alone = Some(self.turn(slot).try_lock_owned().ok()?);
        }
        if let Some(tool) = &needs.store {
            claimed.store = Some(self.store(tool).try_lock_owned().ok()?);
        }
        match needs.files {
            Some(Files::Reads) => claimed.reads = Some(self.files.clone().try_read_owned().ok()?),
            Some(Files::Writes) => claimed.writes = Some(self.files.clone().try_write_owned().ok()?),
            None => {}
        }
        Some(claimed)
    }

    /// The component, if its calls have to be made one by one: a tool before its first good call, and whatever ran into a
    /// limit the last time. So one that loops takes one worker from its neighbours, however many jobs want it.
    ///
    /// An agent is trusted with its first turns: they may wait long for a model, and then take no worker.
    pub(crate) fn on_probation(&self, role: Role, name: &Name) -> Option<Slot> {
        let slot = Slot { role, name: name.clone() };
        let conduct = self.conduct();
        let good = conduct.get(&slot).map_or(role == Role::Agent, |conduct| conduct.good);
        (!good).then_some(slot)
    }

    /// A call of a component has ended.
    pub(crate) fn ended(&self, role: Role, name: &Name, good: bool) {
        let mut conduct = self.conduct();
        // A good agent is the usual case, and needs no entry.
        if good && role == Role::Agent && conduct.is_empty() {
            return;
        }
        conduct.entry(Slot { role, name: name.clone() }).or_default().good = good;
    }

    fn turn(&self, slot: &Slot) -> Arc<Lock<()>> {
        self.conduct().entry(slot.clone()).or_default().turn.clone()
    }

    fn store(&self, tool: &Name) -> Arc<Lock<()>> {
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        stores.entry(tool.clone()).or_default().clone()
    }

    fn conduct(&self) -> std::sync::MutexGuard<'_, HashMap<Slot, Conduct>> {
        self.conduct.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claimed {
    /// The entries have their place in the ledger: whoever comes next comes after them.
    pub(crate) fn appended(&mut self) {
        (self.store, self.alone) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text).expect("a name")
    }

    #[test]
    fn a_component_is_on_probation_until_a_call_ends_well() {
        let claims = Claims::default();
        let (tool, agent) = (name("t"), name("a"));
        assert!(claims.on_probation(Role::Tool, &tool).is_some(), "a tool nobody knows");
        assert!(claims.on_probation(Role::Agent, &agent).is_none());
        claims.ended(Role::Tool, &tool, true);
        claims.ended(Role::Agent, &agent, true);
        assert!(claims.on_probation(Role::Tool, &tool).is_none());
        claims.ended(Role::Tool, &tool, false);
        claims.ended(Role::Agent, &agent, false);
        assert!(claims.on_probation(Role::Tool, &tool).is_some());
        assert!(claims.on_probation(Role::Agent, &agent).is_some());
        claims.ended(Role::Agent, &agent, true);
        assert!(claims.on_probation(Role::Agent, &agent).is_none());
    }

    #[tokio::test]
    async fn one_store_is_held_by_one_and_readers_of_files_go_together() {
        let claims = Claims::default();
        let store = |tool: &str| Needs { store: Some(name(tool)), ..Needs::default() };
        let files = |files| Needs { files: Some(files), ..Needs::default() };
        let mut held = claims.take(&store("a")).await;
        assert!(claims.try_take(&store("a")).is_none());
        assert!(claims.try_take(&store("b")).is_some());
        held.appended();
        assert!(claims.try_take(&store("a")).is_some());

        let reads = claims.take(&files(Files::Reads)).await;
        assert!(claims.try_take(&files(Files::Reads)).is_some());
        assert!(claims.try_take(&files(Files::Writes)).is_none());
        drop(reads);
        let mut writes = claims.take(&files(Files::Writes)).await;
        writes.appended();
        assert!(claims.try_take(&files(Files::Reads)).is_none(), "written files aren't visible yet");
        drop(writes);
        assert!(claims.try_take(&files(Files::Reads)).is_some());
    }
}
