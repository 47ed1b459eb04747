#!/bin/bash
# generate.sh: makes src/bindings from wit/1.0.0/jaros.wit and wit/guest.wit.
#
#     generate.sh                  make them
#     generate.sh --check          make them aside and compare
#     generate.sh --check-sources  say whether they came from these sources; offline, needs nothing
#
# Needs wit-bindgen of the version below, on the PATH or as $WIT_BINDGEN:
#     cargo install wit-bindgen-cli --version 0.63.0 --locked --no-default-features --features rust
# Exit codes: 0 good, 1 something differs, 2 can't be done here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
version=0.63.0
wit_bindgen=${WIT_BINDGEN:-wit-bindgen}
bindings="src/bindings/imports.rs src/bindings/agent.rs src/bindings/tool.rs"
stale="src/bindings did not come from these sources; run guest-sdk/rust/generate.sh"

fail() { local code=$1; shift; echo "generate.sh: $*" >&2; exit "$code"; }

case ${1:-} in
--check-sources)
    sha256sum --quiet -c src/bindings/DIGESTS >&2 || fail 1 "$stale"
    echo "the bindings came from these sources"
    exit
    ;;
--check | '') ;;
*) fail 2 "unknown argument $1; there are --check and --check-sources" ;;
esac
[ "$("$wit_bindgen" --version 2>/dev/null)" = "wit-bindgen-cli $version" ] ||
    fail 2 "needs wit-bindgen $version: cargo install wit-bindgen-cli --version $version --locked --no-default-features --features rust"

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
mkdir "$made/wit" "$made/out"
cp ../../wit/1.0.0/jaros.wit wit/guest.wit "$made/wit/"

# generate NAME WORLD OPTION...: src/bindings/NAME.rs from WORLD.
generate() {
    local name=$1 world=$2
    shift 2
    "$wit_bindgen" rust "$made/wit" --world "$world" --format --out-dir "$made/out" "$@" >/dev/null
    mv "$made/out/${world//-/_}.rs" "$made/out/$name.rs"
}
types=jaros:plugin/types@1.0.0=crate::bindings::imports::jaros::plugin::types
generate imports guest-imports --generate-all
generate agent guest-agent --with "$types" --pub-export-macro --export-macro-name __export_agent_component \
    --default-bindings-module jaros_guest::bindings::agent
generate tool guest-tool --with "$types" --pub-export-macro --export-macro-name __export_tool_component \
    --default-bindings-module jaros_guest::bindings::tool

if [ "${1:-}" = --check ]; then
    for file in $bindings; do
        cmp -s "$made/out/${file##*/}" "$file" || fail 1 "$stale"
    done
    echo "the bindings are what these sources make"
    exit
fi
for file in $bindings; do cp "$made/out/${file##*/}" "$file"; done
# shellcheck disable=SC2086 # one name a word
sha256sum ../../wit/1.0.0/jaros.wit wit/guest.wit generate.sh $bindings >src/bindings/DIGESTS
