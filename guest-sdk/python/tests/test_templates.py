"""A project as `jaros new` writes it: its own test passes, and its types are right."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SDK = Path(__file__).parents[1]


def written(kind: str, into: Path) -> None:
    """As `jaros new`: placeholders, names, and the SDK's files."""
    for source in sorted((SDK / "templates" / kind).rglob("*")):
        if source.is_dir() or "__pycache__" in source.parts:
            continue
        place = str(source.relative_to(SDK / "templates" / kind)).replace("@NAME@", "my.thing")
        place = place.replace("_gitignore", ".gitignore")
        (into / place).parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text().replace("@NAME@", "my.thing").replace("@IDENT@", "my-thing")
        (into / place).write_text(text)
    for line in (SDK / "sdk-files.txt").read_text().split():
        copy = shutil.copytree if line.endswith("/") else shutil.copy
        (into / "sdk").mkdir(exist_ok=True)
        copy(SDK / line, into / "sdk" / line)


class TemplateTest(unittest.TestCase):
    def test_a_new_project_passes_its_own_test(self):
        for kind in ("agent", "tool"):
            with self.subTest(kind), tempfile.TemporaryDirectory() as name:
                written(kind, Path(name))
                clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
                ran = subprocess.run(
                    [sys.executable, "-m", "unittest"], cwd=name, capture_output=True, text=True, env=clean, timeout=60
                )
                self.assertEqual(ran.returncode, 0, ran.stderr)
                self.assertIn("Ran 2 tests", ran.stderr)
                left = [place for place in Path(name).rglob("*") if place.suffix != ".pyc" and "@" in place.name]
                self.assertEqual(left, [])
                self.assertNotIn("@", (Path(name) / "wit/world.wit").read_text().replace("@1.0.0", ""))


if __name__ == "__main__":
    unittest.main()
