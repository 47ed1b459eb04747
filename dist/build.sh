#!/usr/bin/env bash
# Builds everything that people download into dist/out/, and tries it.
#
#     dist/build.sh [--no-check]
#
# $CARGO_TARGET_DIR and $JAROS_DIST_TARGET: see binary.sh. Exit codes: 0 good, 1 something failed, 2 a tool isn't here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=$PWD/dist/out

for tool in cargo python3 sha256sum; do
  command -v "$tool" >/dev/null || { echo "build.sh: $tool is not here" >&2; exit 2; }
done
# What can say no at once does so before the long step.
bash dist/sbom.sh --look
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
export JAROS_DIST_TARGET=${JAROS_DIST_TARGET:-$(rustc -vV | sed -n 's/^host: //p')}

rm -rf "$out"
mkdir -p "$out"
python3 dist/notices.py "$JAROS_DIST_TARGET" >"$out/NOTICES.txt"
bash dist/binary.sh "$out/jaros"
bash dist/sbom.sh "$out"
python3 dist/pack.py "$out"
(cd "$out" && sha256sum -- * >../SHA256SUMS && mv ../SHA256SUMS .)
cat "$out/SHA256SUMS"
[ "${1:-}" = --no-check ] || bash dist/check.sh "$out"
