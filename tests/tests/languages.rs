//! What each language costs, for people: `just languages DIR`. The table stands in `docs/costs.md`.
//!
//! *Invariant:* all languages are measured in turns in one run, with guests that do the same; a figure is the median over the rounds.
//! *Doesn't know:* what a figure should be.
//! *Start at:* [`languages`].

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jaros_capability::{Handles, Store, World};
use jaros_decision::{
    Completion, Digest, JobId, Json, JsonLimits, Limits, Millis, Model, ModelFuture, Request, Turn,
};
use jaros_engine::{AgentComponent, Call, Compiler, Engine, NoLog, Settings, ToolComponent};
use jaros_node::Status;
use jaros_tests::conformance::Guests;
use jaros_tests::{Place, until_within};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::Semaphore;

const ROUNDS: usize = 5;
const CALLS: u32 = 50;
const WAITING: usize = 40;
const JOBS: usize = 200;

/// The guests of one language, as bytes and as code.
struct Language {
    name: String,
    agent: Vec<u8>,
    tool: Vec<u8>,
}

#[test]
#[ignore = "it only prints"]
fn languages() {
    let languages: Vec<Language> = Guests::all().folders().map(|(name, folder)| read(name, folder)).collect();
    println!(
        "| language | tool KiB | compile ms | from the cache ms | instantiate + call µs | memory a waiting instance KiB | jobs/s |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let compiled = TempDir::new().expect("a folder");
    let engine = engine(compiled.path());
    let mut compile = vec![0.0; languages.len()];
    for (language, took) in languages.iter().zip(&mut compile) {
        // An interpreter takes seconds to compile, so this is done once.
        let begin = Instant::now();
        tool(&engine, language);
        *took = ms(begin);
        agent(&engine, language);
    }
    drop(engine);
    let mut rounds: Vec<[Vec<f64>; 3]> = vec![Default::default(); languages.len()];
    for _ in 0..ROUNDS {
        for (language, [cached, called, waiting]) in languages.iter().zip(&mut rounds) {
            // As after a restart: another engine, whose only knowledge is the cache.
            let engine = self::engine(compiled.path());
            let begin = Instant::now();
            let tool = tool(&engine, language);
            tool.describe(&Limits::default(), Arc::new(NoLog)).expect("it describes itself");
            cached.push(ms(begin));
            called.push(microseconds(&tool));
            waiting.push(resident(&agent(&engine, language)));
        }
    }
    for ((language, compile), [cached, called, waiting]) in languages.iter().zip(compile).zip(rounds) {
        let rate = rate(language);
        #[expect(clippy::cast_precision_loss, reason = "some megabytes")]
        let size = language.tool.len() as f64 / 1024.0;
        println!(
            "| {} | {size:.0} | {compile:.0} | {:.1} | {:.1} | {:.0} | {rate:.0} |",
            language.name,
            median(cached),
            median(called),
            median(waiting)
        );
    }
}

fn read(name: &str, folder: &Path) -> Language {
    let read = |guest: &str| fs::read(folder.join(format!("{guest}.wasm"))).expect("a guest");
    Language { name: name.to_owned(), agent: read("conform"), tool: read("conform.tool") }
}

fn engine(compiled: &Path) -> Engine {
    let settings = Settings { compiled_dir: Some(compiled.join("c")), ..Settings::new(Compiler::InProcess) };
    Engine::new(&settings).expect("an engine")
}

fn tool(engine: &Engine, language: &Language) -> ToolComponent {
    engine.compile_tool(&language.tool, Digest::of(&language.tool)).expect("a tool")
}

fn agent(engine: &Engine, language: &Language) -> AgentComponent {
    engine.compile_agent(&language.agent, Digest::of(&language.agent)).expect("an agent")
}

/// One call of `echo`: an instance is made, called and dropped.
fn microseconds(tool: &ToolComponent) -> f64 {
    let around = Around::default();
    let payload = parse(r#"{"do":"echo","value":{"name":"Ada","list":[1,2,3]}}"#);
    let call = || tool.execute(around.call(), &payload).expect("the machine works").result.expect("a result");
    call();
    let begin = Instant::now();
    (0..CALLS).for_each(|_| drop(call()));
    ms(begin) * 1e3 / f64::from(CALLS)
}

/// What an instance holds while it waits for the model, in KiB: the process grows by so much for each.
fn resident(agent: &AgentComponent) -> f64 {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let model = Arc::new(Waits { asked: Semaphore::new(0), answer: Semaphore::new(0) });
    let before = resident_kib();
    let grown = runtime.block_on(async {
        let turns: Vec<_> = (0..WAITING)
            .map(|_| {
                let (agent, model) = (agent.clone(), Arc::clone(&model));
                tokio::spawn(async move {
                    let (around, turn) = (Around::default(), ask());
                    agent.decide(around.call(), &turn, model, Arc::from([])).await.expect("the machine works")
                })
            })
            .collect();
        let all = u32::try_from(WAITING).expect("a small number");
        model.asked.acquire_many(all).await.expect("it isn't closed").forget();
        let grown = resident_kib() - before;
        model.answer.add_permits(WAITING);
        for turn in turns {
            turn.await.expect("no panic").called.result.expect("a plan");
        }
        grown
    });
    #[expect(clippy::cast_precision_loss, reason = "some dozens")]
    let each = WAITING as f64;
    grown / each
}

fn ask() -> Turn {
    let input = parse(r#"{"do":"ask","prompt":"wait"}"#);
    Turn { input, memo: Json::null(), answers: Vec::new(), number: 1 }
}

/// A model that answers when it is told to.
struct Waits {
    asked: Semaphore,
    answer: Semaphore,
}

impl Model for Waits {
    fn complete(&self, _: Request) -> ModelFuture<'_> {
        Box::pin(async move {
            self.asked.add_permits(1);
            self.answer.acquire().await.expect("it isn't closed").forget();
            let empty = || parse("[]");
            Ok(Completion {
                text: "now".into(),
                parts: empty(),
                structured: Json::null(),
                model: "waits".into(),
                finish: "stop".into(),
                usage: parse("{}"),
            })
        })
    }
}

/// Jobs of two turns and two decisions a second, through a node.
fn rate(language: &Language) -> f64 {
    let place = Place::empty();
    let grants = "[tool.\"conform.tool\"]\nfiles-read = { data = \"shared\" }\nstore = true\n\
                  [agent.conform]\npropose = [\"advance\", \"conform.tool\"]\n";
    place.write("config/grants.toml", grants);
    fs::create_dir_all(place.path("shared")).expect("a folder");
    place.drop_in("agents/conform.wasm", &language.agent);
    place.drop_in("tools/conform.tool.wasm", &language.tool);
    let node = place.serve();
    until_within(Duration::from_secs(300), "both in service", || {
        let status = Status::read(&place.layout()).ok()?;
        (status.components.iter().filter(|one| one.state == "serving").count() == 2).then_some(())
    });
    let input = json!({"do": "propose", "decisions": [{"kind": "conform.tool", "payload": {"do": "echo", "value": 1}}]});
    drop(place.ask("conform", &input));
    let begin = Instant::now();
    let jobs: Vec<JobId> = (0..JOBS).map(|_| place.submit("conform", &input)).collect();
    for job in &jobs {
        assert_eq!(place.result(job)["result"], json!({"answers": [{"ok": 1}]}));
    }
    let took = begin.elapsed();
    node.stop();
    #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
    let jobs = JOBS as f64;
    jobs / took.as_secs_f64()
}

/// The circumstances of a call: nothing is granted.
struct Around {
    job: JobId,
    handles: Arc<Handles>,
    limits: Limits,
}

impl Default for Around {
    fn default() -> Self {
        Self { job: JobId::new("job-1").expect("an id"), handles: Arc::default(), limits: Limits::default() }
    }
}

impl Around {
    fn call(&self) -> Call<'_> {
        Call {
            job: &self.job,
            accepted_at: Millis(1_700_000_000_000),
            seed: [7; 32],
            handles: &self.handles,
            world: World::Live,
            store: Store::default(),
            outside: None,
            limits: &self.limits,
            log: Arc::new(NoLog),
        }
    }
}

fn parse(text: &str) -> Json {
    Json::parse(text, JsonLimits::default()).expect("JSON")
}

fn ms(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1e3
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

fn resident_kib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("this is Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it tells");
    line.trim().trim_end_matches(" kB").trim().parse().expect("a number")
}
