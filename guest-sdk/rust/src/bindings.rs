//! The contract as Rust: generated from `wit/` by `generate.sh`, never edited.
//!
//! *Invariant:* what is committed is what `generate.sh` makes (`generate.sh --check`).
//! *Doesn't know:* JSON, serde, or what an author sees; the modules beside this one translate.
//! *Start at:* `wit/1.0.0/jaros.wit`.
#![expect(
    unsafe_code,
    unreachable_pub,
    unused_qualifications,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::uninlined_format_args,
    clippy::unwrap_used,
    reason = "generated code"
)]

#[rustfmt::skip]
pub mod agent;
#[rustfmt::skip]
pub mod imports;
#[rustfmt::skip]
pub mod tool;
