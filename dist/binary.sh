#!/usr/bin/env bash
# Builds the program for release: one static file, the same bytes for the same commit, whatever the folder.
#
#     dist/binary.sh FILE     writes the program to FILE
#
# $JAROS_DIST_TARGET names another target than this machine's; $CARGO_TARGET_DIR says where the build lies.
#
# Static by `crt-static` for Linux with glibc, and not by a musl target: dist/README.md says why.
set -euo pipefail
out=$(realpath -m "${1:?usage: dist/binary.sh FILE}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

target=${JAROS_DIST_TARGET:-$(rustc -vV | sed -n 's/^host: //p')}
build=${CARGO_TARGET_DIR:-$root/target/dist}
home=${CARGO_HOME:-$HOME/.cargo}
sysroot=$(rustc --print sysroot)
commit=$(rustc -vV | sed -n 's/^commit-hash: //p')

case $target in
  *-linux-gnu) ;;
  *) echo "binary.sh: only for Linux with glibc; $target is something else" >&2; exit 2 ;;
esac
glibc=$(getconf GNU_LIBC_VERSION | sed 's/^glibc //')
if [ "$(printf '%s\n' 2.34 "$glibc" | sort -V | head -n 1)" != 2.34 ]; then
  echo "binary.sh: glibc $glibc would look names up by libraries of the system; build with 2.34 or newer" >&2
  exit 2
fi
mkdir -p "$build"
${CC:-cc} -O2 -Wall -Werror -c dist/names.c -o "$build/names.o"

# Folders of this machine are in no message and no table of the program. Where several match, the last one counts.
flags=(
  "-Ctarget-feature=+crt-static"
  "--remap-path-prefix=$root=jaros"
  "--remap-path-prefix=$build=build"
  "--remap-path-prefix=$home=cargo"
  "--remap-path-prefix=$sysroot/lib/rustlib/src/rust=/rustc/$commit"
)
# Separated so that a folder's name may have spaces. With an explicit target they don't reach build scripts and macros, which
# must stay dynamic.
CARGO_ENCODED_RUSTFLAGS=$(printf '%s\x1f' "${flags[@]}")
export CARGO_ENCODED_RUSTFLAGS=${CARGO_ENCODED_RUSTFLAGS%$'\x1f'}
CFLAGS=$(printf -- '-ffile-prefix-map=%q=%s ' "$root" jaros "$build" build "$home" cargo)
export CFLAGS CC_SHELL_ESCAPED_FLAGS=1
export CARGO_PROFILE_RELEASE_DEBUG=false CARGO_INCREMENTAL=0
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

# Symbols go too, and with them the linker's id of the build: the optimiser names local ones after the folder. A bug's
# message has its place in the source all the same.
cargo rustc --release --locked --package jaros --bin jaros --target "$target" --target-dir "$build" -- \
  "-Clink-arg=$build/names.o" -Clink-arg=-Wl,--build-id=none -Cstrip=symbols
install -D -m 755 "$build/$target/release/jaros" "$out"
