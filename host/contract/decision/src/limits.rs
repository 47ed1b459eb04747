//! Every limit has a name, a default and a setting; [`LIMITS`](crate::LIMITS) has what else there is to know of it.
//!
//! *Invariant:* the limits in force stand on the ledger, so that a replay stops where the run stopped.
//! *Doesn't know:* who enforces them.
//! *Start at:* [`Limits`].

use serde::{Deserialize, Serialize};

use crate::{JsonLimits, LIMITS};

/// What a component, a job, a node may use. `config/limits.toml` overrides any of them by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Turns of one job.
    pub turns: u32,
    /// Decisions in one turn's plan.
    pub decisions: u32,
    /// Bytes of one turn's plan: kinds, payloads, notes and the memo together.
    pub plan_bytes: u64,
    /// Bytes of one job file.
    pub job_bytes: u64,
    /// Bytes of any one JSON text that crosses the boundary.
    pub json_bytes: u64,
    /// Nesting of any JSON text that crosses the boundary.
    pub json_depth: u32,
    /// Bytes of a decision's note.
    pub note_bytes: u64,
    /// Fuel of a tool's `validate`.
    pub validate_fuel: u64,
    /// Fuel of a tool's `execute`.
    pub execute_fuel: u64,
    /// Fuel of one turn of an agent.
    pub decide_fuel: u64,
    /// Fuel of an instance's start, and of `describe`.
    pub start_fuel: u64,
    /// Wall-clock time of one turn of an agent, model calls included.
    pub decide_ms: u64,
    /// Bytes of linear memory, all memories of an instance together.
    pub memory_bytes: u64,
    /// Elements of all tables of an instance together.
    pub table_elements: u64,
    /// Core instances of one component.
    pub instances: u32,
    /// Bytes of stack that a guest's calls of its own functions may take. The engine is made with it.
    pub stack_bytes: u64,
    /// Bytes that the host lifts out of a guest at once: the arguments of one host call, or a result (wasmtime's host-call
    /// fuel, which begins anew with each).
    pub lift_bytes: u64,
    /// Component-model handles that a call holds or lends at once: its own, and the streams and timers of WASI.
    pub handles: u32,
    /// Host calls in one call of a component.
    pub host_calls: u64,
    /// Bytes that one call of a component hands to the host in all its host calls together.
    pub host_call_bytes: u64,
    /// Model calls in one turn.
    pub model_calls: u32,
    /// Bytes of one turn's requests to the model together.
    pub model_bytes: u64,
    /// Bytes of a file that `files-read` returns in one call.
    pub read_bytes: u64,
    /// Entries of a folder that `files-read` returns in one call.
    pub read_entries: u32,
    /// Bytes of a file that `files-write` writes in one call.
    pub write_bytes: u64,
    /// Bytes of all keys, paths and contents that one call of a component stages.
    pub staged_bytes: u64,
    /// Bytes of a tool's store: each entry counts its key, its value and 64 more.
    pub store_bytes: u64,
    /// Bytes of a store's key.
    pub store_key_bytes: u64,
    /// Bytes of a store's value.
    pub store_value_bytes: u64,
    /// Keys that `store.keys` returns in one call.
    pub store_keys: u32,
    /// Bytes of observations, arguments included, after which a call of a component observes nothing more.
    pub observed_bytes: u64,
    /// Bytes of diagnostics that one call of a component may write.
    pub log_bytes: u64,
    /// Bytes of a component's file.
    pub component_bytes: u64,
    /// Processor time of compiling a component, whatever its size.
    pub compile_ms: u64,
    /// And for each MiB of it.
    pub compile_mib_ms: u64,
    /// Wall-clock time that the machine may take for it beyond four times that.
    pub compile_wait_ms: u64,
    /// Memory of compiling a component, whatever its size: address space, the compiler's own included.
    pub compile_memory_bytes: u64,
    /// And for each MiB of it.
    pub compile_mib_memory_bytes: u64,
    /// Bytes of a profile's schema.
    pub schema_bytes: u64,
    /// Nodes (objects, arrays, scalars) of a profile's schema, with its references followed.
    pub schema_nodes: u32,
    /// Steps of checking one payload against a schema: the schema's weight times the payload's bytes. A step is about a
    /// nanosecond at worst.
    pub schema_work: u64,
    /// Bytes of an artifact that `fs.write` writes.
    pub artifact_bytes: u64,
    /// Child jobs below one another.
    pub submit_depth: u32,
    /// Requests that one call of a tool may send out of the node.
    pub http_calls: u32,
    /// Wall-clock time of one such request, from looking its name up to the last byte of the answer.
    pub http_ms: u64,
    /// Wall-clock time until such a request has its connection.
    pub http_connect_ms: u64,
    /// Bytes of a request's method and URL together.
    pub http_url_bytes: u64,
    /// Headers of a request, and of an answer.
    pub http_headers: u32,
    /// Bytes of a request's headers, and of an answer's head.
    pub http_head_bytes: u64,
    /// Bytes of a request's body.
    pub http_request_bytes: u64,
    /// Bytes of an answer's body.
    pub http_response_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            turns: 32,
            decisions: 256,
            plan_bytes: 4 << 20,
            job_bytes: 1 << 20,
            json_bytes: 1 << 20,
            json_depth: 64,
            note_bytes: 4 << 10,
            validate_fuel: 100_000_000,
            execute_fuel: 1_000_000_000,
            decide_fuel: 1_000_000_000,
            start_fuel: 1_000_000_000,
            decide_ms: 120_000,
            memory_bytes: 64 << 20,
            table_elements: 60_000,
            instances: 200,
            stack_bytes: 512 << 10,
            lift_bytes: 4 << 20,
            handles: 1_000,
            host_calls: 100_000,
            host_call_bytes: 128 << 20,
            model_calls: 64,
            model_bytes: 16 << 20,
            read_bytes: 1 << 20,
            read_entries: 10_000,
            write_bytes: 1 << 20,
            staged_bytes: 16 << 20,
            store_bytes: 16 << 20,
            store_key_bytes: 512,
            store_value_bytes: 1 << 20,
            store_keys: 10_000,
            observed_bytes: 16 << 20,
            log_bytes: 64 << 10,
            component_bytes: 64 << 20,
            compile_ms: 5_000,
            compile_mib_ms: 3_000,
            compile_wait_ms: 60_000,
            compile_memory_bytes: 1 << 30,
            compile_mib_memory_bytes: 128 << 20,
            schema_bytes: 64 << 10,
            schema_nodes: 4_096,
            schema_work: 1 << 30,
            artifact_bytes: 1 << 20,
            submit_depth: 16,
            http_calls: 16,
            http_ms: 30_000,
            http_connect_ms: 5_000,
            http_url_bytes: 8 << 10,
            http_headers: 100,
            http_head_bytes: 64 << 10,
            http_request_bytes: 1 << 20,
            http_response_bytes: 1 << 20,
        }
    }
}

