//! Guests in component text: the least that is a tool or an agent, with any one part replaced by something hostile.
//!
//! *Invariant:* what a test doesn't replace behaves well.
//! *Doesn't know:* what is expected of a guest.
//! *Start at:* [`Tool`], [`Agent`].

pub(crate) mod agent;
pub(crate) mod bombs;
mod tool;
pub(crate) mod wasi;

use std::sync::{Arc, Mutex};

use jaros_capability::http::Outside;
use jaros_capability::{Handles, World};
use jaros_decision::{Digest, JobId, Json, JsonLimits, Limits, Millis};
use jaros_engine::{Audit, Call, Compiler, Engine, Level, LogSink, Settings, audit};

pub(crate) use self::agent::Agent;
pub(crate) use self::tool::Tool;

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

/// The memory that every guest has: one page, and an allocator that only goes up.
pub(crate) const LIBC: &str = r#"
  (core module $libc
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 16384))
    (func (export "realloc") (param $old i32) (param $old_len i32) (param $align i32) (param $len i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get $len)))
      (block $fits
        (br_if $fits (i32.le_u (global.get $next) (i32.mul (memory.size) (i32.const 65536))))
        (drop (memory.grow (i32.add (i32.const 1) (i32.div_u (local.get $len) (i32.const 65536))))))
      (memory.copy (local.get $at) (local.get $old) (local.get $old_len))
      (local.get $at)))
  (core instance $libc (instantiate $libc))"#;
