//! Generated components and mutated real ones: whatever they are, the engine ends them as a value or a named refusal.
//!
//! `JAROS_SMITH=FROM..TO` runs these seeds in place of the usual ones; a seed that fails is named, and repeats alone as
//! `JAROS_SMITH=SEED..SEED+1`.
#![expect(clippy::print_stdout, reason = "how much was tried is part of the answer")]

mod counts;
mod generate;
mod mutate;
mod trial;

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::sync_channel;

use crate::counts::Counts;
use crate::generate::{Made, Maker};
use crate::trial::Bench;

/// Seeds of a usual run.
const USUAL: Range<u64> = 0..20_000;
/// Of these, so many have to come as far as running.
const RAN_AT_LEAST: u64 = 5_000;

fn asked() -> Option<Range<u64>> {
    let text = std::env::var("JAROS_SMITH").ok()?;
    let (from, to) = text.split_once("..").expect("JAROS_SMITH is FROM..TO");
    Some(from.parse().expect("a number")..to.parse().expect("a number"))
}

#[test]
fn whatever_a_component_is_it_ends_as_a_value_or_a_named_refusal() {
    let asked_for = asked();
    let seeds = asked_for.clone().unwrap_or(USUAL);
    let (bench, total) = (Bench::new(), Mutex::new(Counts::default()));
    let (give, take) = sync_channel::<Made>(256);
    let take = Mutex::new(take);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut counts = Counts::default();
                loop {
                    let next = take.lock().expect("no thread panics here").recv();
                    let Ok(made) = next else { break };
                    one(&made, &bench, &mut counts);
                }
                total.lock().expect("no thread panics here").add(&counts);
            });
        }
        let mut maker = Maker::new(seeds.clone());
        while let Some(made) = maker.next() {
            if (made.seed + 1) % 50_000 == 0 {
                println!("seed {}", made.seed);
            }
            give.send(made).expect("somebody takes them");
        }
        drop(give);
    });
    let total = total.into_inner().expect("no thread panicked");
    println!("seeds {seeds:?}\n{total}");
    assert_eq!(total.made(), seeds.end - seeds.start);
    if asked_for.is_none() {
        assert!(total.ran() >= RAN_AT_LEAST, "only {} of {} came to run", total.ran(), total.made());
    }
}

/// One component; whatever goes wrong names its seed.
fn one(made: &Made, bench: &Bench, counts: &mut Counts) {
    let tried = catch_unwind(AssertUnwindSafe(|| bench.try_out(&made.bytes, made.payload)));
    match tried {
        Ok(end) => counts.count(made.from, end),
        Err(panic) => {
            let seed = made.seed;
            println!("seed {seed} failed; JAROS_SMITH={seed}..{} repeats it", seed + 1);
            std::panic::resume_unwind(panic);
        }
    }
}
