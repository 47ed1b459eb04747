"""The component itself: built where componentize-py is there, its last words everywhere."""

import os
import shutil
import subprocess
import sys
import tempfile
import types
import unittest
from pathlib import Path

from jaros_guest._last_words import last_words

SDK = Path(__file__).parents[1]
CONTRACT = SDK.parents[1] / "wit/1.0.0/jaros.wit"
BUILDER = shutil.which("componentize-py", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def project(folder: Path, app: str, kind: str = "agent", capabilities: str = "") -> None:
    (folder / "app.py").write_text(app)
    contract = folder / "wit/deps/jaros-plugin"
    contract.mkdir(parents=True)
    (folder / "wit/world.wit").write_text(
        f"package local:project; world mine {{ include jaros:plugin/{kind}@1.0.0; {capabilities} }}"
    )
    shutil.copy(CONTRACT, contract / "jaros.wit")


def imports(component: bytes) -> bytes:
    """The component's own import sections, without those of what it is made of."""
    at, found = 8, b""
    while at < len(component):
        section, at, size, shift = component[at], at + 1, 0, 0
        while True:
            part, at = component[at], at + 1
            size, shift = size | (part & 127) << shift, shift + 7
            if part < 128:
                break
        if section == 10:
            found += component[at : at + size]
        at += size
    return found


@unittest.skipUnless(BUILDER, "componentize-py isn't here: pip install componentize-py==0.25.0")
class BuildTest(unittest.TestCase):
    def build(self, app: str, kind: str = "agent", capabilities: str = "") -> tuple[int, str, bytes]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            project(folder, app, kind, capabilities)
            built = subprocess.run(
                [BUILDER, "-q", "-d", "wit", "-w", "mine", "componentize", "-s", "-p", ".", "-p", str(SDK),
                 "jaros_guest.component", "-o", "mine.wasm"],
                cwd=folder, capture_output=True, text=True, timeout=300,
                env=os.environ | {"VIRTUAL_ENV": str(folder / ".venv")},
            )  # fmt: skip
            wasm = folder / "mine.wasm"
            return built.returncode, built.stderr, wasm.read_bytes() if wasm.exists() else b""

    def test_a_class_is_all_that_it_takes(self):
        app = "from jaros_guest import Tool, store\nclass Mine(Tool):\n    def execute(self, payload): return store.keys()\n"
        code, words, wasm = self.build(app, "tool", "import jaros:plugin/store@1.0.0;")
        self.assertEqual(code, 0, words)
        for name in (b"jaros:plugin/store@1.0.0", b"jaros:plugin/action@1.0.0", b"jaros:plugin/panic@1.0.0"):
            self.assertIn(name, wasm)
        asked = imports(wasm)
        self.assertIn(b"jaros:plugin/job@1.0.0", asked)
        self.assertNotIn(b"wasi:", asked)

    def test_a_mistake_ends_the_build_in_words(self):
        agent = "class Mine(Agent):\n    def start(self, turn): ...\n"
        for app, kind, sentence in (
            (
                "from jaros_guest import *\nfrom jaros_guest import store\n" + agent,
                "agent",
                "jaros_guest.store: the world has no `store`; add to wit/world.wit: import jaros:plugin/store@1.0.0;",
            ),
            ("", "agent", "app.py holds neither an agent nor a tool"),
            ("from jaros_guest import *\n" + agent, "tool", "write there: include jaros:plugin/agent@1.0.0;"),
        ):
            code, words, _ = self.build(app, kind)
            self.assertNotEqual(code, 0)
            self.assertIn(sentence, words)


class LastWordsTest(unittest.TestCase):
    def test_a_bug_has_its_kind_its_message_and_the_authors_innermost_line(self):
        app = types.ModuleType("app")
        app.__file__ = "/0/app.py"
        source = (
            "from jaros_guest import Agent\n"
            "import json\n"
            "class Mine(Agent):\n"
            "    def start(self, turn):\n"
            "        return json.loads('{')\n"
            "class Bare(Exception):\n"
            "    def __str__(self): return 1 / 0\n"
        )
        exec(compile(source, "/0/app.py", "exec"), app.__dict__)
        words = self.last_words(lambda: app.Mine().start(None))
        self.assertEqual(
            words,
            "JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1), "
            "at app.py:5 in start",
        )
        self.assertEqual(self.last_words(lambda: (_ for _ in ()).throw(MemoryError())), "MemoryError")
        self.assertEqual(
            self.last_words(lambda: (_ for _ in ()).throw(app.Bare())), "Bare: its message can't be written"
        )

    def last_words(self, run) -> str:
        try:
            run()
        except BaseException as bug:
            return last_words(bug, "/0/")
        raise AssertionError("it should have raised")


if __name__ == "__main__":
    unittest.main()
