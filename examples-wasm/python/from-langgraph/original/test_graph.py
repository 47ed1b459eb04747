"""Runs the original with a model that is a script: python3 -m unittest (skipped where langgraph isn't installed)."""

import json
import unittest

try:
    from graph import build
    from langchain_core.language_models import GenericFakeChatModel
    from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
except ImportError as missing:
    raise unittest.SkipTest(f"{missing}; pip install langgraph") from None


class Scripted(GenericFakeChatModel):
    def bind_tools(self, tools, **_):
        return self


def calls(*named):
    return AIMessage(
        "", tool_calls=[{"id": str(at), "name": name, "args": args} for at, (name, args) in enumerate(named)]
    )


def run(question, *answers):
    graph = build(Scripted(messages=iter(answers)))
    return graph.invoke({"messages": [HumanMessage(question)]})["messages"]


class GraphTest(unittest.TestCase):
    def test_the_model_asks_for_tools_until_it_can_answer(self):
        messages = run(
            "A desk and a lamp, in euros?",
            calls(("look_up_price", {"item": "desk"}), ("look_up_price", {"item": "lamp"})),
            calls(("convert", {"dollars": 290, "currency": "EUR"})),
            AIMessage("That is 145 euros."),
        )
        told = [json.loads(one.content) for one in messages if isinstance(one, ToolMessage)]
        self.assertEqual(
            told,
            [{"item": "desk", "dollars": 250}, {"item": "lamp", "dollars": 40}, {"amount": 145.0, "currency": "EUR"}],
        )
        self.assertEqual(messages[-1].content, "That is 145 euros.")

    def test_what_a_tool_says_no_to_is_told_to_the_model(self):
        messages = run("A boat?", calls(("look_up_price", {"item": "boat"})), AIMessage("We don't sell boats."))
        self.assertIn("we don't sell boat", messages[-2].content)
        self.assertEqual(messages[-1].content, "We don't sell boats.")


if __name__ == "__main__":
    unittest.main()
