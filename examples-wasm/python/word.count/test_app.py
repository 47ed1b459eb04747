import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "guest-sdk/python"))

from app import WordCount
from jaros_guest.testing import Failure, Host


class WordCountTest(unittest.TestCase):
    def test_words_are_what_stands_between_spaces(self):
        for text, words in (("", 0), ("one", 1), (" two\n\twords ", 2)):
            self.assertEqual(Host().execute(WordCount, {"text": text}), {"words": words})

    def test_a_payload_without_text_is_refused(self):
        with self.assertRaisesRegex(Failure, 'payload: it needs "text"'):
            Host().validate(WordCount, {})


if __name__ == "__main__":
    unittest.main()
