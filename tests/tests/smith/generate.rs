//! A component for each seed.
//!
//! *Invariant:* the same seed gives the same bytes, on every machine.
//! *Doesn't know:* what becomes of them.
//! *Start at:* [`Maker::next`].

use std::io::{BufReader, Read};
use std::ops::Range;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use jaros_guests::{Agent, Tool, raw};

use crate::counts::From;
use crate::mutate::mutated;

/// One component.
pub(crate) struct Made {
    pub(crate) seed: u64,
    pub(crate) from: From,
    pub(crate) bytes: Vec<u8>,
    pub(crate) payload: &'static str,
}

/// Makes components. Core modules come from the generator in `tests/smith`, a program of its own.
pub(crate) struct Maker {
    seeds: Range<u64>,
    /// A tool that is sound but for its first core module, which is to be replaced.
    around: Vec<u8>,
    /// Sound components of text.
    texts: Vec<Vec<u8>>,
    /// The built examples.
    built: Vec<Vec<u8>>,
    generator: Child,
    modules: BufReader<ChildStdout>,
}

/// SplitMix64: eight bytes of a seed's stream at a time.
pub(crate) struct Stream(u64);

impl Stream {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`, or 0 where that is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).expect("a length").max(1);
        usize::try_from(self.next() % end).expect("below a length")
    }
}

impl Maker {
    /// Starts the generator, which is built first where it isn't yet.
    pub(crate) fn new(seeds: Range<u64>) -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("smith/Cargo.toml");
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(["run", "--quiet", "--locked", "--manifest-path"]).arg(manifest);
        command.args(["--", &seeds.start.to_string(), &seeds.end.to_string()]);
        let mut generator = command.stdout(Stdio::piped()).spawn().expect("cargo starts");
        let modules = BufReader::new(generator.stdout.take().expect("it was asked for"));
        let texts = vec![
            Tool::default().bytes(),
            Tool::default().logging().with_job().bytes(),
            Tool::with_core("(call $f)", "(func $f (result i32) (i32.const 1200))").bytes(),
            Agent::default().bytes(),
        ];
        let tool = |name: &str| std::fs::read(jaros_tests::built().join(format!("tools/{name}.wasm")));
        let built =
            ["greet", "text.count", "swarm.handoff"].map(|name| tool(name).expect("a built tool")).into();
        Self { seeds, around: around(), texts, built, generator, modules }
    }

    /// The component of the next seed. Of ten seeds, seven are generated modules, two are mutated text, one is a mutated
    /// example.
    pub(crate) fn next(&mut self) -> Option<Made> {
        let seed = self.seeds.next()?;
        let mut stream = Stream(seed);
        Some(match seed % 10 {
            0..7 => Made { seed, from: From::Smith, bytes: self.generated(seed), payload: "[1]" },
            7 | 8 => {
                Made { seed, from: From::Text, bytes: mutated(&self.texts, &mut stream), payload: "[1]" }
            }
            _ => {
                let bytes = mutated(&self.built, &mut stream);
                Made { seed, from: From::Built, bytes, payload: r#"{"text":"one two"}"# }
            }
        })
    }

    fn generated(&mut self, seed: u64) -> Vec<u8> {
        let mut number = || {
            let mut bytes = [0; 8];
            self.modules.read_exact(&mut bytes).expect("the generator makes a module for each seed");
            u64::from_le_bytes(bytes)
        };
        assert_eq!(number(), seed, "the generator is in step");
        let mut module = vec![0; usize::try_from(number()).expect("a length")];
        self.modules.read_exact(&mut module).expect("the generator writes whole modules");
        raw::with_first_module(&self.around, &module)
    }
}

impl Drop for Maker {
    fn drop(&mut self) {
        // Where it is still writing, nobody reads any more.
        let _ = self.generator.kill();
        let _ = self.generator.wait();
    }
}

/// A tool whose `execute` returns what the first module's `run` returns, as sixteen letters.
fn around() -> Vec<u8> {
    let body = r"
        (local $value i64) (local $at i32)
        (local.set $value (call $run))
        (i32.store8 (i32.const 1400) (i32.const 0x22)) (i32.store8 (i32.const 1417) (i32.const 0x22))
        (local.set $at (i32.const 1401))
        (loop $digit
          (i32.store8 (local.get $at) (i32.add (i32.const 97) (i32.wrap_i64 (i64.and (local.get $value) (i64.const 15)))))
          (local.set $value (i64.shr_u (local.get $value) (i64.const 4)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br_if $digit (i32.lt_u (local.get $at) (i32.const 1417))))";
    let tool = Tool {
        first: r#"(core module $run (func (export "run") (result i64) unreachable))"#.to_owned(),
        component: "(core instance $run (instantiate $run))".to_owned(),
        with: r#"(with "run" (instance $run))"#.to_owned(),
        core_imports: r#"(import "run" "run" (func $run (result i64)))"#.to_owned(),
        ..Tool::executing(&format!("{body} {}", jaros_guests::returns(1_400, 18)))
    };
    tool.bytes()
}
