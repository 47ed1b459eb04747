#!/usr/bin/env python3
"""Makes the SBOM of cargo-cyclonedx one of the program that is handed out.

    sbom.py FILE FOLDER OUT     FILE was made in FOLDER, whose path is taken out; writes OUT/jaros-VERSION.cdx.json

The program's digest goes in where OUT/jaros is there, and what is linked into it that cargo doesn't know.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path


def words(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def library(name, version, licence, description):
    return {
        "type": "library",
        "bom-ref": f"{name}@{version}",
        "name": name,
        "version": version,
        "description": description,
        "scope": "required",
        "licenses": [{"expression": licence}],
    }


def main(file, folder, out):
    bom = json.loads(Path(file).read_text().replace(f"path+file://{folder}/", "path+file:///jaros/"))
    program = bom["metadata"]["component"]
    # A path inside a workspace is nothing that could be fetched.
    for component in [program, *program.get("components", []), *bom["components"]]:
        if "file://" in component.get("purl", ""):
            component["purl"] = component["purl"].split("?")[0]
    linked = [
        library("rust-std", words("rustc", "--version")[1], "MIT OR Apache-2.0", "Rust's standard library"),
        library("glibc", words("getconf", "GNU_LIBC_VERSION")[1], "LGPL-2.1-or-later", "The GNU C Library, static"),
    ]
    bom["components"] += linked
    bom["dependencies"] += [{"ref": component["bom-ref"]} for component in linked]
    mine = next(entry for entry in bom["dependencies"] if entry["ref"] == program["bom-ref"])
    mine["dependsOn"] = [*mine.get("dependsOn", []), *(component["bom-ref"] for component in linked)]
    binary = Path(out) / "jaros"
    if binary.exists():
        program["hashes"] = [{"alg": "SHA-256", "content": hashlib.sha256(binary.read_bytes()).hexdigest()}]
    written = json.dumps(bom, indent=1, ensure_ascii=False) + "\n"
    if folder in written:
        sys.exit(f"sbom.py: a path of this machine is left in it: {written[written.index(folder) :][:80]}")
    (Path(out) / f"jaros-{program['version']}.cdx.json").write_text(written)
    print(f"SBOM: {len(bom['components'])} components")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
