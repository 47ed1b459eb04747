import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "guest-sdk/python"))

from app import Brief
from jaros_guest.testing import Host

LONG = "word " * 21


def count(payload):
    return {"words": len(payload["text"].split())}


class BriefTest(unittest.TestCase):
    def test_a_short_summary_is_handed_on(self):
        host = Host(model=["It rained."], tools={"word.count": count}, agents={"echo": lambda input: input})
        run = host.run(Brief, {"text": "All day it rained."})
        self.assertEqual(run.result, {"brief": {"summary": "It rained.", "words": 2}})
        self.assertEqual([one.kind for one in run.decisions], ["word.count", "submit", "advance"])
        self.assertEqual(host.asked[0].messages[0].content, "Summarise in one sentence: All day it rained.")

    def test_a_long_summary_is_shortened_once(self):
        host = Host(model=[LONG, "Short."], tools={"word.count": count}, agents={"echo": lambda input: input})
        run = host.run(Brief, {"text": "All day it rained."})
        self.assertEqual(run.result, {"brief": {"summary": "Short.", "words": 21}})
        self.assertEqual(host.asked[1].messages[0].content, f"Shorten to at most 20 words: {LONG}")

    def test_a_count_that_fails_fails_the_job(self):
        run = Host(model=["It rained."]).run(Brief, {"text": "…"})
        self.assertEqual(run.state, "FAILED")
        self.assertIn("not-found: ", run.error.message)


if __name__ == "__main__":
    unittest.main()
