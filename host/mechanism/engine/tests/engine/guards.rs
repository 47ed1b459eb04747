//! What each guard costs, for people: `just guards`. The table stands in `docs/costs.md`.
//!
//! *Invariant:* all variants are measured in turns in one run, on the same component and the same payload; a figure is the
//! median over the rounds, so that a loud moment hits one round of each.
//! *Doesn't know:* what a figure should be.
//! *Start at:* [`guards`].
#![expect(clippy::print_stdout, reason = "it only prints")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use jaros_decision::Json;
use jaros_engine::{Engine, NoLog, Settings, ToolComponent};
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, Linker};
use wasmtime::{
    Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig, ResourceLimiter, Store,
};

use crate::guests::{Circumstances, Tool, built_tool, digest, json};

const ROUNDS: usize = 61;
const CALLS: u32 = 400;
/// Host calls in one call of the tool that makes nothing but host calls.
const HOST_CALLS: u32 = 1_000;

/// Which guards a store of wasmtime alone has.
#[derive(Clone, Copy, Default)]
struct With {
    fuel: bool,
    nans: bool,
    limiter: bool,
    lift: bool,
}

/// Counts as the product's does.
#[derive(Default)]
struct Counting {
    used: usize,
}

impl ResourceLimiter for Counting {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.used += desired - current;
        Ok(self.used <= 64 << 20)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.used += desired - current;
        Ok(self.used <= 64 << 20)
    }
}

/// One variant of wasmtime without any of the product around it.
struct Plain {
    with: With,
    pre: InstancePre<Counting>,
    execute: ComponentExportIndex,
}

impl Plain {
    fn new(bytes: &[u8], with: With) -> Self {
        let mut pool = PoolingAllocationConfig::new();
        // As the product's: what is compared is the guards, not two pools.
        pool.linear_memory_keep_resident(1 << 20)
            .table_keep_resident(64 << 10)
            .table_elements(60_000)
            .max_memory_size(64 << 20)
            .max_unused_warm_slots(16)
            .pagemap_scan(Enabled::Auto);
        let mut config = Config::new();
        config
            .concurrency_support(false)
            .consume_fuel(with.fuel)
            .cranelift_nan_canonicalization(with.nans)
            .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
        let engine = wasmtime::Engine::new(&config).unwrap();
        let component = Component::new(&engine, bytes).unwrap();
        let mut linker = Linker::new(&engine);
        if let Ok(mut log) = linker.instance("jaros:plugin/log@1.0.0") {
            log.func_wrap("write", |_, (_, _): (String, String)| Ok(())).unwrap();
        }
        linker.define_unknown_imports_as_traps(&component).unwrap();
        let pre = linker.instantiate_pre(&component).unwrap();
        let action = component.get_export_index(None, "jaros:plugin/action@1.0.0").unwrap();
        let execute = component.get_export_index(Some(&action), "execute").unwrap();
        Self { with, pre, execute }
    }

    fn execute(&self, payload: &str) {
        let mut store = Store::new(self.pre.engine(), Counting::default());
        if self.with.fuel {
            store.set_fuel(1_000_000_000).unwrap();
        }
        if self.with.limiter {
            store.limiter(|counting| counting);
        }
        store.set_hostcall_fuel(if self.with.lift { 4 << 20 } else { usize::MAX });
        let instance = self.pre.instantiate(&mut store).unwrap();
        if self.with.fuel {
            store.set_fuel(1_000_000_000).unwrap();
        }
        let execute =
            instance.get_typed_func::<(&str,), (Result<String, String>,)>(&mut store, self.execute).unwrap();
        execute.call(&mut store, (payload,)).unwrap().0.unwrap();
    }
}

/// The product's own.
fn product(engine: &Engine, bytes: &[u8]) -> ToolComponent {
    engine.compile_tool(bytes, digest(bytes)).unwrap()
}

fn execute(tool: &ToolComponent, payload: &Json, around: &Circumstances) {
    let mut call = around.call();
    call.log = Arc::new(NoLog);
    tool.execute(call, payload).unwrap().result.unwrap();
}

type Variant<'a> = (&'a str, Box<dyn Fn() + 'a>);

