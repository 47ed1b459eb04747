import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "guest-sdk/python"))

from app import FileChanged
from jaros_guest.testing import Failure, Host


class FileChangedTest(unittest.TestCase):
    def test_the_store_remembers_what_was_seen(self):
        host = Host(files={"data/a.txt": "one two"}, store={})
        seen = {"path": "data/a.txt", "words": 2, "changed": False, "first": False}
        self.assertEqual(host.execute(FileChanged, {"path": "data/a.txt"}), seen | {"first": True})
        self.assertEqual(host.execute(FileChanged, {"path": "data/a.txt"}), seen)
        host.files["data/a.txt"] = b"one two three"
        changed = host.execute(FileChanged, {"path": "data/a.txt"})
        self.assertEqual(changed, seen | {"words": 3, "changed": True})
        self.assertEqual(host.store, {"data/a.txt": b'{"bytes":13,"words":3}'})

    def test_what_is_not_granted_is_refused(self):
        with self.assertRaisesRegex(Failure, "^refused: "):
            Host(files={"data/a.txt": "one"}, store={}).execute(FileChanged, {"path": "other/a.txt"})
        host = Host(files={"data/a.txt": "one"})
        with self.assertRaisesRegex(Failure, "^refused: the store"):
            host.execute(FileChanged, {"path": "data/a.txt"})


if __name__ == "__main__":
    unittest.main()
