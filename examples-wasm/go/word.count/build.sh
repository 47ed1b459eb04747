#!/bin/bash
# build.sh: makes build/word.count.wasm, a component whose WASI the operator grants as virtual.
#
# Needs Go 1.24 or newer, wasm-tools, and the adapter from the older WASI to the newer one, "reactor" kind: as $ADAPTER, else
# cargo fetches the crate that carries it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
adapters=wasi-preview1-component-adapter-provider
version=48.0.1

for tool in go wasm-tools; do
    command -v "$tool" >/dev/null || { echo "build.sh: $tool isn't here; docs/wasi.md says where to get it" >&2; exit 2; }
done
mkdir -p build
if [ -z "${ADAPTER:-}" ]; then
    command -v cargo >/dev/null || { echo "build.sh: no cargo to fetch the adapter with; name it as \$ADAPTER" >&2; exit 2; }
    mkdir -p build/adapter/src
    touch build/adapter/src/lib.rs
    printf '[package]\nname = "adapter"\nedition = "2021"\n[dependencies]\n%s = "=%s"\n[workspace]\n' $adapters $version >build/adapter/Cargo.toml
    cargo fetch --quiet --manifest-path build/adapter/Cargo.toml
    ADAPTER=$(echo "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/$adapters-$version/artefacts/wasi_snapshot_preview1.reactor.wasm)
fi

GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -trimpath -ldflags='-s -w' -o build/core.wasm .
wasm-tools component embed ../../../wit/1.0.0 --world tool build/core.wasm -o build/embedded.wasm
# Go's own allocator can't be called before its runtime has started, and the adapter needs memory before that.
wasm-tools component new build/embedded.wasm --adapt "wasi_snapshot_preview1=$ADAPTER" --realloc-via-memory-grow -o build/word.count.wasm
echo "build/word.count.wasm, $(wc -c <build/word.count.wasm) bytes"
