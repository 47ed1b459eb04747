//! What ran the guests, for the record: two runs under one identity use the same fuel and stop at the same place.
//!
//! *Invariant:* the identity changes whenever compiled code, costs, the stack or the pools' limits could.
//! *Doesn't know:* components.
//! *Start at:* [`identity`].

use std::hash::{Hash, Hasher};

use jaros_decision::{Digest, Json, Limit, Limits};
use serde_json::json;
use wasmtime::Engine;

use crate::settings::Settings;

/// The exact version in `Cargo.toml`; a test compares the two.
const NAME: &str = "wasmtime 48.0.8";

/// Names everything that compiled code depends on: version, flags, tunables, the processor's features.
pub(crate) fn config_digest(engine: &Engine) -> Digest {
    let mut bytes = Bytes(NAME.as_bytes().to_vec());
    engine.precompile_compatibility_hash().hash(&mut bytes);
    Digest::of(&bytes.0)
}

/// What an engine of these settings is, for the ledger's `open` entries.
pub(crate) fn identity(tools: Digest, agents: Digest, settings: &Settings) -> Json {
    let limits = &settings.limits;
    let identity = json!({
        "agents": agents,
        "config": Digest::of_parts(&[&tools.0, &agents.0]),
        "cpu": std::env::consts::ARCH,
        "instances": limits.instances,
        "memory_bytes": limits.memory_bytes,
        "name": NAME,
        "stack_bytes": limits.stack_bytes,
        "table_elements": limits.table_elements,
        "tools": tools,
    });
    Json::from_value(&identity).expect("names, digests and small numbers are JSON")
}

/// What the engine of an identity was made with, as far as it bounds calls. An identity that doesn't say is older than the
/// setting, so the default held.
#[must_use]
pub fn made_with(identity: &Json) -> Limits {
    let value = identity.to_value();
    let mut limits = Limits::default();
    for name in ["instances", "memory_bytes", "stack_bytes", "table_elements"] {
        if let (Some(limit), Some(number)) = (Limit::named(name), value[name].as_u64()) {
            limit.set(&mut limits, number);
        }
    }
    limits
}

/// Collects what is hashed, since `Hash` gives no other way to a digest that is the same in every process.
struct Bytes(Vec<u8>);

impl Hasher for Bytes {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_is_the_pinned_one() {
        let manifest = include_str!("../../../../Cargo.toml");
        let pinned = super::NAME.replace("wasmtime ", "version = \"=");
        assert!(manifest.contains(&format!("wasmtime = {{ {pinned}\"")), "{pinned}");
    }
}
