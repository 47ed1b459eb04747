//! What lies in a folder's component folders, for whoever asks who can reach what.
//!
//! *Invariant:* files are found, read and audited as a node does it, and nothing is compiled, run or changed.
//! *Doesn't know:* whether a node runs, or what it has in service.
//! *Start at:* [`Survey::of`].

use std::collections::BTreeMap;
use std::path::Path;

use jaros_capability::reach::{self, Reach};
use jaros_capability::{Grants, LimitSet, Role};
use jaros_decision::{Digest, Failure};
use jaros_executor::BUILT_INS;
use jaros_fabric::Layout;

use crate::config;
use crate::library::{Present, Slot, free_name, list, read_component};

/// The components that lie in a folder, audited, and what else decides who reaches what.
pub struct Survey {
    present: Vec<reach::Present>,
    model_leaves: bool,
}

impl Survey {
    /// Looks at a folder.
    #[must_use]
    pub fn of(layout: &Layout, limits: &LimitSet) -> Self {
        let mut files = Present::new();
        for (role, folder) in [(Role::Agent, layout.agents()), (Role::Tool, layout.tools())] {
            list(role, &folder, &mut files, &mut BTreeMap::new());
        }
        let present = files.into_iter().map(|(slot, (path, _))| look(slot, &path, limits)).collect();
        Self { present, model_leaves: config::model_leaves(layout) }
    }

    /// Who could reach what under these grants.
    #[must_use]
    pub fn reach(&self, grants: &Grants) -> Reach {
        let around = reach::Around { built_ins: &BUILT_INS, model_leaves: self.model_leaves };
        Reach::of(grants, &self.present, &around)
    }

    /// The components.
    #[must_use]
    pub fn present(&self) -> &[reach::Present] {
        &self.present
    }
}

fn look(slot: Slot, path: &Path, limits: &LimitSet) -> reach::Present {
    let limits = limits.of(slot.role, slot.name.as_str());
    let bytes = read_component(path, limits);
    let digest = bytes.as_ref().ok().map(|bytes| Digest::of(bytes));
    let looked_at = |bytes: Vec<u8>| -> Result<_, Failure> {
        free_name(&slot)?;
        let audit = jaros_engine::glance(&bytes, limits)?;
        audit.expect(slot.role)?;
        Ok((audit.capabilities, audit.imports))
    };
    let (imports, names) = match bytes.and_then(looked_at) {
        Ok((imports, names)) => (Ok(imports), names),
        Err(failure) => (Err(failure), Vec::new()),
    };
    reach::Present { role: slot.role, name: slot.name, digest, imports, names }
}
