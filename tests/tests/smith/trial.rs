//! Takes one component as far as it goes, as a node would: audit, compile, describe, execute; the last one twice.
//!
//! *Invariant:* an error of the machine, a panic, or a second run that differs fails the test.
//! *Doesn't know:* where the component came from.
//! *Start at:* [`Bench::try_out`].

use std::fmt;
use std::sync::Arc;

use jaros_capability::{Handles, Store, World};
use jaros_decision::{Code, Digest, Failure, JobId, Json, JsonLimits, Limits, Millis};
use jaros_engine::{Call, Called, Compiler, Engine, LoadError, NoLog, Settings, ToolComponent, audit};

/// How far a component came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// Refused on its bytes.
    Audit(&'static str),
    /// It didn't compile, or didn't fit the contract.
    Compile(&'static str),
    /// It couldn't describe itself, its start included.
    Describe(&'static str),
    /// It couldn't be instantiated for the call, or had no such export.
    Start(&'static str),
    /// It ran and failed.
    Failed(&'static str),
    /// It ran and returned.
    Returned,
}

impl End {
    pub(crate) fn ran(self) -> bool {
        matches!(self, Self::Failed(_) | Self::Returned)
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Audit(code) => write!(f, "refused by the audit: {code}"),
            Self::Compile(code) => write!(f, "refused by the compiler: {code}"),
            Self::Describe(code) => write!(f, "couldn't describe itself: {code}"),
            Self::Start(code) => write!(f, "couldn't be instantiated: {code}"),
            Self::Failed(code) => write!(f, "ran and failed: {code}"),
            Self::Returned => write!(f, "ran and returned"),
        }
    }
}

/// An engine with little of everything.
pub(crate) struct Bench {
    engine: Engine,
    limits: Limits,
    job: JobId,
    handles: Arc<Handles>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let limits = Limits {
            execute_fuel: 100_000,
            start_fuel: 100_000,
            memory_bytes: 8 << 20,
            table_elements: 1_000,
            ..Limits::default()
        };
        let settings =
            Settings { limits, tool_calls: 8, agent_calls: 1, ..Settings::new(Compiler::InProcess) };
        Self {
            engine: Engine::new(&settings).expect("an engine"),
            limits,
            job: JobId::new("smith").expect("an id"),
            handles: Arc::default(),
        }
    }

    pub(crate) fn try_out(&self, bytes: &[u8], payload: &str) -> End {
        let digest = Digest::of(bytes);
        if let Err(failure) = audit(bytes, &self.limits) {
            return End::Audit(named(&failure));
        }
        let tool = match refused(self.engine.compile_tool(bytes, digest)) {
            Ok(tool) => tool,
            Err(failure) => return End::Compile(named(&failure)),
        };
        if let Err(failure) = refused(tool.describe(&self.limits, Arc::new(NoLog))) {
            return End::Describe(named(&failure));
        }
        let payload = Json::parse(payload, JsonLimits::default()).expect("JSON");
        let first = self.execute(&tool, &payload);
        let second = self.execute(&tool, &payload);
        assert_eq!(first.result, second.result, "two runs differ");
        assert_eq!(first.fuel, second.fuel, "two runs cost different fuel");
        match first.result {
            Ok(_) => End::Returned,
            Err(failure) if before_the_call(&failure) => End::Start(named(&failure)),
            Err(failure) => End::Failed(named(&failure)),
        }
    }

    fn execute(&self, tool: &ToolComponent, payload: &Json) -> Called<Json> {
        let call = Call {
            job: &self.job,
            accepted_at: Millis(1),
            seed: [7; 32],
            handles: &self.handles,
            world: World::Live,
            store: Store::default(),
            outside: None,
            limits: &self.limits,
            log: Arc::new(NoLog),
        };
        tool.execute(call, payload).expect("the machine is fine")
    }
}

fn refused<T>(loaded: Result<T, LoadError>) -> Result<T, Failure> {
    match loaded {
        Ok(loaded) => Ok(loaded),
        Err(LoadError::Refused(failure)) => Err(failure),
        Err(LoadError::Engine(error)) => panic!("the machine failed: {error}"),
    }
}

fn before_the_call(failure: &Failure) -> bool {
    failure.message.contains("the component's start") || failure.message.contains("the component exports")
}

/// The failure's code: a code that a component made up isn't one.
fn named(failure: &Failure) -> &'static str {
    assert!(!failure.message.is_empty(), "a failure without a word");
    let known = [Code::REFUSED, Code::INVALID, Code::LIMIT, Code::TRAP, Code::FAILED];
    let code = known.iter().find(|code| **code == failure.code);
    match code.unwrap_or_else(|| panic!("an unexpected end: {}: {}", failure.code, failure.message)).as_str()
    {
        "refused" => "refused",
        "invalid" => "invalid",
        "limit" => "limit",
        "trap" => "trap",
        _ => "failed",
    }
}
