#!/bin/bash
# generate.sh: makes src/bindings from wit/1.0.0/jaros.wit and wit/guest.wit.
#
#     generate.sh                  make them
#     generate.sh --check          make them aside and compare
#     generate.sh --check-sources  say whether they came from these sources; offline, needs nothing
#
# Needs wit-bindgen of the version below, on the PATH or as $WIT_BINDGEN:
#     cargo install wit-bindgen-cli --version 0.63.0 --locked --no-default-features --features c
# Exit codes: 0 good, 1 something differs, 2 can't be done here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
version=0.63.0
wit_bindgen=${WIT_BINDGEN:-wit-bindgen}
bindings="src/bindings/imports.h src/bindings/imports.c src/bindings/agent.h src/bindings/agent.c src/bindings/tool.h src/bindings/tool.c"
stale="src/bindings did not come from these sources; run guest-sdk/c/generate.sh"

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
    fail 2 "needs wit-bindgen $version: cargo install wit-bindgen-cli --version $version --locked --no-default-features --features c"

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
mkdir "$made/wit" "$made/out"
cp ../../wit/1.0.0/jaros.wit wit/guest.wit "$made/wit/"

# generate NAME: src/bindings/NAME.{h,c} from the world guest-NAME.
#
# The three are included into one translation unit, so each file's share of what would stand there twice is taken out or renamed:
# the allocator's export (src/arena.c has it), the word on a component-type object (the world is embedded after linking), libc's
# headers (src/libc.c has what is needed of them), and the types that exports and imports share.
generate() {
    local name=$1 file
    "$wit_bindgen" c "$made/wit" --world "guest-$name" --no-helpers --no-object-file --out-dir "$made/out" >"$made/said" 2>&1 ||
        { cat "$made/said" >&2; fail 2 "wit-bindgen said no"; }
    for file in h c; do
        sed -e '/^\/\/ Canonical ABI intrinsics$/,/^}$/d' \
            -e '/^\/\/ Ensure that the \*_component_type.o object is linked in$/,$d' \
            -e '/^#include <\(stdlib\|string\)\.h>$/d' \
            -e "s/\"guest_$name\.h\"/\"$name.h\"/" \
            "$made/out/guest_$name.$file" >"$made/out/$name.$file"
        [ "$name" = imports ] || sed -i "s/\bjaros_plugin_types_/jaros_${name}_types_/g" "$made/out/$name.$file"
    done
}
generate imports
generate agent
generate tool

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
