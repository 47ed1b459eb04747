"""Plans, turns and steps, as the contract has them."""

import unittest
from dataclasses import dataclass

from jaros_guest import (
    Agent,
    Answer,
    Failure,
    HostError,
    Plan,
    Turn,
    block,
    fail,
    finish,
    go_on,
    propose,
    submit,
    submit_and_wait,
)
from jaros_guest.testing import Host


class PlanTest(unittest.TestCase):
    def test_a_plan_keeps_the_order_and_notes_the_last(self):
        plan = propose("greet", {"name": "Ada"}, note="first").then("text.count", {}).note("why")
        shown = [(one.kind, one.payload, one.note) for one in plan.decisions]
        self.assertEqual(shown, [("greet", {"name": "Ada"}, "first"), ("text.count", {}, "why")])
        self.assertFalse(plan.goes_on)

    def test_a_memo_asks_for_another_turn_even_when_it_is_null(self):
        self.assertEqual(Plan().memo(None).memo_text, "null")
        self.assertTrue(Plan().memo(None).goes_on)

    def test_the_built_in_actions_have_the_payloads_that_the_host_reads(self):
        for plan, payload in (
            (finish([1]), {"events": ["complete"], "result": [1]}),
            (fail("no"), {"events": ["fail"], "note": "no"}),
            (block("ask"), {"events": ["block"], "note": "ask"}),
            (submit("b", 1), {"agent": "b", "input": 1}),
            (submit_and_wait("b", 1), {"agent": "b", "input": 1, "wait": True}),
        ):
            self.assertEqual(plan.decisions[0].payload, payload)
        self.assertEqual(finish().decisions[0].kind, "advance")
        self.assertEqual(submit("b").decisions[0].kind, "submit")

    def test_going_on_has_the_memo_of_every_language(self):
        self.assertEqual(go_on("review", {"a": 1}).memo_text, '{"step":"review","data":{"a":1}}')
        self.assertEqual(go_on("review").memo_text, '{"step":"review","data":null}')

    def test_what_is_no_json_is_a_bug_at_the_line_that_proposes_it(self):
        for payload in (object(), float("nan"), "\ud800", {("a",): 1}):
            with self.assertRaises((TypeError, ValueError)):
                propose("x", payload)

    def test_a_note_stands_on_a_decision(self):
        with self.assertRaises(ValueError):
            Plan().note("why")


class AnswerTest(unittest.TestCase):
    def test_a_result_is_typed_and_an_error_raised(self):
        @dataclass
        class Count:
            words: int

        answer = Answer("j/1/1", "word.count", text='{"words":3}')
        self.assertEqual(answer.result(), {"words": 3})
        self.assertEqual(answer.result(Count), Count(3))
        with self.assertRaisesRegex(Failure, "the answer of j/1/1: expected a list"):
            answer.result(list)
        refused = Answer("j/1/2", "x", error=HostError("refused", "not yours"))
        self.assertFalse(refused.ok)
        with self.assertRaisesRegex(HostError, "^refused: not yours$"):
            refused.result()


class Steps(Agent):
    def start(self, turn):
        return go_on("review", {"seen": turn.step})

    def review(self, turn):
        return finish([turn.data, turn.step, self._helper()])

    def _helper(self):
        return "not a step"


class StepsTest(unittest.TestCase):
    def test_steps_are_run_by_name(self):
        run = Host().run(Steps)
        self.assertEqual((run.result, run.turns), ([{"seen": "start"}, "review", "not a step"], 2))

    def test_an_unknown_step_is_refused_with_those_there_are(self):
        for step in ("lost", "_helper", "decide"):
            with self.assertRaisesRegex(Failure, f'^there is no step "{step}"; there are start, review$'):
                Host().decide(Steps, step=step)

    def test_steps_without_a_start_are_a_mistake_in_the_class(self):
        with self.assertRaisesRegex(TypeError, "no `start`"):

            class Lost(Agent):
                def review(self, turn): ...

    def test_a_decide_of_ones_own_sees_every_turn(self):
        class Own(Agent):
            def decide(self, turn):
                return finish(turn.number) if turn.memo == [1] else Plan().memo([turn.number])

        self.assertEqual(Host().run(Own).result, 2)

    def test_what_is_no_plan_is_a_bug_that_names_the_step(self):
        class Forgot(Agent):
            def start(self, turn):
                finish(1)

        with self.assertRaisesRegex(TypeError, "`start` returned None, and not a plan"):
            Host().decide(Forgot)

    def test_the_turn_stands_alone_too(self):
        turn = Turn({"a": 1})
        self.assertEqual((turn.number, turn.step, turn.data, turn.memo, turn.answers), (1, "start", None, None, []))


if __name__ == "__main__":
    unittest.main()
