//! Everything that code under test can reach, and whether it may just now.
//!
//! *Invariant:* a capability answers only if it was given and works in the phase that runs, as in the node.
//! *Doesn't know:* which agent or tool asks.
//! *Start at:* [`World`].

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use crate::Error;
use crate::actions::Action;
use crate::http::{Request, Response};
use crate::testing::folders::Folders;
use crate::testing::script::Script;

/// Which export runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// None: a test calls a function of its own, and whatever was given works.
    Test,
    Decide,
    Validate,
    Execute,
}

pub(super) type Http = Rc<dyn Fn(&Request) -> Result<Response, Error>>;

/// What was given, what is left of it, and what came of it.
pub(super) struct World {
    pub(super) phase: Phase,
    pub(super) job: String,
    pub(super) accepted_at_ms: u64,
    pub(super) folders: Folders,
    pub(super) store: Option<BTreeMap<String, Vec<u8>>>,
    pub(super) system: Option<Value>,
    pub(super) disks: BTreeMap<String, Value>,
    pub(super) http: Option<Http>,
    pub(super) script: Script,
    pub(super) asked: Vec<Value>,
    pub(super) actions: Vec<Action>,
    pub(super) logs: Vec<(String, String)>,
    /// Calls so far, each with a random stream of its own.
    pub(super) calls: u64,
    random: u64,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            phase: Phase::Test,
            job: "test".to_owned(),
            accepted_at_ms: 1_700_000_000_000,
            folders: Folders::default(),
            store: None,
            system: None,
            disks: BTreeMap::new(),
            http: None,
            script: Script::default(),
            asked: Vec::new(),
            actions: Vec::new(),
            logs: Vec::new(),
            calls: 0,
            random: 0,
        }
    }

    /// A call of an export begins.
    pub(super) fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.calls += 1;
        self.random = self.calls << 32;
    }

    /// What was granted, where it works in this phase.
    pub(super) fn granted<'w, T>(
        &'w self,
        name: &str,
        for_tools: bool,
        given: Option<&'w T>,
    ) -> Result<&'w T, Error> {
        let (phase, works) = match self.phase {
            Phase::Validate => ("validate", "only `job` and `log` do"),
            Phase::Decide if for_tools => ("decide", "only tools have it"),
            _ => {
                return given.ok_or_else(|| {
                    Error::new("refused", format!("`{name}` isn't granted to this component"))
                });
            }
        };
        Err(Error::new("refused", format!("`{name}` doesn't work in `{phase}`: {works}")))
    }

    /// Whether what agents have works in this phase.
    pub(super) fn for_agents(&self, name: &str) -> Result<(), Error> {
        let (phase, works) = match self.phase {
            Phase::Validate => ("validate", "only `job` and `log` do"),
            Phase::Execute => ("execute", "only agents have it"),
            Phase::Test | Phase::Decide => return Ok(()),
        };
        Err(Error::new("refused", format!("`{name}` doesn't work in `{phase}`: {works}")))
    }

    /// The next bytes of the call's stream (SplitMix64): other ones than a node's, but the same in every run.
    pub(super) fn random(&mut self, len: u32) -> Vec<u8> {
        let byte = |_| {
            self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.random;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((mixed ^ (mixed >> 31)) & 0xff) as u8
        };
        (0..len).map(byte).collect()
    }
}
