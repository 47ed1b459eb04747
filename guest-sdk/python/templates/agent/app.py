"""An agent: it proposes, and the node carries out."""

from dataclasses import dataclass

from jaros_guest import Agent, Plan, Turn, finish, propose


@dataclass
class Input:
    name: str


class Greeter(Agent[Input]):
    description = "Has someone greeted by name, and hands on the greeting."

    def start(self, turn: Turn[Input]) -> Plan:
        """The first step proposes; `go_on` asks for another turn, which runs the step `greeted`."""
        return propose("greet", {"name": turn.input.name}, note="the input names someone").go_on("greeted")

    def greeted(self, turn: Turn[Input]) -> Plan:
        """The second step has the answer; `result()` raises where the proposal was refused or failed."""
        return finish({"said": turn.answers[0].result()["greeting"]})
