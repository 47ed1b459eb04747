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

# The table of hostile guests: what each does, where it strikes, its end and its entry on the ledger.
hostile:
    cargo test --workspace --test hostile -- --nocapture

# Generated and mutated components: a million seeds, or a range of them. A seed that fails is named and repeats alone.
smith from="0" to="1000000":
    JAROS_SMITH={{from}}..{{to}} cargo test --workspace --test smith -- --nocapture

# An honest job's latency beside each attacker, on a build for release.
containment *args:
    cargo build --release --package jaros --package jaros-bench
    target/release/jaros-bench containment {{args}}

# What each guard costs on the hot path, on a build for release.
guards:
    cargo test --release --package jaros-engine --test engine -- --ignored --nocapture guards

# What each language costs, on a build for release; DIR holds freshly built guests beside those that are kept.
languages dir="tests/conformance/built":
    JAROS_GUESTS={{dir}} cargo test --release --workspace --test languages -- --ignored --nocapture

# The example components anew, byte for byte as they are committed.
examples:
    examples-wasm/build.sh

# The pages of docs/reference anew, from the command line's parser and the contract.
reference:
    UPDATE_EXPECT=1 cargo test --workspace --test workspace --bin jaros the_page_

# The book, in target/book/, with every link checked. `just book --install` fetches mdbook where it is missing.
book *args:
    dist/book.sh {{args}}

# What people download, in dist/out/: the static program, its packages, SBOM and digests. Then each is tried.
dist:
    dist/build.sh

# What decides whether a change lands.
ci:
    bash .ci/run
