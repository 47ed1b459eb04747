//! Rust: cargo, with the linker that every toolchain brings and that writes a component.

use super::{Facts, Made, Need, NoSource, Probe, Recipe, Step, Way};

const TARGET: &str = "wasm32-unknown-unknown";

pub(super) fn recipe(facts: &Facts<'_>) -> Result<Recipe, NoSource> {
    facts.needs("Cargo.toml")?;
    let rustc = (facts.env)("RUSTC").unwrap_or_else(|| "rustc".into());
    let where_std = ["--print", "target-libdir", "--target", TARGET].map(str::to_owned).to_vec();
    let needs = vec![
        Need {
            tool: "cargo",
            ways: vec![Way::new(&["cargo"])],
            missing: "cargo isn't here".into(),
            install: "install Rust from https://rustup.rs".into(),
        },
        Need {
            tool: "rustc",
            ways: vec![Way { probes: vec![Probe::Holds(where_std, "libstd-")], ..Way::new(&[&rustc]) }],
            missing: format!("Rust's target {TARGET} isn't installed"),
            install: format!("rustup target add {TARGET}"),
        },
    ];
    let args = ["build", "--release", "--target", TARGET, "--message-format", "json-render-diagnostics"];
    let mut step = Step::new("cargo", &args);
    step.env.push(("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-component-ld".into()));
    if !facts.verbose {
        step.env.push(("CARGO_TERM_QUIET", "true".into()));
    }
    let own_flags = ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"].iter().any(|name| (facts.env)(name).is_some());
    let home = (facts.env)("CARGO_HOME").or_else(|| Some(format!("{}/.cargo", (facts.env)("HOME")?)));
    if let Some(home) = home.filter(|_| !own_flags) {
        // No path of the machine gets into a component, so that the same sources make the same bytes.
        let registry = format!("--remap-path-prefix={home}/registry/src=crates");
        let sdk = format!("--remap-path-prefix={}=sdk", facts.sdk_whole.display());
        step.env.push(("CARGO_ENCODED_RUSTFLAGS", format!("{registry}\u{1f}{sdk}")));
    }
    Ok(Recipe { needs, steps: vec![step], made: Made::Cargo })
}
