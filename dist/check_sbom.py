#!/usr/bin/env python3
"""Judges an SBOM: by CycloneDX's own schema where `cyclonedx-python-lib[json-validation]` is installed, and by what it
has to say in any case.

    check_sbom.py FILE PROGRAM
"""

import hashlib
import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def by_schema(text):
    """Whether it could be judged, and what is wrong."""
    try:
        from cyclonedx.schema import SchemaVersion
        from cyclonedx.validation.json import JsonStrictValidator

        return True, JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
    except ImportError:
        return False, None


def by_hand(bom, program):
    locked = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    locked = {(package["name"], package["version"]): package.get("checksum") for package in locked}
    if (bom["bomFormat"], bom["specVersion"]) != ("CycloneDX", "1.5"):
        yield "it is no CycloneDX 1.5"
    about = bom["metadata"]["component"]
    if about["name"] != "jaros" or about["hashes"][0]["content"] != hashlib.sha256(program).hexdigest():
        yield "it isn't about this program"
    components = bom["components"]
    refs = [about["bom-ref"], *(component["bom-ref"] for component in components)]
    if len(refs) != len(set(refs)):
        yield "two components have one reference"
    for entry in bom["dependencies"]:
        for ref in {entry["ref"], *entry.get("dependsOn", [])} - set(refs):
            yield f"{ref} is depended on and not listed"
    crates = [component for component in components if component.get("purl", "").startswith("pkg:cargo/")]
    for crate in crates:
        key = (crate["name"], crate["version"])
        if key not in locked:
            yield f"{key} is not in Cargo.lock"
        elif locked[key] and locked[key] not in json.dumps(crate.get("hashes", [])):
            yield f"{key} hasn't the digest of Cargo.lock"
    if len(crates) < 150 or not any(crate["name"] == "wasmtime" for crate in crates):
        yield f"it has only {len(crates)} crates"


def main(file, program):
    text = Path(file).read_text()
    judged, wrong = by_schema(text)
    wrong = ([repr(wrong)] if wrong else []) + list(by_hand(json.loads(text), Path(program).read_bytes()))
    if wrong:
        sys.exit("\n".join(wrong))
    how = "by its schema and by Cargo.lock" if judged else "by Cargo.lock; not by its schema, since cyclonedx-python-lib isn't here"
    print(f"{len(json.loads(text)['components'])} components, {how}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
