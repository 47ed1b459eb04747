import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4] / "guest-sdk/python"))

from app import Desk
from jaros_guest.testing import Failure, Host


def price(payload):
    if payload["item"] == "boat":
        raise Failure("we don't sell boat")
    return {"item": payload["item"], "dollars": {"lamp": 40, "desk": 250}[payload["item"]]}


def convert(payload):
    return {"amount": payload["dollars"] * 0.5, "currency": payload["currency"]}


def call(name, **arguments):
    return {"name": name, "arguments": arguments}


def run(question, *answers):
    host = Host(model=answers, tools={"look_up_price": price, "convert": convert})
    return host.run(Desk, {"question": question})


class DeskTest(unittest.TestCase):
    def test_the_model_asks_for_tools_until_it_can_answer(self):
        ended = run(
            "A desk and a lamp, in euros?",
            {"calls": [call("look_up_price", item="desk"), call("look_up_price", item="lamp")]},
            {"calls": [call("convert", dollars=290, currency="EUR")]},
            "That is 145 euros.",
        )
        self.assertEqual(ended.result, {"answer": "That is 145 euros."})
        self.assertEqual(
            [one.result for one in ended.decisions[:3]],
            [{"item": "desk", "dollars": 250}, {"item": "lamp", "dollars": 40}, {"amount": 145, "currency": "EUR"}],
        )

    def test_what_a_tool_says_no_to_is_told_to_the_model(self):
        ended = run("A boat?", {"calls": [call("look_up_price", item="boat")]}, "We don't sell boats.")
        self.assertEqual(ended.decisions[0].error.message, "we don't sell boat")
        self.assertEqual(ended.result, {"answer": "We don't sell boats."})


if __name__ == "__main__":
    unittest.main()
