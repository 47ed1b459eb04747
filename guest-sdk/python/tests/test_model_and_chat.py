"""The model, and conversations that go on from turn to turn."""

import json
import unittest

from jaros_guest import Agent, Chat, Failure, HostError, Tool, Turn, actions, finish, model
from jaros_guest.testing import Host


class Add(Tool):
    description = "Adds."
    schema = {"type": "object"}

    def execute(self, payload):
        if payload["b"] < 0:
            raise Failure("not below zero")
        return payload["a"] + payload["b"]


class Assistant(Agent):
    def start(self, turn):
        chat = Chat(turn, system="Be brief.", user=turn.input["question"])
        reply = chat.ask()
        if reply.calls:
            return chat.carry_out(reply)
        return finish({"answer": reply.text})


CALLS = {"calls": [{"name": "add", "arguments": {"a": 1, "b": 2}}, {"name": "add", "arguments": {"a": 3, "b": 4}}]}


class ModelTest(unittest.TestCase):
    def test_a_request_says_all(self):
        host = Host(model=[{"structured": {"n": 1}}, {"error": {"code": "unavailable", "message": "no key"}}])
        with host.use("agent"):
            asked = model.Request().model("big").system("s").user("u").assistant("a").tool("t", "d", {}).schema({})
            reply = asked.param("temperature", 0).send()
            with self.assertRaises(HostError) as caught:
                model.ask("again")
        self.assertEqual((reply.structured, reply.text, reply.calls), ({"n": 1}, '{"n":1}', []))
        self.assertEqual(str(caught.exception), "unavailable: no key")
        request = host.asked[0]
        self.assertEqual(request.model, "big")
        self.assertEqual(
            [(one.role, one.content, one.parts) for one in request.messages],
            [("system", "s", "[]"), ("user", "u", "[]"), ("assistant", "a", "[]")],
        )
        self.assertEqual(json.loads(request.tools), [{"name": "t", "description": "d", "schema": {}}])
        self.assertEqual(json.loads(request.params), {"schema": {}, "temperature": 0})

    def test_running_out_of_answers_says_so(self):
        run = Host(model=["one"]).run(Twice)
        self.assertEqual(
            run.error.message,
            "unavailable: the test has 1 answer of the model, and this is question 2: Host(model=[…])",
        )


class Twice(Agent):
    def start(self, turn):
        return finish([model.ask("a"), model.ask("b")])


class ChatTest(unittest.TestCase):
    def test_calls_are_carried_out_and_their_results_told(self):
        host = Host(model=[CALLS, "It is 3 and 7."], tools={"add": Add})
        run = host.run(Assistant, {"question": "How much?"})
        self.assertEqual((run.result, run.turns), ({"answer": "It is 3 and 7."}, 2))
        self.assertEqual([one.result for one in run.decisions[:2]], [3, 7])
        told = [(one.role, one.content, json.loads(one.parts)) for one in host.asked[1].messages]
        self.assertEqual(told[:2], [("system", "Be brief.", []), ("user", "How much?", [])])
        self.assertEqual(told[2][0], "assistant")
        self.assertEqual([part["arguments"] for part in told[2][2]], [{"a": 1, "b": 2}, {"a": 3, "b": 4}])
        self.assertEqual(
            told[3:],
            [
                ("tool", "", [{"type": "result", "id": "call-1-1", "content": "3"}]),
                ("tool", "", [{"type": "result", "id": "call-1-2", "content": "7"}]),
            ],
        )
        offered = {one["name"]: one for one in json.loads(host.asked[0].tools)}
        self.assertEqual(sorted(offered), ["add", "advance", "fs.write", "submit"])
        self.assertEqual(offered["add"], {"name": "add", "description": "Adds.", "schema": {"type": "object"}})

    def test_the_memo_is_the_same_in_every_language(self):
        plan = Host(model=[CALLS], tools={"add": Add}).decide(Assistant, {"question": "?"})
        calls = [
            {"type": "call", "id": "call-1-1", "name": "add", "arguments": {"a": 1, "b": 2}},
            {"type": "call", "id": "call-1-2", "name": "add", "arguments": {"a": 3, "b": 4}},
        ]
        self.assertEqual(
            json.loads(plan.memo_text),
            {
                "chat": {
                    "messages": [
                        {"role": "system", "content": "Be brief.", "parts": []},
                        {"role": "user", "content": "?", "parts": []},
                        {"role": "assistant", "content": "", "parts": calls},
                    ],
                    "calls": [{"id": "call-1-1", "name": "add"}, {"id": "call-1-2", "name": "add"}],
                }
            },
        )

    def test_a_call_that_fails_and_one_behind_it_are_told_as_such(self):
        calls = {"calls": [{"name": "add", "arguments": {"a": 1, "b": -2}}, CALLS["calls"][0]]}
        host = Host(model=[calls, "No."], tools={"add": Add})
        self.assertEqual(host.run(Assistant, {"question": "?"}).result, {"answer": "No."})
        told = [json.loads(one.parts)[0]["content"] for one in host.asked[1].messages if one.role == "tool"]
        self.assertEqual(told, ["failed: not below zero", "not carried out: an earlier call failed"])

    def test_tools_can_be_named_or_made(self):
        turn = Turn({})
        made = actions.Action("mine", "d", {})
        host = Host(model=["a", "b"], tools={"add": Add})
        with host.use("agent"):
            Chat(turn, user="?").ask(tools=["add", made], temperature=0)
            Chat(turn, user="?").ask(tools=[])
            with self.assertRaisesRegex(LookupError, 'may not propose "sub"; it may: add, advance'):
                Chat(turn, user="?").ask(tools=["sub"])
        self.assertEqual([one["name"] for one in json.loads(host.asked[0].tools)], ["add", "mine"])
        self.assertEqual(json.loads(host.asked[0].params), {"temperature": 0})
        self.assertEqual(host.asked[1].tools, "[]")

    def test_a_chat_in_another_step_comes_back_to_it(self):
        class Later(Agent):
            def start(self, turn):
                from jaros_guest import go_on

                return go_on("talk", {"about": "sums"})

            def talk(self, turn):
                chat = Chat(turn, user=turn.data["about"])
                reply = chat.ask()
                return chat.carry_out(reply) if reply.calls else finish([reply.text, turn.data["about"]])

        host = Host(model=[CALLS, "Done."], tools={"add": Add})
        self.assertEqual(host.run(Later).result, ["Done.", "sums"])


if __name__ == "__main__":
    unittest.main()
