"""Tests without a node: python3 -m unittest"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "sdk"))

from app import Greeter
from jaros_guest.testing import Host, HostError


class GreeterTest(unittest.TestCase):
    def test_a_greeting_becomes_the_result(self) -> None:
        host = Host(tools={"greet": lambda payload: {"greeting": f"Hello, {payload['name']}!"}})
        run = host.run(Greeter, {"name": "Ada"})
        self.assertEqual(run.result, {"said": "Hello, Ada!"})
        self.assertEqual([one.kind for one in run.decisions], ["greet", "advance"])

    def test_a_refusal_fails_the_job(self) -> None:
        def refuse(payload: object) -> object:
            raise HostError("refused", "not today")

        run = Host(tools={"greet": refuse}).run(Greeter, {"name": "Ada"})
        self.assertEqual((run.state, str(run.error)), ("FAILED", "failed: refused: not today"))


if __name__ == "__main__":
    unittest.main()
