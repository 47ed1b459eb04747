//! The host that a test makes.
//!
//! *Invariant:* nothing works but what was given here.
//! *Doesn't know:* the turn loop.
//! *Start at:* [`Host::new`].

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value, json};

use super::world::{Phase, World};
use super::{Answering, Given, Run, run, wire};
use crate::actions::Action;
use crate::host_facts::{Disk, System};
use crate::http::{Request, Response};
use crate::{Agent, Error, Plan, Tool, exported, text, turn};

/// A host for tests, built by chaining what it gives. Afterwards it tells what was written, logged and asked.
///
/// The job is `test`, accepted at 1,700,000,000,000 ms. Files and store last from call to call, as in a node.
pub struct Host {
    world: Rc<RefCell<World>>,
    pub(super) tools: BTreeMap<String, Box<dyn Answering>>,
    pub(super) agents: BTreeMap<String, Box<dyn Answering>>,
}

impl Default for Host {
    fn default() -> Self {
        Self::new()
    }
}

/// What a test gives.
impl Host {
    /// A host that gives nothing yet.
    #[must_use]
    pub fn new() -> Self {
        let world = Rc::new(RefCell::new(World::new()));
        Self { world, tools: BTreeMap::new(), agents: BTreeMap::new() }
    }

    /// The job's id, and when it was accepted.
    #[must_use]
    pub fn job(self, id: &str, accepted_at_ms: u64) -> Self {
        self.set(|world| (world.job, world.accepted_at_ms) = (id.to_owned(), accepted_at_ms))
    }

    /// A file, `GRANT/rest`; the folder GRANT may be read.
    #[must_use]
    pub fn file(self, path: &str, contents: impl AsRef<[u8]>) -> Self {
        self.set(|world| world.folders.add(path, contents.as_ref()))
    }

    /// A folder that may be read.
    #[must_use]
    pub fn readable(self, folder: &str) -> Self {
        self.set(|world| world.folders.may_read(folder))
    }

    /// A folder that may be written into.
    #[must_use]
    pub fn writable(self, folder: &str) -> Self {
        self.set(|world| world.folders.may_write(folder))
    }

    /// An empty store.
    #[must_use]
    pub fn store(self) -> Self {
        self.set(|world| {
            world.store.get_or_insert_default();
        })
    }

    /// A store that has this under a key.
    #[must_use]
    pub fn stored(self, key: &str, value: impl AsRef<[u8]>) -> Self {
        self.set(|world| {
            world.store.get_or_insert_default().insert(key.to_owned(), value.as_ref().to_owned());
        })
    }

    /// What `host_facts::system` answers.
    #[must_use]
    pub fn system(self, facts: &System) -> Self {
        self.set(|world| world.system = Some(text::value(facts)))
    }

    /// What `host_facts::disk` answers for a folder.
    #[must_use]
    pub fn disk(self, folder: &str, room: &Disk) -> Self {
        self.set(|world| drop(world.disks.insert(folder.to_owned(), text::value(room))))
    }

    /// What answers a request that leaves the node.
    #[must_use]
    pub fn http(self, answer: impl Fn(&Request) -> Result<Response, Error> + 'static) -> Self {
        self.set(|world| world.http = Some(Rc::new(answer)))
    }

    /// The model's next answer: a text, `{"text":…}`, `{"structured":…}`, `{"calls":[{"name":…,"arguments":{…}}]}` or
    /// `{"error":{"code":…,"message":…}}`.
    ///
    /// # Panics
    /// For an answer of another shape.
    #[must_use]
    pub fn model(self, answer: impl Into<Value>) -> Self {
        self.set(|world| world.script.add(answer.into()))
    }

    /// A tool, and what it answers; `actions::list` names it.
    #[must_use]
    pub fn tool(mut self, kind: &str, answer: impl Answering + 'static) -> Self {
        self.tools.insert(kind.to_owned(), Box::new(answer));
        self.action(kind, "", json!({}))
    }

    /// How `actions::list` describes a kind.
    #[must_use]
    pub fn action(self, kind: &str, description: &str, schema: Value) -> Self {
        let action = Action { kind: kind.to_owned(), description: description.to_owned(), schema };
        self.set(|world| {
            world.actions.retain(|known| known.kind != action.kind);
            world.actions.push(action);
            world.actions.sort_by(|one, other| one.kind.cmp(&other.kind));
        })
    }

    /// Another agent, and what a job of it that was waited for answers.
    #[must_use]
    pub fn agent(mut self, name: &str, answer: impl Answering + 'static) -> Self {
        self.agents.insert(name.to_owned(), Box::new(answer));
        self
    }

    fn set(self, change: impl FnOnce(&mut World)) -> Self {
        change(&mut self.world.borrow_mut());
        self
    }
}

/// What a test does with it.
impl Host {
    /// One turn of an agent: an input for the first, or [`turn`](super::turn) for another.
    ///
    /// # Errors
    /// The input's or the agent's own.
    pub fn decide<A: Agent>(&self, turn: impl Into<Given>) -> Result<Plan, String> {
        let job = self.world.borrow().job.clone();
        let wire = turn.into().into_wire(&job);
        self.calling(Phase::Decide, || A::decide(turn::typed(wire)?))
    }

    /// A whole job of an agent, with the answers that were given for tools and other agents.
    #[must_use]
    pub fn run<A: Agent>(&self, input: Value) -> Run {
        run::run::<A>(self, input)
    }

    /// A tool's `validate`.
    ///
    /// # Errors
    /// The payload's or the tool's own.
    pub fn validate<T: Tool>(&self, payload: Value) -> Result<(), String> {
        self.calling(Phase::Validate, || exported::validate::<T>(&text::of(&payload)))
    }

    /// A tool's `execute`. What it wrote is gone where it fails.
    ///
    /// # Errors
    /// The payload's or the tool's own.
    pub fn execute<T: Tool>(&self, payload: Value) -> Result<Value, String> {
        let before = {
            let world = self.world.borrow();
            (world.folders.clone(), world.store.clone())
        };
        let result = self.calling(Phase::Execute, || exported::execute::<T>(&text::of(&payload)));
        if result.is_err() {
            let mut world = self.world.borrow_mut();
            (world.folders, world.store) = before;
        }
        result.map(|result| serde_json::from_str(&result).expect("the SDK wrote it"))
    }

    /// Any function of one's own that asks the host.
    pub fn with<T>(&self, work: impl FnOnce() -> T) -> T {
        wire::within(&self.world, work)
    }

    fn calling<T>(&self, phase: Phase, work: impl FnOnce() -> T) -> T {
        self.world.borrow_mut().enter(phase);
        let done = self.with(work);
        self.world.borrow_mut().phase = Phase::Test;
        done
    }

    pub(super) fn job_id(&self) -> String {
        self.world.borrow().job.clone()
    }
}

/// What came of it.
impl Host {
    /// A file's contents now, wherever it lies.
    #[must_use]
    pub fn contents(&self, path: &str) -> Option<Vec<u8>> {
        self.world.borrow().folders.files.get(path).cloned()
    }

    /// What the store has under a key now.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<Vec<u8>> {
        self.world.borrow().store.as_ref().and_then(|store| store.get(key).cloned())
    }

    /// What was logged, level and message.
    #[must_use]
    pub fn logs(&self) -> Vec<(String, String)> {
        self.world.borrow().logs.clone()
    }

    /// What the model was asked: `{"model","messages":[{"role","content","parts"}],"tools","params"}` each.
    #[must_use]
    pub fn asked(&self) -> Vec<Value> {
        self.world.borrow().asked.clone()
    }
}
