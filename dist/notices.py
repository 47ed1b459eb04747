#!/usr/bin/env python3
"""The notices of everything that the program holds: each crate's licence, and its licence files word for word.

    notices.py TARGET     prints them

Cargo says what is linked for TARGET; crates that only build (macros, build scripts) leave nothing behind and aren't listed.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("license", "licence", "copying", "notice", "copyright", "unlicense")
SYSTEM = """\
Linked into the program beside these crates:

- Rust's standard library, MIT OR Apache-2.0.
- The GNU C Library, LGPL-2.1-or-later. Whoever wants to use it with another version of that library links it anew from the
  sources of this program, which are complete and under the MIT licence: `dist/build.sh`.
- GCC's runtime support (unwinding), GPL-3.0-or-later with the GCC Runtime Library Exception.
- The bundled example `js-greeter` holds the QuickJS engine, MIT.
"""


def linked(target):
    """The crates that end in the program, in order of their names."""
    command = ["cargo", "metadata", "--format-version=1", "--locked", f"--filter-platform={target}"]
    found = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in found["packages"]}
    nodes = {node["id"]: node for node in found["resolve"]["nodes"]}
    is_macro = lambda id: any("proc-macro" in kind["kind"] for kind in packages[id]["targets"])
    waiting = [id for id, package in packages.items() if package["name"] == "jaros"]
    seen = set()
    while waiting:
        id = waiting.pop()
        if id in seen or is_macro(id):
            continue
        seen.add(id)
        edges = nodes[id]["deps"]
        waiting += [edge["pkg"] for edge in edges if any(kind["kind"] is None for kind in edge["dep_kinds"])]
    others = (packages[id] for id in seen if packages[id]["source"])
    return sorted(others, key=lambda package: (package["name"], package["version"]))


def files(package):
    folder = Path(package["manifest_path"]).parent
    found = (path for path in folder.iterdir() if path.is_file() and path.name.lower().startswith(NAMES))
    return sorted(found, key=lambda path: path.name)


def main(target):
    packages = linked(target)
    if len(packages) < 100:
        sys.exit(f"notices.py: saw only {len(packages)} crates")
    print(f"What `jaros` is built from: {len(packages)} crates, and their licences.\n")
    texts = {}
    for package in packages:
        name = f"{package['name']} {package['version']}"
        print(f"- {name}: {package['license'] or 'see below'}")
        for path in files(package):
            texts.setdefault(path.read_text(encoding="utf-8", errors="replace").strip(), []).append(name)
    print(f"\n{SYSTEM}")
    for text, names in texts.items():
        print(f"{'=' * 80}\nOf {', '.join(dict.fromkeys(names))}:\n\n{text}\n")
    lgpl = Path("/usr/share/common-licenses/LGPL-2.1")
    if lgpl.exists():
        print(f"{'=' * 80}\nOf the GNU C Library:\n\n{lgpl.read_text().strip()}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
