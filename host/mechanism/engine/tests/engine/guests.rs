//! What every test here needs: an engine, and the circumstances of a call.

use std::sync::{Arc, Mutex};

use jaros_capability::http::Outside;
use jaros_capability::{Handles, World};
use jaros_decision::{Digest, JobId, Json, JsonLimits, Limits, Millis};
use jaros_engine::{Audit, Call, Compiler, Engine, Level, LogSink, Settings, audit};

pub(crate) use jaros_guests::{Agent, Tool, bombs, wasi};

/// Few places, so that an engine costs a test little address space.
pub(crate) fn settings() -> Settings {
    Settings { tool_calls: 4, agent_calls: 4, ..Settings::new(Compiler::InProcess) }
}

pub(crate) fn engine() -> Engine {
    Engine::new(&settings()).unwrap()
}

pub(crate) fn digest(bytes: &[u8]) -> Digest {
    Digest::of(bytes)
}

pub(crate) fn audited(bytes: &[u8]) -> Result<Audit, String> {
    audit(bytes, &Limits::default()).map_err(|failure| format!("{}: {}", failure.code, failure.message))
}

/// A built example.
pub(crate) fn built_tool(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples-wasm/built/tools");
    std::fs::read(folder.join(format!("{name}.wasm"))).unwrap()
}

pub(crate) fn json(text: &str) -> Json {
    Json::parse(text, JsonLimits::default()).unwrap()
}

/// What a guest wrote, line by line.
#[derive(Default)]
pub(crate) struct Lines(pub(crate) Mutex<Vec<(Level, String)>>);

impl LogSink for Lines {
    fn write(&self, level: Level, line: &str) {
        self.0.lock().unwrap().push((level, line.to_owned()));
    }
}

impl Lines {
    /// Only what guests wrote: the host's notes are of level `debug`.
    pub(crate) fn of_guest(&self) -> Vec<String> {
        let lines = self.0.lock().unwrap();
        lines.iter().filter(|(level, _)| *level != Level::Debug).map(|(_, line)| line.clone()).collect()
    }
}

/// The circumstances that calls share.
pub(crate) struct Circumstances {
    pub(crate) job: JobId,
    pub(crate) handles: Arc<Handles>,
    pub(crate) limits: Limits,
    pub(crate) log: Arc<Lines>,
    pub(crate) seed: [u8; 32],
    pub(crate) outside: Option<Arc<dyn Outside>>,
}

impl Default for Circumstances {
    fn default() -> Self {
        Self {
            job: JobId::new("job-1").unwrap(),
            handles: Arc::default(),
            limits: Limits { execute_fuel: 20_000_000, start_fuel: 10_000_000, ..Limits::default() },
            log: Arc::default(),
            seed: [7; 32],
            outside: None,
        }
    }
}

impl Circumstances {
    pub(crate) fn call(&self) -> Call<'_> {
        Call {
            job: &self.job,
            accepted_at: Millis(1_700_000_000_000),
            seed: self.seed,
            handles: &self.handles,
            world: World::Live,
            store: jaros_capability::Store::default(),
            outside: self.outside.clone(),
            limits: &self.limits,
            log: Arc::clone(&self.log) as Arc<dyn LogSink>,
        }
    }
}
