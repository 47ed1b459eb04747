"""Types and the JSON that fits them."""

import unittest
from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, TypedDict

from jaros_guest import Agent, Failure, Tool, finish
from jaros_guest.shape import shape_of
from jaros_guest.testing import Host


@dataclass
class Line:
    text: str
    count: int = 1


class Options(TypedDict):
    mode: Literal["fast", "slow"]
    limit: NotRequired[int | None]


@dataclass
class Order:
    lines: list[Line]
    options: Options
    tags: dict[str, float] = field(default_factory=dict)
    extra: Any = None


class ShapeTest(unittest.TestCase):
    def test_what_fits_is_built(self):
        value = {"lines": [{"text": "a"}, {"text": "b", "count": 2.0}], "options": {"mode": "fast"}, "tags": {"x": 1}}
        order = shape_of(Order).read(value, "input")
        self.assertEqual(order, Order([Line("a"), Line("b", 2)], {"mode": "fast"}, {"x": 1.0}))
        self.assertIs(type(order.tags["x"]), float)
        self.assertIs(type(order.lines[1].count), int)

    def test_what_does_not_fit_says_where(self):
        good = {"lines": [], "options": {"mode": "fast"}}
        for value, why in (
            ([], "input: expected an object, found []"),
            ({"options": {}}, 'input: it needs "lines"'),
            (good | {"lines": [{"text": "a"}, {"text": 3}]}, "input: lines[1].text: expected a text, found 3"),
            (good | {"lines": [{}]}, 'input: lines[0]: it needs "text"'),
            (
                good | {"lines": [{"text": "a", "count": True}]},
                "input: lines[0].count: expected a whole number, found true",
            ),
            (
                good | {"lines": [{"text": "a", "count": 1.5}]},
                "input: lines[0].count: expected a whole number, found 1.5",
            ),
            (good | {"options": {"mode": "x"}}, 'input: options.mode: expected one of "fast", "slow", found "x"'),
            (good | {"tags": {"a": "x"}}, 'input: tags.a: expected a number, found "x"'),
            (
                good | {"options": {"mode": "fast", "limit": "x"}},
                'input: options.limit: expected a whole number, found "x", or options.limit: expected null, found "x"',
            ),
        ):
            with self.assertRaises(Failure) as caught:
                shape_of(Order).read(value, "input")
            self.assertEqual(str(caught.exception), why)

    def test_members_that_are_not_known_are_no_error(self):
        self.assertEqual(shape_of(Line).read({"text": "a", "more": 1}, "input"), Line("a"))
        self.assertEqual(shape_of(Options).read({"mode": "slow", "more": 1}, "input"), {"mode": "slow", "more": 1})

    def test_the_schema_says_the_same(self):
        self.assertEqual(
            shape_of(Line).schema,
            {
                "type": "object",
                "properties": {"text": {"type": "string"}, "count": {"type": "integer"}},
                "required": ["text"],
            },
        )

    def test_a_type_that_json_has_not_is_a_mistake_in_the_class(self):
        with self.assertRaisesRegex(TypeError, "can't be read from JSON"):

            class Wrong(Agent[set]):  # type: ignore[type-arg]
                pass


class DeclaredTest(unittest.TestCase):
    def test_a_profile_comes_from_the_class(self):
        class Typed(Tool[Line]):
            description = "Counts."
            version = "1.2.0"

        class Described(Agent):
            """Reads the room,
            and says so.

            More for whoever reads the source.
            """

            schema = {"type": "object"}

        self.assertEqual(
            Typed._profile(),
            {
                "description": "Counts.",
                "schema": '{"type":"object","properties":{"text":{"type":"string"},"count":{"type":"integer"}},'
                '"required":["text"]}',
                "meta": '{"version":"1.2.0"}',
            },
        )
        self.assertEqual(
            Described._profile(),
            {"description": "Reads the room, and says so.", "schema": '{"type":"object"}', "meta": "{}"},
        )

    def test_input_and_payload_are_typed_before_the_author_sees_them(self):
        class Echo(Agent[Line]):
            def start(self, turn):
                return finish(turn.input.text)

        class Twice(Tool[Line]):
            def execute(self, payload):
                return payload.text * 2

        self.assertEqual(Host().run(Echo, {"text": "a"}).result, "a")
        self.assertEqual(Host().execute(Twice, {"text": "a"}), "aa")
        with self.assertRaisesRegex(Failure, '^input: it needs "text"$'):
            Host().decide(Echo, {})
        for call in (Host().validate, Host().execute):
            with self.assertRaisesRegex(Failure, "^payload: text: expected a text, found 1$"):
                call(Twice, {"text": 1})

    def test_a_result_that_is_no_json_is_said(self):
        class Wrong(Tool):
            def execute(self, payload):
                return {1, 2}

        with self.assertRaisesRegex(Failure, "^the result can't be written as JSON: set can't"):
            Host().execute(Wrong)


if __name__ == "__main__":
    unittest.main()
