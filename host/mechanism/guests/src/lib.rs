//! Guests in component text, for tests and figures: the least that is a tool or an agent, with any one part replaced by
//! something hostile. Nothing that ships is built on this.
//!
//! *Invariant:* what isn't replaced behaves well.
//! *Doesn't know:* any crate of the product, and what is expected of a guest.
//! *Start at:* [`Tool`], [`Agent`]; [`raw`] for what text can't say, [`attackers`] for
//! tools that are kept busy.

mod agent;
mod attackers;
pub mod bombs;
pub mod raw;
mod tool;
pub mod wasi;

pub use agent::{ASK, Agent, DONE, SAY, one_decision, propose};
pub use attackers::attackers;
pub use tool::{Tool, returns};

/// Never ends.
pub const FOREVER: &str = "(loop $l (br $l)) (unreachable)";

/// The memory that every guest has: one page, and an allocator that only goes up.
pub(crate) const LIBC: &str = r#"
  (core module $libc
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 16384))
    (func (export "realloc") (param $old i32) (param $old_len i32) (param $align i32) (param $len i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get $len)))
      (block $fits
        (br_if $fits (i32.le_u (global.get $next) (i32.mul (memory.size) (i32.const 65536))))
        (drop (memory.grow (i32.add (i32.const 1) (i32.div_u (local.get $len) (i32.const 65536))))))
      (memory.copy (local.get $at) (local.get $old) (local.get $old_len))
      (local.get $at)))
  (core instance $libc (instantiate $libc))"#;

/// A component of this text.
///
/// # Panics
/// Where the text is none.
#[must_use]
pub fn component(text: &str) -> Vec<u8> {
    parse(&format!("(component {text})"))
}

pub(crate) fn parse(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}
