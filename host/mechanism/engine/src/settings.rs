//! One deterministic configuration, in two shapes: tools run to their end on plain threads, agents wait on fibres.
//!
//! *Invariant:* everything that could make a call's result vary is switched off: NaN bits, relaxed SIMD, threads, clocks,
//! randomness; time is counted in fuel. Every call's memory comes out of a pool that is as large as the permits before it.
//! *Doesn't know:* which components run.
//! *Start at:* [`Settings`], [`deterministic`].

use std::path::PathBuf;

use jaros_capability::Role;
use jaros_decision::Limits;
use wasmparser::WasmFeatures;
use wasmtime::{Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::compile::Compiler;

/// What components may be made of: WebAssembly 2.0, tail calls, extended constants, several memories, and the component
/// model as it stood before its asynchronous part. Left out: threads, relaxed SIMD, 64-bit memories, garbage collection,
/// exceptions, because they vary between machines or escape the limits here.
pub(crate) const FEATURES: WasmFeatures = WasmFeatures::WASM2
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::MULTI_MEMORY)
    .union(WasmFeatures::COMPONENT_MODEL)
    .difference(WasmFeatures::GC_TYPES);

/// Core instances, memories and tables that a component usually has; one that has more takes several permits.
pub(crate) const MEMORIES_A_CALL: u32 = 3;
pub(crate) const TABLES_A_CALL: u32 = 4;
const MEMORIES_MAX: u32 = 10;
const TABLES_MAX: u32 = 50;

/// Places that stay prepared for the component that used them last, a mebibyte at most each: what many components once filled
/// would otherwise stay in the node's memory for as long as it runs.
const WARM_SLOTS: u32 = 16;

/// Stack of an agent's fibre for the host's functions, beside the guest's own. A tool runs on a plain thread of 2 MiB, so
/// `stack_bytes` goes no further than half of that.
const HOST_STACK_BYTES: usize = 3 << 19;

/// How an engine is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where components are compiled. There is no default: whoever makes an engine says whether they trust what it loads.
    pub compiler: Compiler,
    /// Where compiled code is kept between runs; `None` compiles anew each time. The folder is made, or must be, the
    /// node's own: compiled code that anyone else can write is never loaded.
    pub compiled_dir: Option<PathBuf>,
    /// The largest limits that any call will have; a call's own may be lower, never higher.
    pub limits: Limits,
    /// Tool calls at once; more wait.
    pub tool_calls: u32,
    /// Agent turns at once, those that wait for a model included; more wait.
    pub agent_calls: u32,
}

impl Settings {
    /// The usual settings, with this compiler.
    #[must_use]
    pub fn new(compiler: Compiler) -> Self {
        Self { compiler, compiled_dir: None, limits: Limits::default(), tool_calls: 64, agent_calls: 256 }
    }
}

/// Both engines, so that agents can be run again too.
fn deterministic() -> Config {
    let mut config = Config::new();
    config
        .concurrency_support(false)
        .consume_fuel(true)
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true)
        .wasm_features(WasmFeatures::all().difference(FEATURES), false)
        .wasm_features(FEATURES, true);
    config
}

/// All that code depends on, without a pool: what compiles for an engine needs no more. An engine of [`tools`] or
/// [`agents`] runs the code that an engine of this compiles.
pub(crate) fn code(role: Role, memory_bytes: u64) -> Config {
    let mut config = deterministic();
    match role {
        // A whole 4 GiB is reserved for each memory, which is only address space and saves every bounds check.
        Role::Tool => {}
        // Thousands may wait for a model at once, so a memory reserves no more than it may use.
        Role::Agent => {
            config.memory_reservation(memory_bytes).memory_guard_size(64 << 10);
        }
    }
    config
}

/// How deep calls go: no part of the code, so that it is the same whatever the limit.
fn stacks(config: &mut Config, settings: &Settings) {
    let stack_bytes = usize::try_from(settings.limits.stack_bytes).unwrap_or(usize::MAX);
    config.max_wasm_stack(stack_bytes).async_stack_size(stack_bytes.saturating_add(HOST_STACK_BYTES));
}

/// For tools, which run on plain threads.
pub(crate) fn tools(settings: &Settings) -> Config {
    let mut pool = pool(settings, settings.tool_calls);
    // None is used; the default would protect a page for each of a thousand when the engine is made.
    pool.total_stacks(1);
    let mut config = code(Role::Tool, settings.limits.memory_bytes);
    stacks(&mut config, settings);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}

/// For agents, which wait on fibres.
pub(crate) fn agents(settings: &Settings) -> Config {
    let mut pool = pool(settings, settings.agent_calls);
    pool.total_stacks(settings.agent_calls.max(1));
    let mut config = code(Role::Agent, settings.limits.memory_bytes);
    stacks(&mut config, settings);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}

/// Room for `calls` usual components, and for one of the largest kind even where `calls` is small.
fn pool(settings: &Settings, calls: u32) -> PoolingAllocationConfig {
    let limits = &settings.limits;
    let calls = calls.max(1);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(calls)
        .total_core_instances(calls.saturating_mul(limits.instances.max(1)))
        .total_memories(calls.saturating_mul(MEMORIES_A_CALL).max(MEMORIES_MAX))
        .total_tables(calls.saturating_mul(TABLES_A_CALL).max(TABLES_MAX))
        .max_core_instances_per_component(limits.instances)
        .max_memories_per_component(MEMORIES_MAX)
        .max_memories_per_module(MEMORIES_MAX)
        .max_tables_per_component(TABLES_MAX)
        .max_tables_per_module(TABLES_MAX)
        .max_component_instance_size(4 << 20)
        .table_elements(usize::try_from(limits.table_elements).unwrap_or(usize::MAX))
        .max_memory_size(usize::try_from(limits.memory_bytes).unwrap_or(usize::MAX))
        .max_unused_warm_slots(WARM_SLOTS)
        .linear_memory_keep_resident(1 << 20)
        .table_keep_resident(64 << 10)
        .pagemap_scan(Enabled::Auto);
    pool
}
