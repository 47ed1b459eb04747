//! What is known of each file in the component folders.
//!
//! *Invariant:* one entry a name and role; what was refused is remembered by digest, so it is recorded once.
//! *Doesn't know:* how a component is loaded or run.
//! *Start at:* [`Shelf`].

use std::collections::BTreeMap;
use std::time::SystemTime;

use jaros_capability::{Grant, Role};
use jaros_decision::{Code, Digest, Failure, Json, Limits, Name};
use jaros_ledger::{Data, Draft, record};

use super::load::{Component, Loaded};

/// A component's place: agents and tools are named apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Slot {
    pub(crate) role: Role,
    pub(crate) name: Name,
}

/// What a file looked like when it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) bytes: u64,
    pub(crate) modified: Option<SystemTime>,
    pub(crate) inode: u64,
}

/// What is known of one file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Status {
    pub(crate) stamp: Option<Stamp>,
    /// A version that is being read, compiled and asked about itself.
    pub(crate) loading: bool,
    /// The limits that bounded the loading of what was loaded or refused last.
    pub(crate) bounds: Option<Limits>,
    /// In service, with the grant that it got.
    pub(crate) serves: Option<(Digest, Grant)>,
    /// Its description, schema and so on, while it is in service.
    pub(crate) profile: Option<jaros_decision::Profile>,
    pub(crate) imports: Vec<String>,
    /// The newest version that was refused, with why.
    pub(crate) refused: Option<(Option<Digest>, Grant, Failure)>,
}

/// All of a tenant's component files.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    files: BTreeMap<Slot, Status>,
    /// What the record says is in service.
    recorded: BTreeMap<Slot, Digest>,
    /// What it says was refused, and is no longer known otherwise.
    refused: BTreeMap<Slot, (Option<Digest>, Code)>,
    /// Files whose names can be no component's.
    pub(crate) misnamed: BTreeMap<String, Failure>,
}

impl Shelf {
    pub(crate) fn new(
        recorded: BTreeMap<Slot, Digest>,
        refused: BTreeMap<Slot, (Option<Digest>, Code)>,
    ) -> Self {
        Self { recorded, refused, ..Self::default() }
    }

    pub(crate) fn get(&self, slot: &Slot) -> Option<&Status> {
        self.files.get(slot)
    }

    pub(crate) fn entry(&mut self, slot: &Slot) -> &mut Status {
        self.files.entry(slot.clone()).or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Slot, &Status)> {
        self.files.iter()
    }

    /// What the record says is in service.
    pub(crate) fn recorded(&self) -> Vec<(Slot, Digest)> {
        self.recorded.iter().map(|(slot, digest)| (slot.clone(), *digest)).collect()
    }

    /// Every place that has a file, serves, or did when the record ended.
    pub(crate) fn slots(&self) -> Vec<Slot> {
        let mut slots: Vec<Slot> = self.files.keys().chain(self.recorded.keys()).cloned().collect();
        slots.sort();
        slots.dedup();
        slots
    }

    pub(crate) fn is_loading(&self, role: Role, name: &str) -> bool {
        Name::new(name)
            .is_ok_and(|name| self.files.get(&Slot { role, name }).is_some_and(|status| status.loading))
    }

    /// Whether anything is being loaded.
    pub(crate) fn any_loading(&self) -> bool {
        self.files.values().any(|status| status.loading)
    }

    /// Forgets what files looked like, so that the next scan reads them all again.
    pub(crate) fn forget_stamps(&mut self) {
        for status in self.files.values_mut() {
            status.stamp = None;
        }
    }

    /// What the record doesn't say yet about this.
    pub(crate) fn draft(&self, loaded: &Loaded) -> Option<Draft> {
        let slot = &loaded.slot;
        let before = self.recorded.get(slot);
        let mut data = Data::new();
        let mut body = record::Component {
            code: None,
            digest: loaded.digest,
            event: record::Change::Loaded,
            imports: loaded
                .outcome
                .as_ref()
                .map_or_else(|_| Vec::new(), |component| component.imports().to_vec()),
            message: None,
            name: slot.name.clone(),
            profile: None,
            role: match slot.role {
                Role::Agent => record::Role::Agent,
                Role::Tool => record::Role::Tool,
            },
        };
        match &loaded.outcome {
            Ok(Component::Gone) => {
                before?;
                body.event = record::Change::Retired;
            }
            Ok(component) => {
                if before == loaded.digest.as_ref() {
                    return None;
                }
                body.event = if before.is_some() { record::Change::Replaced } else { record::Change::Loaded };
                let profile =
                    component.profile().map(|profile| Json::of(profile).expect("a profile is JSON"));
                body.profile = profile.map(|profile| data.add(&profile));
            }
            Err(failure) => {
                let known = self.files.get(slot).and_then(|status| status.refused.as_ref());
                if known.is_some_and(|(digest, _, was)| *digest == loaded.digest && was == failure) {
                    return None;
                }
                if self.refused.get(slot) == Some(&(loaded.digest, failure.code.clone())) {
                    return None;
                }
                body.event = record::Change::Refused;
                body.code = Some(failure.code.clone());
                body.message = Some(data.add_text(&failure.message));
            }
        }
        Some(Draft::of(&body, data).expect("a component's entry is small"))
    }

    /// Takes in what became of a load, once it is on the record.
    pub(crate) fn settle(&mut self, loaded: Loaded) {
        let Loaded { slot, digest, grant, bounds, outcome, .. } = loaded;
        let status = self.files.entry(slot.clone()).or_default();
        status.loading = false;
        status.bounds = Some(bounds);
        self.refused.remove(&slot);
        match outcome {
            Ok(Component::Gone) => {
                self.recorded.remove(&slot);
                self.files.remove(&slot);
            }
            Ok(component) => {
                status.refused = None;
                status.imports = component.imports().to_vec();
                status.profile = component.profile().cloned();
                if let Some(digest) = digest {
                    status.serves = Some((digest, grant));
                    self.recorded.insert(slot, digest);
                }
            }
            Err(failure) => status.refused = Some((digest, grant, failure)),
        }
    }
}
