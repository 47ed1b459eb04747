"""The counterpart of examples-wasm/agents/greeter: proposes `greet` for whoever the input names."""

import uuid

from jaros.core import create_decision

KIND = "greeter"


class Greeter:
    def decide(self, context) -> list:
        return [create_decision(
            id=f"greet-{uuid.uuid4().hex}",
            source=KIND,
            kind="greet",
            payload={"name": context["name"]},
        )]


def build(llm) -> Greeter:
    return Greeter()
