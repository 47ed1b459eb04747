#!/usr/bin/env bash
# languages.sh [LANG…]: what an author does in each language, from an empty folder on: rust js ts python c zig.
#
# For each language it installs the toolchain by ordinary package names, runs the SDK's own tests, makes an agent and a tool with
# `jaros new`, tests, builds and evaluates them, builds and evaluates the examples, and builds the guests that the conformance table
# is put to. At the end `cargo test --test conformance` asks them, together with those that are kept in tests/frozen.
#
# $JAROS is the program (by default target/debug/jaros, which is built first). Exit: 0 all good, 1 something isn't. Nothing is skipped
# without a line that says so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
repository=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
built=$repository/tests/conformance/built
cache=${XDG_CACHE_HOME:-$HOME/.cache}/jaros
rows=()

say() { printf '%s\n' "$*" >&2; }

# Each pinned where its author's page pins it.
componentize_py=$(sed -n 's/^.*componentize-py==\([0-9.]*\).*$/\1/p' docs/tutorial/python.md | head -1)
ziglang=$(sed -n 's/^.*ziglang==\([0-9.]*\).*$/\1/p' docs/tutorial/zig.md | head -1)

# need COMMAND PACKAGE…: Debian's packages where a command is missing and this is Debian.
need() {
  local command=$1
  shift
  command -v "$command" >/dev/null && return
  say "installing $*"
  apt-get install -qq -y "$@" >/dev/null || { apt-get update -qq && apt-get install -qq -y "$@" >/dev/null; }
}

# venv PACKAGE==VERSION: a Python environment that holds it, made once; prints its folder.
venv() {
  local folder=$cache/venv-${1//==/-}
  if [ ! -x "$folder/bin/python" ] || ! "$folder/bin/python" -m pip show -q "${1%%==*}" 2>/dev/null; then
    need python3 python3 python3-venv
    python3 -m venv "$folder"
    "$folder/bin/python" -m pip install -q --disable-pip-version-check "$1"
  fi
  echo "$folder"
}

# The toolchain of a language, so that `jaros build` finds it.
toolchain() {
  case $1 in
  rust) RUSTC=$(examples-wasm/toolchain.sh) && export RUSTC ;;
  js | ts) need node nodejs npm && need npm npm ;;
  python) PATH=$(venv "componentize-py==$componentize_py")/bin:$PATH ;;
  c | zig) PATH=$(venv "ziglang==$ziglang")/bin:$PATH ;;
  esac
}

sdk_tests() {
  case $1 in
  rust) cargo test -q --manifest-path guest-sdk/rust/Cargo.toml --target "$(rustc -vV | sed -n 's/^host: //p')" ;;
  js) (cd guest-sdk/js && npm install --silent --no-audit --no-fund && npm test) ;;
  ts) say "ts: the SDK is that of js" ;;
  python) (cd guest-sdk/python && python3 -m unittest -q) ;;
  c) guest-sdk/c/test.sh ;;
  zig) say "zig: the SDK is that of c" ;;
  esac
}

# What the author of a project types to test it.
project_test() {
  case $1 in
  rust) cargo test -q --target "$(rustc -vV | sed -n 's/^host: //p')" ;;
  js | ts) npm test --silent ;;
  python) python3 -m unittest -q ;;
  c) mkdir -p build && cc -Isdk test.c src/*.c sdk/testing.c -o build/test && build/test ;;
  zig)
    python3 -m ziglang test -lc -Isdk sdk/testing.c --dep app --dep jaros -Mroot=test.zig --dep jaros \
      -Mapp="$(ls src/agent.zig src/tool.zig 2>/dev/null | head -1)" -Mjaros=sdk/zig/jaros.zig
    ;;
  esac
}

# An example's SDK lies elsewhere than a project's; those of C and Zig are tested by the SDK's own script.
example_test() { case $1 in c | zig) ;; *) project_test "$1" ;; esac; }

# packages FOLDER: what npm brings, where the project has such.
packages() { [ ! -f "$1/package.json" ] || (cd "$1" && npm install --silent --no-audit --no-fund); }

# evaluated FOLDER: tests, builds and evaluates the project there.
evaluated() {
  packages "$2"
  (cd "$2" && project_test "$1" && "$JAROS" build && "$JAROS" eval)
}

language() {
  local lang=$1 kind folder
  toolchain "$lang"
  sdk_tests "$lang"
  mkdir -p "$work/$lang"
  for kind in agent tool; do
    (cd "$work/$lang" && "$JAROS" new "$kind" "my.$kind" --lang "$lang")
    evaluated "$lang" "$work/$lang/my.$kind"
  done
  # All are built before any is evaluated: some go with others.
  for folder in examples-wasm/"$lang"/*/jaros.toml; do
    [ -f "$folder" ] || continue
    packages "$(dirname "$folder")"
    "$JAROS" build "$(dirname "$folder")"
  done
  for folder in examples-wasm/"$lang"/*/jaros.toml; do
    [ -f "$folder" ] || continue
    (cd "$(dirname "$folder")" && example_test "$lang" && "$JAROS" eval)
  done
  # TypeScript is JavaScript by then, and has no guests of its own.
  [ -d "tests/conformance/$lang" ] || return 0
  mkdir -p "$built/$lang"
  for folder in conform conform.tool; do
    packages "tests/conformance/$lang/$folder"
    (cd "tests/conformance/$lang/$folder" && "$JAROS" build)
    cp "tests/conformance/$lang/$folder/build/$folder.wasm" "$built/$lang/"
  done
}

if [ -z "${JAROS:-}" ]; then
  cargo build --workspace --bin jaros
  JAROS=${CARGO_TARGET_DIR:-target}/debug/jaros
fi
JAROS=$(realpath "$JAROS")
languages=("$@")
[ $# -gt 0 ] || languages=(rust js ts python c zig)
rm -rf "$built"
mkdir -p "$built"
failed=0
for lang in "${languages[@]}"; do
  started=$SECONDS
  status=0
  (set -euo pipefail; language "$lang") || status=$?
  [ "$status" -eq 0 ] || failed=1
  rows+=("$(printf '%-8s %4d s  %s' "$lang" $((SECONDS - started)) "$([ "$status" -eq 0 ] && echo ok || echo FAILED)")")
done
JAROS_GUESTS=$built cargo test --workspace --test conformance -- --nocapture || failed=1
printf '%s\n' "${rows[@]}"
exit "$failed"
