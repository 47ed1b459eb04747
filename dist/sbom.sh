#!/usr/bin/env bash
# Writes the SBOM: every crate that the program is built from, as CycloneDX 1.5 in JSON.
#
#     dist/sbom.sh OUT      writes OUT/jaros-VERSION.cdx.json; OUT/jaros, if it is there, is named by its digest
#     dist/sbom.sh --look   says whether it can be done here
#
# Exit codes: 0 good, 2 cargo-cyclonedx isn't here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=0.5.9
if [ "$(cargo-cyclonedx cyclonedx --version 2>/dev/null)" != "cargo-cyclonedx-cyclonedx $version" ]; then
  echo "sbom.sh: cargo-cyclonedx $version is not here: cargo install cargo-cyclonedx --version $version --locked" >&2
  exit 2
fi
[ "${1:?usage: dist/sbom.sh OUT}" != --look ] || exit 0
out=$(realpath "$1")
target=${JAROS_DIST_TARGET:-$(rustc -vV | sed -n 's/^host: //p')}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

# It writes beside every manifest of the workspace, so it gets a workspace of its own: cargo's view needs no more than these.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git ls-files -z -- Cargo.toml Cargo.lock host tests bench | xargs -0 cp --parents -t "$work"
(cd "$work" && cargo cyclonedx --quiet --manifest-path host/operation/cli/Cargo.toml --format json --spec-version 1.5 \
  --describe binaries --no-build-deps --target "$target")
python3 dist/sbom.py "$work/host/operation/cli/jaros_bin.cdx.json" "$work" "$out"