impl Limits {
    /// How large JSON may be that crosses the boundary.
    #[must_use]
    pub fn json(&self) -> JsonLimits {
        JsonLimits { bytes: self.json_bytes, depth: self.json_depth }
    }

    /// As they come to be under an engine that was made with `engine`: what it holds can't be exceeded, and its stack is the
    /// only one.
    #[must_use]
    pub fn within(self, engine: &Self) -> Self {
        Self {
            memory_bytes: self.memory_bytes.min(engine.memory_bytes),
            table_elements: self.table_elements.min(engine.table_elements),
            instances: self.instances.min(engine.instances),
            stack_bytes: engine.stack_bytes,
            ..self
        }
    }

    /// Each the larger of the two.
    #[must_use]
    pub fn or_larger(mut self, other: &Self) -> Self {
        for limit in LIMITS {
            let larger = limit.of(&self).max(limit.of(other));
            limit.set(&mut self, larger);
        }
        self
    }

    /// Only those that bound what happens when a component is loaded; the others are the defaults. Where two of these are
    /// equal, loading a component ends alike.
    #[must_use]
    pub fn of_loading(&self) -> Self {
        let mut bounds = Self::default();
        for limit in LIMITS.iter().filter(|limit| limit.loads) {
            limit.set(&mut bounds, limit.of(self));
        }
        bounds
    }
}
