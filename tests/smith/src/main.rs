//! Writes a core module for each seed of a range to standard output: `jaros-smith FROM TO`.
//!
//! *Invariant:* the same seed gives the same bytes, on every machine. A module goes out as its seed and its length, eight bytes
//! each with the lowest first, and its bytes. Seeds that end in 7, 8 or 9 have none: what they stand for is mutated
//! elsewhere.
//! *Doesn't know:* the component around the module, and what becomes of it.
//! *Start at:* [`module`].

use std::io::{self, BufWriter, Write};

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};

/// What each module exports.
const SHAPE: &str = r#"(module (func (export "run") (result i64) unreachable))"#;

fn main() -> io::Result<()> {
    let mut words = std::env::args().skip(1).map(|word| word.parse::<u64>().expect("a number"));
    let (from, to) = words.next().zip(words.next()).expect("FROM and TO");
    let shape = wat::parse_str(SHAPE).expect("a module");
    let mut out = BufWriter::new(io::stdout().lock());
    for seed in (from..to).filter(|seed| seed % 10 < 7) {
        let bytes = module(seed, &shape);
        out.write_all(&seed.to_le_bytes())?;
        out.write_all(&(bytes.len() as u64).to_le_bytes())?;
        out.write_all(&bytes)?;
    }
    out.flush()
}

/// The module of a seed.
fn module(seed: u64, shape: &[u8]) -> Vec<u8> {
    let mut stream = Stream(seed);
    let size = 64 + stream.below(1_500);
    let bytes: Vec<u8> = (0..size.div_ceil(8)).flat_map(|_| stream.next().to_le_bytes()).collect();
    let config = config(&mut stream, shape);
    let module = Module::new(config, &mut Unstructured::new(&bytes)).expect("enough bytes for a module");
    module.to_bytes()
}

/// What the engines take; one module in sixteen may have more.
fn config(stream: &mut Stream, shape: &[u8]) -> Config {
    let beyond = stream.below(16) == 0;
    Config {
        exports: Some(shape.to_vec()),
        allow_start_export: stream.below(4) == 0,
        allow_invalid_funcs: stream.below(16) == 0,
        disallow_traps: stream.below(2) == 0,
        max_imports: 0,
        max_funcs: 6,
        max_instructions: 60 + stream.below(120),
        max_memories: 1 + stream.below(3),
        max_memory32_bytes: 1 << 20,
        max_table_elements: 500,
        max_tables: 2,
        max_globals: 8,
        max_data_segments: 4,
        max_element_segments: 4,
        max_types: 12,
        reference_types_enabled: beyond,
        gc_enabled: false,
        exceptions_enabled: beyond,
        threads_enabled: beyond,
        relaxed_simd_enabled: beyond,
        memory64_enabled: beyond,
        wide_arithmetic_enabled: beyond,
        compact_imports_enabled: false,
        ..Config::default()
    }
}

/// SplitMix64.
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("below a length")
    }
}
