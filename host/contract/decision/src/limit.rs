//! What is to know about each limit: one row, from which the settings' reader, `jaros config` and the documentation follow.
//!
//! *Invariant:* every field of [`Limits`] has exactly one row, under its own name; a test holds the table to that.
//! *Doesn't know:* who enforces a limit.
//! *Start at:* [`LIMITS`].

use alloc::format;
use alloc::string::{String, ToString};

use crate::Limits;

/// The largest whole number that JSON is sure to keep: limits are told in it.
const NUMBER_MAX: u64 = (1 << 53) - 1;

/// Whose limit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Each component's; one agent's or tool's may differ.
    Component,
    /// Each agent's; one agent's may differ.
    Agent,
    /// Each tool's; one tool's may differ.
    Tool,
    /// A job's, whichever components it meets.
    Job,
    /// The node's: the same for all that it runs.
    Node,
}

impl Scope {
    /// `component`, `agent`, `tool`, `job` or `node`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Agent => "agent",
            Self::Tool => "tool",
            Self::Job => "job",
            Self::Node => "node",
        }
    }
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Units of fuel: about an instruction of WebAssembly each.
    Fuel,
    /// Milliseconds.
    Millis,
    /// Things.
    Number,
}

/// One limit.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Its name in `config/limits.toml`, in messages, and as a field of [`Limits`].
    pub name: &'static str,
    /// Whose it is.
    pub scope: Scope,
    /// What it counts.
    pub unit: Unit,
    /// Whether the node sets itself up with the value when it starts, so that a higher one needs a restart.
    pub restart: bool,
    /// Whether it bounds what happens when a component is loaded.
    pub loads: bool,
    /// The smallest and the largest value that can be set.
    pub range: (u64, u64),
    /// What it bounds, in a line.
    pub about: &'static str,
    read: fn(&Limits) -> u64,
    write: fn(&mut Limits, u64),
}

impl Limit {
    /// The limit of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        LIMITS.iter().find(|limit| limit.name == name)
    }

    /// Its value among these.
    #[must_use]
    pub fn of(&self, limits: &Limits) -> u64 {
        (self.read)(limits)
    }

    /// Sets it to the value in its range that is nearest.
    pub fn set(&self, limits: &mut Limits, value: u64) {
        (self.write)(limits, value.clamp(self.range.0, self.range.1));
    }

    /// Its value where nobody says anything.
    #[must_use]
    pub fn default(&self) -> u64 {
        self.of(&Limits::default())
    }

    /// A value as people read it: `64 MiB`, `120 s`, `1,000,000,000`.
    #[must_use]
    pub fn shown(&self, value: u64) -> String {
        let whole = |unit: u64, name: &str| {
            (value != 0 && value.is_multiple_of(unit)).then(|| format!("{} {name}", grouped(value / unit)))
        };
        let shown = match self.unit {
            Unit::Bytes => whole(1 << 30, "GiB")
                .or_else(|| whole(1 << 20, "MiB"))
                .or_else(|| whole(1 << 10, "KiB"))
                .or_else(|| Some(format!("{} bytes", grouped(value)))),
            Unit::Millis => whole(1_000, "s").or_else(|| Some(format!("{} ms", grouped(value)))),
            Unit::Fuel | Unit::Number => None,
        };
        shown.unwrap_or_else(|| grouped(value))
    }
}

/// `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A row: `load` where it bounds loading, `restart` where the node sets itself up with it.
macro_rules! row {
    ($name:ident: $type:ty, $scope:ident, $unit:ident, [$($flag:ident)*], $about:literal) => {
        Limit {
            range: (0, if <$type>::MAX as u64 > NUMBER_MAX { NUMBER_MAX } else { <$type>::MAX as u64 }),
            ..row!(@ $name: $type, $scope, $unit, [$($flag)*], $about)
        }
    };
    ($name:ident: $type:ty, $scope:ident, $unit:ident, [$($flag:ident)*], $least:literal..=$most:literal, $about:literal) => {
        Limit { range: ($least, $most), ..row!(@ $name: $type, $scope, $unit, [$($flag)*], $about) }
    };
    (@ $name:ident: $type:ty, $scope:ident, $unit:ident, [$($flag:ident)*], $about:literal) => {
        Limit {
            name: stringify!($name),
            scope: Scope::$scope,
            unit: Unit::$unit,
            restart: flag!(restart, $($flag)*),
            loads: flag!(load, $($flag)*),
            range: (0, 0),
            about: $about,
            read: |limits| u64::from(limits.$name),
            write: |limits, value| limits.$name = <$type>::try_from(value).unwrap_or(<$type>::MAX),
        }
    };
}

/// Whether a word is among others.
macro_rules! flag {
    (load, $($flag:ident)*) => { false $(|| flag!(@load $flag))* };
    (restart, $($flag:ident)*) => { false $(|| flag!(@restart $flag))* };
    (@load load) => { true };
    (@load restart) => { false };
    (@restart restart) => { true };
    (@restart load) => { false };
}

