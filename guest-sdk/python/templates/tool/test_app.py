"""Tests without a node: python3 -m unittest"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "sdk"))

from app import Count
from jaros_guest.testing import Failure, Host


class CountTest(unittest.TestCase):
    def test_words_and_lines_are_counted(self) -> None:
        self.assertEqual(Host().execute(Count, {"text": "one two\nthree"}), {"words": 3, "lines": 2})

    def test_what_is_no_text_is_refused(self) -> None:
        for payload, why in (({"text": ""}, "there is no text"), ({"text": 3}, "payload: text: expected a text")):
            with self.assertRaisesRegex(Failure, why):
                Host().validate(Count, payload)


if __name__ == "__main__":
    unittest.main()
