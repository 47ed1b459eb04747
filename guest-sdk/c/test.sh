#!/bin/bash
# test.sh: the SDK's own tests, natively, under the address and undefined-behaviour sanitizers; then, where a compiler for WebAssembly is there, that
# an agent and a tool link and import only what they call.
#
# Needs a C compiler with sanitizers (cc, or $CC). Exit codes: 0 good, 1 a test failed, 2 can't be done here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
cc=${CC:-cc}
command -v "$cc" >/dev/null || { echo "test.sh: needs a C compiler; $cc isn't there" >&2; exit 2; }
./generate.sh --check-sources

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
for test in json agent tool; do
    "$cc" -std=c11 -Wall -Wextra -Werror -g -fsanitize=address,undefined -fno-sanitize-recover=all -I. "tests/${test}_test.c" testing.c -o "$made/$test"
    "$made/$test"
done
