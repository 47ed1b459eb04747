#!/usr/bin/env python3
"""Packs the built program: a tar file, a Python wheel, an npm package. The same input makes the same bytes.

    pack.py OUT     reads OUT/jaros, OUT/NOTICES.txt and OUT/jaros-VERSION.cdx.json, writes the packages beside them

$SOURCE_DATE_EPOCH dates every file in them. Nothing but Python's own library is needed; no package manager is asked.
"""

import base64
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
import time
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
# `jaros` is another project's package on PyPI. One name for both, so that nobody has to remember two.
NAME = "jaros-host"
SUMMARY = "Run agents and tools as WebAssembly components: reproducible, accountable, contained."
VERSION = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]

# ELF's word for a machine, and those of Python and Node.
MACHINES = {62: ("x86_64", "x64"), 183: ("aarch64", "arm64")}


def read_out(out):
    """What goes into every package, by the name that it has there."""
    program = (out / "jaros").read_bytes()
    if program[:5] != b"\x7fELF\x02":
        sys.exit("pack.py: OUT/jaros is no 64-bit ELF program")
    files = {
        "jaros": program,
        "LICENSE": (ROOT / "LICENSE").read_bytes(),
        "NOTICES.txt": (out / "NOTICES.txt").read_bytes(),
        "README.md": (ROOT / "dist/package.md").read_bytes(),
    }
    return files, MACHINES[int.from_bytes(program[18:20], "little")]


def tar_gz(path, folder, files):
    """A tar file whose bytes depend on its files alone."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in sorted(files.items()):
            entry = tarfile.TarInfo(f"{folder}/{name}")
            entry.size, entry.mtime = len(data), EPOCH
            entry.mode = 0o755 if name.split("/")[-1] == "jaros" else 0o644
            tar.addfile(entry, io.BytesIO(data))
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=EPOCH) as zipped:
        zipped.write(packed.getvalue())


def wheel(out, files, machine, sbom):
    """Scripts alone. Static, so it runs with every libc, and the tags say so; old names of tags are for old versions of pip."""
    stem = f"{NAME.replace('-', '_')}-{VERSION}"
    tags = [f"manylinux_2_17_{machine}", f"manylinux2014_{machine}", f"musllinux_1_1_{machine}"]
    info = f"{stem}.dist-info"
    metadata = [
        ("Metadata-Version", "2.4"), ("Name", NAME), ("Version", VERSION), ("Summary", SUMMARY),
        ("License-Expression", "MIT"), ("License-File", "LICENSE"), ("License-File", "NOTICES.txt"),
        ("Keywords", "agents,webassembly,replay,audit,sandbox"), ("Requires-Python", ">=3.7"),
        ("Classifier", "Operating System :: POSIX :: Linux"), ("Classifier", "Environment :: Console"),
        ("Classifier", "Programming Language :: Rust"), ("Description-Content-Type", "text/markdown"),
    ]  # fmt: skip
    headers = lambda pairs: "".join(f"{key}: {value}\n" for key, value in pairs)
    contents = {
        f"{stem}.data/scripts/jaros": files["jaros"],
        f"{info}/METADATA": f"{headers(metadata)}\n".encode() + files["README.md"],
        f"{info}/WHEEL": headers(
            [("Wheel-Version", "1.0"), ("Generator", "jaros dist"), ("Root-Is-Purelib", "false")]
            + [("Tag", f"py3-none-{tag}") for tag in tags]
        ).encode(),
        f"{info}/licenses/LICENSE": files["LICENSE"],
        f"{info}/licenses/NOTICES.txt": files["NOTICES.txt"],
        f"{info}/sboms/{sbom.name}": sbom.read_bytes(),
    }
    digest = lambda data: base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    record = [f"{name},sha256={digest(data)},{len(data)}\n" for name, data in contents.items()]
    contents[f"{info}/RECORD"] = "".join([*record, f"{info}/RECORD,,\n"]).encode()
    # A zip file knows no time before 1980.
    date = time.gmtime(max(EPOCH, 315532800))[:6]
    path = out / f"{stem}-py3-none-{'.'.join(tags)}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in contents.items():
            entry = zipfile.ZipInfo(name, date)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if "/scripts/" in name else 0o100644) << 16
            archive.writestr(entry, data)
    return path


def npm(out, files, cpu):
    """The program itself is the command: npm links it into node_modules/.bin and makes it executable."""
    manifest = {
        "name": NAME,
        "version": VERSION,
        "description": SUMMARY,
        "license": "MIT",
        "keywords": ["agents", "webassembly", "replay", "audit", "sandbox"],
        "bin": {"jaros": "bin/jaros"},
        "files": ["bin/jaros", "NOTICES.txt"],
        "os": ["linux"],
        "cpu": [cpu],
    }
    contents = {name: data for name, data in files.items() if name != "jaros"}
    contents["bin/jaros"] = files["jaros"]
    contents["package.json"] = json.dumps(manifest, indent=2).encode() + b"\n"
    path = out / f"{NAME}-{VERSION}.tgz"
    tar_gz(path, "package", contents)
    return path


def main(out):
    files, (machine, cpu) = read_out(out)
    stem = f"jaros-{VERSION}-{machine}-linux"
    tar_gz(out / f"{stem}.tar.gz", stem, files)
    sbom = out / f"jaros-{VERSION}.cdx.json"
    for path in (out / f"{stem}.tar.gz", wheel(out, files, machine, sbom), npm(out, files, cpu)):
        print(f"{path.name}  {path.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