/// Microseconds a call of each, the variants in turns.
fn medians(variants: &[Variant<'_>], calls: u32) -> Vec<f64> {
    let mut rounds = vec![Vec::with_capacity(ROUNDS); variants.len()];
    for _ in 0..ROUNDS {
        for (rounds, (_, call)) in rounds.iter_mut().zip(variants) {
            let begin = Instant::now();
            (0..calls).for_each(|_| call());
            rounds.push(begin.elapsed().as_secs_f64() * 1e6 / f64::from(calls));
        }
    }
    let middle = |mut rounds: Vec<f64>| {
        rounds.sort_by(f64::total_cmp);
        rounds[rounds.len() / 2]
    };
    rounds.into_iter().map(middle).collect()
}

fn print(title: &str, variants: &[Variant<'_>], figures: &[f64], of: f64) {
    println!("\n| {title} | µs | more than the row before |\n| --- | --- | --- |");
    for (n, ((name, _), figure)) in variants.iter().zip(figures).enumerate() {
        let more =
            n.checked_sub(1).map_or_else(String::new, |n| format!("{:+.3}", (figure - figures[n]) / of));
        println!("| {name} | {:.3} | {more} |", figure / of);
    }
}

#[test]
#[ignore = "it only prints"]
fn guards() {
    let rust = built_tool("text.count");
    let (text, payload) = (r#"{"text":"one two three"}"#, json(r#"{"text":"one two three"}"#));
    let engine = Engine::new(&Settings::new(jaros_engine::Compiler::InProcess)).unwrap();
    let around = Circumstances::default();
    let tool = product(&engine, &rust);
    let plain = |fuel, nans, limiter, lift| Plain::new(&rust, With { fuel, nans, limiter, lift });
    let plains = [
        ("wasmtime alone: the same pool, no guard", plain(false, false, false, false)),
        ("and fuel", plain(true, false, false, false)),
        ("and canonical NaNs", plain(true, true, false, false)),
        ("and the limiter of memories and tables", plain(true, true, true, false)),
        ("and the limit of what is lifted", plain(true, true, true, true)),
    ];
    let mut variants: Vec<Variant<'_>> = Vec::new();
    for (name, plain) in &plains {
        variants.push((name, Box::new(move || plain.execute(text))));
    }
    variants.push((
        "the product: and permits, observer, log, canonical JSON",
        Box::new(|| execute(&tool, &payload, &around)),
    ));
    let figures = medians(&variants, CALLS);
    print("`text.count` in Rust: instantiate, call, drop", &variants, &figures, 1.0);

    let line = "(call $write (i32.const 1400) (i32.const 4) (i32.const 1404) (i32.const 20))";
    let talkative = Tool::with_core(
        &format!(
            "(local $made i32) (loop $l {line} (local.set $made (i32.add (local.get $made) (i32.const 1)))
               (br_if $l (i32.lt_u (local.get $made) (i32.const {HOST_CALLS})))) {}",
            jaros_guests::returns(1_013, 4)
        ),
        r#"(data (i32.const 1400) "infotwenty letters here..")"#,
    );
    let talkative = talkative.logging().bytes();
    let bare = Plain::new(&talkative, With { fuel: true, nans: true, limiter: true, lift: true });
    let counted = product(&engine, &talkative);
    let one = json("[1]");
    let variants: Vec<Variant<'_>> = vec![
        ("a function that does nothing", Box::new(|| bare.execute("[1]"))),
        ("`log.write`: counted, bounded, escaped", Box::new(|| execute(&counted, &one, &around))),
    ];
    let figures = medians(&variants, CALLS / 20);
    print("one host call with two texts", &variants, &figures, f64::from(HOST_CALLS));
    threads(&tool, &payload);
}

/// Calls a second on one thread and on two, in turns.
fn threads(tool: &ToolComponent, payload: &Json) {
    const SLICE: Duration = Duration::from_millis(200);
    let together = |threads: usize| -> f64 {
        let work = || {
            let (around, begin, mut calls) = (Circumstances::default(), Instant::now(), 0_u32);
            while begin.elapsed() < SLICE {
                (0..50).for_each(|_| execute(tool, payload, &around));
                calls += 50;
            }
            f64::from(calls) / begin.elapsed().as_secs_f64()
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        })
    };
    let mut ratios = Vec::new();
    let mut rates = Vec::new();
    for _ in 0..15 {
        let (one, two) = (together(1), together(2));
        ratios.push(two / one);
        rates.push((one, two));
    }
    ratios.sort_by(f64::total_cmp);
    rates.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (one, two) = rates[rates.len() / 2];
    println!("\none thread {one:.0}/s, two {two:.0}/s; two do {:.2} times one (median of 15)", ratios[7]);
}
