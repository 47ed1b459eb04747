//! How long things take, for people: `cargo test --release -p jaros-engine --test engine -- --ignored --nocapture`.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jaros_decision::{Json, Turn};
use jaros_engine::{Compiler, Engine, Offer, Settings, ToolComponent};

use crate::guests::{Agent, Circumstances, Tool, digest, json};

fn median(times: usize, mut run: impl FnMut()) -> Duration {
    let mut taken: Vec<_> = (0..times)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    taken.sort();
    taken[times / 2]
}

fn execute(tool: &ToolComponent, payload: &Json, around: &Circumstances) {
    tool.execute(around.call(), payload).unwrap().result.unwrap();
}

fn together(tool: &ToolComponent, payload: &Json) -> f64 {
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let around = Circumstances::default();
                (0..20_000).for_each(|_| execute(tool, payload, &around));
            });
        }
    });
    40_000.0 / start.elapsed().as_secs_f64()
}

#[test]
#[ignore = "it only prints"]
fn timings() {
    let dir = tempfile::tempdir().unwrap();
    let settings =
        Settings { compiled_dir: Some(dir.path().to_owned()), ..Settings::new(Compiler::InProcess) };
    println!("both engines, first: {:?}", median(1, || drop(Engine::new(&settings).unwrap())));
    println!("both engines: {:?}", median(21, || drop(Engine::new(&settings).unwrap())));
    let engine = Engine::new(&settings).unwrap();
    let rust = fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples-wasm/built/tools/text.count.wasm"),
    )
    .unwrap();
    let wat = Tool::default().bytes();
    let around = Circumstances::default();
    for (name, bytes, payload) in [("WAT", wat, "[1]"), ("Rust", rust, r#"{"text":"one two three"}"#)] {
        let payload = json(payload);
        let digest = digest(&bytes);
        println!("{name}: audit {:?}", median(21, || drop(crate::guests::audited(&bytes).unwrap())));
        println!("{name}: compile {:?}", median(1, || drop(engine.compile_tool(&bytes, digest).unwrap())));
        println!("{name}: load {:?}", median(21, || drop(engine.compile_tool(&bytes, digest).unwrap())));
        let tool = engine.compile_tool(&bytes, digest).unwrap();
        println!("{name}: execute {:?}", median(20_001, || execute(&tool, &payload, &around)));
        println!("{name}: execute on two threads: {:.0}/s", together(&tool, &payload));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let bytes = Agent::default().bytes();
    let agent = engine.compile_agent(&bytes, digest(&bytes)).unwrap();
    let turn = Turn { input: json("1"), memo: Json::null(), answers: Vec::new(), number: 1 };
    let (model, offers) = (Arc::new(crate::agents::Silent), Arc::<[Offer]>::from([]));
    let decide = || {
        let decided = agent.decide(around.call(), &turn, model.clone(), Arc::clone(&offers));
        runtime.block_on(decided).unwrap().called.result.unwrap();
    };
    println!("WAT agent: decide {:?}", median(20_001, decide));
}

/// What a cold load costs, in a child and in this process: the two in turn, so that both meet the same machine. With
/// `-- --ignored --nocapture cold_loads`, in the profile of your choice.
#[test]
#[ignore = "it only prints"]
fn cold_loads() {
    const ROUNDS: usize = 15;
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples-wasm/built");
    let child =
        Compiler::Program { path: env!("CARGO_BIN_EXE_jaros-test-compiler").into(), args: Vec::new() };
    for (name, file, is_agent) in
        [("Rust tool", "tools/text.count.wasm", false), ("JavaScript agent", "agents/js-greeter.wasm", true)]
    {
        let bytes = fs::read(built.join(file)).unwrap();
        let digest = digest(&bytes);
        let mut taken = [Vec::new(), Vec::new()];
        for round in 0..2 * ROUNDS {
            let compiler = if round % 2 == 0 { Compiler::InProcess } else { child.clone() };
            let dir = tempfile::tempdir().unwrap();
            let compiled_dir = Some(dir.path().join("compiled"));
            let engine = Engine::new(&Settings { compiled_dir, ..Settings::new(compiler) }).unwrap();
            let start = Instant::now();
            if is_agent {
                drop(engine.compile_agent(&bytes, digest).unwrap());
            } else {
                drop(engine.compile_tool(&bytes, digest).unwrap());
            }
            taken[round % 2].push(start.elapsed());
        }
        let [here, there] = taken.map(|mut taken| {
            taken.sort();
            taken[ROUNDS / 2]
        });
        println!(
            "{name}, {} bytes: in this process {here:?}, in a child {there:?} (median of {ROUNDS})",
            bytes.len()
        );
    }
}
