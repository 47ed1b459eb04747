#!/usr/bin/env bash
# Builds the book into target/book/ and checks every link of what came out.
#
#     dist/book.sh            build and check
#     dist/book.sh --install  install mdbook first where it is missing or another version: in a folder of its own in your cache
#
# $JAROS_REPOSITORY is the address below which the repository's files can be read, for links to what is no chapter; without
# it they are plain text. Exit codes: 0 good, 1 something is wrong, 2 mdbook or python3 isn't here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=0.5.4
# Without what serves and watches: a third of the crates, and `mdbook serve` is for who installed it himself.
install=(cargo install mdbook --version "$version" --locked --no-default-features --features search)

fail() { local code=$1; shift; echo "book.sh: $*" >&2; exit "$code"; }
command -v python3 >/dev/null || fail 2 "python3 is not here"

# The one on the PATH, else the one that this script installed before.
tools=${XDG_CACHE_HOME:-$HOME/.cache}/jaros/mdbook-$version
has() { [ "$("$1" --version 2>/dev/null)" = "mdbook v$version" ]; }
mdbook=mdbook
has "$mdbook" || mdbook=$tools/bin/mdbook
if ! has "$mdbook"; then
  [ "${1:-}" = --install ] || fail 2 "mdbook $version is not here: ${install[*]}"
  # Not in the repository's own folder of builds, whose flags are others.
  CARGO_TARGET_DIR=$tools/build "${install[@]}" --root "$tools"
  rm -rf "$tools/build"
fi

rm -rf target/book
"$mdbook" build docs || fail 1 "the book can't be built"
python3 dist/book.py check target/book
