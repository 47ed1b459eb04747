# The commands of this repository. The README shows `test` and `demo` word for word, and .ci/run reads them from here.

# What there is to run.
default:
    @just --list

# Every test.
test:
    cargo test --workspace

# The thirty-second tour.
demo:
    cargo run -- demo

# What has to be clean before a commit.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Only the guardrails: planes, sockets, drivers, licences, headers, sizes.
arch:
    cargo test --package jaros-arch -- --nocapture

# The figures, on a build for release, beside the Python reference. `just bench --help` tells what can be asked for.
bench *args:
    cargo build --release --package jaros --package jaros-bench
    target/release/jaros-bench {{args}}

# The example components anew, byte for byte as they are committed.
examples:
    examples-wasm/build.sh

# What decides whether a change lands.
ci:
    bash .ci/run
