import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4] / "guest-sdk/python"))

from app import LookUpPrice
from jaros_guest.testing import Failure, Host


class LookUpPriceTest(unittest.TestCase):
    def test_what_is_sold_has_a_price(self):
        self.assertEqual(Host().execute(LookUpPrice, {"item": "lamp"}), {"item": "lamp", "dollars": 40})
        with self.assertRaisesRegex(Failure, "^we don't sell boat$"):
            Host().execute(LookUpPrice, {"item": "boat"})


if __name__ == "__main__":
    unittest.main()
