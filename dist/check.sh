#!/usr/bin/env bash
# Tries what dist/build.sh made, as somebody would who has just fetched it. Nothing is skipped without a line that says so.
#
#     dist/check.sh [OUT]     OUT is dist/out unless said
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=$(realpath "${1:-dist/out}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# try NAME COMMAND...: runs it in a shell of its own; its words are shown where it fails.
try() {
  local name=$1 status=0
  shift
  set +e
  (set -euo pipefail; "$@") >"$work/said" 2>&1
  status=$?
  set -e
  case $status in
    0) printf 'ok           %s: %s\n' "$name" "$(tail -n 1 "$work/said")" ;;
    77) printf 'NOT CHECKED  %s: %s\n' "$name" "$(tail -n 1 "$work/said")" ;;
    *) printf 'FAILED       %s\n' "$name"; sed 's/^/             /' "$work/said"; failed=1 ;;
  esac
}
without() { echo "$*"; exit 77; }

digests() { cd "$out"; sha256sum --quiet --check SHA256SUMS; echo "$(wc -l <SHA256SUMS) files"; }

# No interpreter and no library is named, so nothing has to be there.
static() {
  command -v readelf >/dev/null || without "readelf is not here"
  readelf --program-headers --dynamic --wide "$out/jaros" >"$work/headers"
  grep -q LOAD "$work/headers"
  if grep -E 'INTERP|NEEDED' "$work/headers"; then return 1; fi
  echo "no interpreter, no library"
}

no_folder_of_this_machine() {
  local folder
  for folder in "$PWD/" "${CARGO_HOME:-$HOME/.cargo}/" "$(rustc --print sysroot)/"; do
    if grep --text --only-matching --max-count 1 --fixed-strings -e "$folder" "$out/jaros"; then return 1; fi
  done
  echo "none is named"
}

# A root folder with the program and what every container has: an empty /tmp, /proc (the compiler's child is started from
# there) and the devices for nothing and for random bytes.
alone() {
  [ "$(id -u)" = 0 ] || without "only root may make a root folder"
  local root=$work/alone
  mkdir -p "$root/proc" "$root/dev" "$root/tmp"
  mknod "$root/dev/null" c 1 3
  mknod "$root/dev/urandom" c 1 9
  mknod "$root/dev/random" c 1 8
  cp "$out/jaros" "$root/jaros"
  unshare --mount --pid --net --fork --mount-proc="$root/proc" chroot "$root" /jaros demo >"$work/tour"
  grep -q '^   byte-identical' "$work/tour"
  grep '^   replayed' "$work/tour"
}

# The same, and a tool that asks for a page by name.
names() {
  [ "$(id -u)" = 0 ] || without "only root may make a network of its own"
  unshare --mount --pid --net --fork python3 dist/check_names.py "$out/jaros" examples-wasm/built "$work/names"
}

wheel() {
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --no-index --disable-pip-version-check "$out"/*.whl
  "$work/venv/bin/jaros" --version
  "$work/venv/bin/pip" check >/dev/null
}

npm_package() {
  command -v npm >/dev/null || without "npm is not here"
  mkdir "$work/node"
  cd "$work/node"
  npm install --offline --no-audit --no-fund "$out"/*.tgz
  npx --no-install jaros --version
}

unpacked() {
  mkdir "$work/tar"
  tar -xzf "$out"/jaros-*-linux.tar.gz -C "$work/tar"
  (cd "$work"/tar/jaros-* && ./jaros --version)
}

sbom() { python3 dist/check_sbom.py "$out"/*.cdx.json "$out/jaros"; }

try "digests" digests
try "static" static
try "folders of this machine" no_folder_of_this_machine
try "alone in an empty root" alone
try "names, alone in an empty root" names
try "tar file" unpacked
try "wheel in a fresh environment" wheel
try "npm package in an empty folder" npm_package
try "SBOM" sbom
exit "$failed"