/// All limits, in the order in which they are shown.
pub static LIMITS: &[Limit] = &[
    row!(turns: u32, Job, Number, [], "turns of one job, as it stood when the job was accepted"),
    row!(submit_depth: u32, Job, Number, [], "child jobs below one another"),
    row!(job_bytes: u64, Job, Bytes, [restart], "a job's file"),
    row!(decisions: u32, Agent, Number, [], "decisions in one plan"),
    row!(plan_bytes: u64, Agent, Bytes, [], "a plan: kinds, payloads, notes and the memo together"),
    row!(artifact_bytes: u64, Agent, Bytes, [], "a file that `fs.write` writes"),
    row!(decide_fuel: u64, Agent, Fuel, [], "a turn's instructions"),
    row!(decide_ms: u64, Agent, Millis, [], "a turn by the clock, model calls included"),
    row!(model_calls: u32, Agent, Number, [], "model calls in a turn"),
    row!(model_bytes: u64, Agent, Bytes, [], "a turn's requests to the model together"),
    row!(validate_fuel: u64, Tool, Fuel, [], "a tool's `validate`"),
    row!(execute_fuel: u64, Tool, Fuel, [], "a tool's `execute`"),
    row!(start_fuel: u64, Component, Fuel, [load], "an instance's start; `describe`"),
    row!(memory_bytes: u64, Component, Bytes, [load restart], "all memories of an instance together"),
    row!(table_elements: u64, Component, Number, [load restart], "elements of all tables of an instance together"),
    row!(instances: u32, Component, Number, [load restart], "core instances of one component"),
    row!(host_calls: u64, Component, Number, [load], "calls of the host in one call"),
    row!(handles: u32, Component, Number, [load], "resource handles that a call holds or lends at once: its own, and WASI's streams and timers"),
    row!(host_call_bytes: u64, Component, Bytes, [load], "what one call hands to the host in all of those together"),
    row!(lift_bytes: u64, Component, Bytes, [load], "what crosses to the host at once: one host call's arguments, a result"),
    row!(json_bytes: u64, Component, Bytes, [load], "any JSON text that crosses: input, memo, payload, result"),
    row!(json_depth: u32, Component, Number, [load], "nesting of such a text"),
    row!(note_bytes: u64, Component, Bytes, [load], "a decision's note; a description"),
    row!(read_bytes: u64, Component, Bytes, [], "a file that `files-read` returns at once"),
    row!(read_entries: u32, Component, Number, [], "a folder's entries that `files-read` returns at once"),
    row!(write_bytes: u64, Tool, Bytes, [], "a file that `files-write` writes"),
    row!(staged_bytes: u64, Tool, Bytes, [], "keys, paths and contents that one call stages together"),
    row!(store_bytes: u64, Tool, Bytes, [], "a tool's store; an entry counts its key, its value and 64 more"),
    row!(store_key_bytes: u64, Tool, Bytes, [], "a store's key"),
    row!(store_value_bytes: u64, Tool, Bytes, [], "a store's value"),
    row!(store_keys: u32, Tool, Number, [], "keys that `store.keys` returns at once"),
    row!(http_calls: u32, Tool, Number, [], "requests that one call sends"),
    row!(http_ms: u64, Tool, Millis, [], "one request by the clock, from looking the name up to the last byte"),
    row!(http_connect_ms: u64, Tool, Millis, [], "the same until it is connected"),
    row!(http_url_bytes: u64, Tool, Bytes, [], "a request's method and URL"),
    row!(http_headers: u32, Tool, Number, [], "headers of a request, and of an answer (which never has more than 128)"),
    row!(http_head_bytes: u64, Tool, Bytes, [], "a request's headers; an answer's head"),
    row!(http_request_bytes: u64, Tool, Bytes, [], "a request's body"),
    row!(http_response_bytes: u64, Tool, Bytes, [], "an answer's body"),
    row!(observed_bytes: u64, Component, Bytes, [], "what a call may learn from outside"),
    row!(log_bytes: u64, Component, Bytes, [], "a call's diagnostics; the rest is dropped, with a line that says so"),
    row!(schema_bytes: u64, Component, Bytes, [load], "a profile's schema"),
    row!(schema_nodes: u32, Component, Number, [load], "nodes of a profile's schema, references followed"),
    row!(schema_work: u64, Component, Number, [load], "steps of checking one payload; a step is about a nanosecond at worst"),
    row!(component_bytes: u64, Node, Bytes, [load], "a component's file"),
    row!(compile_ms: u64, Node, Millis, [restart], "processor time of checking and compiling a component, in whole seconds"),
    row!(compile_mib_ms: u64, Node, Millis, [restart], "and for each MiB of it"),
    row!(compile_wait_ms: u64, Node, Millis, [restart], "what the machine may take beyond four times that"),
    row!(compile_memory_bytes: u64, Node, Bytes, [restart], "address space for that, the compiler's own included; an eighth of it is what the code may be"),
    row!(compile_mib_memory_bytes: u64, Node, Bytes, [restart], "and for each MiB of it"),
    row!(stack_bytes: u64, Node, Bytes, [restart], 65_536..=1_048_576, "the stack of a call, from 64 KiB to 1 MiB"),
];
