#!/bin/bash
# test.sh: the SDK's own tests, natively, under the address and undefined-behaviour sanitizers; those of templates and examples; and, where a compiler for
# WebAssembly is there, that all of them link and import what they call and nothing else.
#
#     test.sh            everything that can be done here; says what was left out
#     test.sh --native   only what needs no WebAssembly
#
# Needs a C compiler with sanitizers (cc, or $CC). For the rest: clang with wasm-ld ($CLANG), Zig 0.17 ($ZIG, else python3 -m ziglang).
# Exit codes: 0 good, 1 a test failed, 2 can't be done here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
sdk=$PWD
cc=${CC:-cc}
clang=${CLANG:-clang}
read -ra zig <<<"${ZIG:-python3 -m ziglang}"
command -v "$cc" >/dev/null || { echo "test.sh: needs a C compiler; $cc isn't there" >&2; exit 2; }
./generate.sh --check-sources

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# native NAME SOURCE...: compiles and runs a test under the sanitizers.
native() {
    local name=$1
    shift
    "$cc" -std=c11 -Wall -Wextra -Werror -g -fsanitize=address,undefined -fno-sanitize-recover=all "-I$sdk" "$@" -o "$made/$name"
    "$made/$name"
}

# links MODULE WORD...: the core module imports exactly these interfaces.
links() {
    local module=$1 found
    shift
    found=$(grep -aoE 'jaros:plugin/[a-z-]+@1\.0\.0' "$module" | grep -vE '/(action|reasoning)@' | sed 's/.*\///; s/@.*//' | sort -u | tr '\n' ' ')
    [ "$found" = "$* " ] || { echo "test.sh: ${module##*/} imports $found, not $*" >&2; exit 1; }
    echo "ok    ${module##*/} imports $found"
}

for test in json agent tool; do native $test "tests/${test}_test.c" testing.c; done
native libc tests/libc_test.c
projects=$(ls -d "$sdk"/templates/c/* "$sdk"/../../examples-wasm/c/* 2>/dev/null)
for project in $projects; do (cd "$project" && native "${project##*/}" test.c src/*.c "$sdk/testing.c"); done
[ "${1:-}" = --native ] && exit

checks=-fsanitize=bounds,null,signed-integer-overflow,integer-divide-by-zero,shift,unreachable,return,vla-bound
flags=(-std=c11 -Os -ffreestanding -Wall -Wextra -Werror "$checks" -mbulk-memory -msign-ext -mnontrapping-fptoint -ffunction-sections -fdata-sections -nostdlib
    "-I$sdk" -isystem "$sdk/libc" -Wl,--no-entry -Wl,--gc-sections -Wl,--strip-all -Wl,-z,stack-size=1048576)

# expects PROJECT: the interfaces that its source calls.
expects() {
    case ${1##*/} in
    agent) echo log panic ;;
    brief) echo model panic ;;
    file.changed) echo files-read panic store ;;
    *) echo panic ;;
    esac
}
kind() { [ -e "$1/src/agent.$2" ] && echo agent || echo tool; }

# c_modules NAME COMPILER...: links every C project with this compiler.
c_modules() {
    local name=$1 project module
    shift
    for project in $projects; do
        module="$made/$name-${project##*/}.wasm"
        (cd "$project" && "$@" "${flags[@]}" src/*.c "$sdk/$(kind . c).c" -o "$module")
        # shellcheck disable=SC2046 # one interface a word
        links "$module" $(expects "$project")
    done
}
if [ -e "$("$clang" --print-prog-name=wasm-ld 2>/dev/null)" ]; then
    c_modules clang "$clang" --target=wasm32-unknown-unknown -Wl,--stack-first
else
    echo "left out: linking with clang; $clang with wasm-ld isn't there"
fi
case $("${zig[@]}" version 2>/dev/null) in
0.17.*) ;;
*) echo "left out: Zig; 0.17 isn't there"; exit ;;
esac
c_modules zig "${zig[@]}" cc --target=wasm32-freestanding -fno-sanitize-trap=all
for project in "$sdk"/templates/zig/* "$sdk"/../../examples-wasm/zig/*; do
    kind=$(kind "$project" zig)
    module="$made/${project##*/}.core.wasm"
    cd "$project"
    modules=(--dep app --dep jaros)
    app=(--dep jaros "-Mapp=src/$kind.zig" "-Mjaros=$sdk/zig/jaros.zig")
    "${zig[@]}" test --cache-dir "$made/zig" -lc "-I$sdk" "$sdk/testing.c" "${modules[@]}" -Mroot=test.zig "${app[@]}"
    "${zig[@]}" build-exe -target wasm32-freestanding -O ReleaseSafe -fno-entry -fstrip -fsingle-threaded --stack 1048576 --cache-dir "$made/zig" \
        --name "${project##*/}" "-femit-bin=$module" "-I$sdk" -isystem "$sdk/libc" -cflags -std=c11 -Os -ffreestanding "$checks" -fno-sanitize-trap=all -- \
        "$sdk/$kind.c" "${modules[@]}" "-Mroot=$sdk/zig/$kind.zig" "${app[@]}"
    # shellcheck disable=SC2046 # one interface a word
    links "$module" $(expects "$project")
done
