import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4] / "guest-sdk/python"))

from app import Convert
from jaros_guest.testing import Failure, Host


class ConvertTest(unittest.TestCase):
    def test_an_amount_is_converted_where_there_is_a_rate(self):
        converted = Host().execute(Convert, {"dollars": 290, "currency": "EUR"})
        self.assertEqual(converted, {"amount": 145, "currency": "EUR"})
        with self.assertRaisesRegex(Failure, "^there is no rate for XYZ$"):
            Host().execute(Convert, {"dollars": 1, "currency": "XYZ"})


if __name__ == "__main__":
    unittest.main()
