"""What an agent proposes.

*Invariant:* decisions stand in the order in which they were proposed; a plan with a memo asks for another turn.
*Doesn't know:* whether anything in it is allowed: the host's gate does.
*Start at:* propose.
"""

from dataclasses import dataclass
from typing import Any, Self

from jaros_guest import _json


@dataclass
class Decision:
    """One thing that an agent proposes."""

    kind: str
    #: As it crosses.
    payload_text: str
    note: str = ""

    @property
    def payload(self) -> Any:
        """What the decision carries."""
        return _json.parse(self.payload_text)


class Plan:
    """What one turn proposes, built by chaining.

    ``propose("greet", {"name": "Ada"}, note="she asked for it").go_on("thank")``
    """

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self.memo_text: str | None = None

    def then(self, kind: str, payload: object, note: str = "") -> Self:
        """Adds a decision. The first that fails or is refused ends the list."""
        self.decisions.append(Decision(kind, _json.text(payload), note))
        return self

    def submit(self, agent: str, input: object = None) -> Self:
        """Adds a job for another agent; the answer names it: ``{"job": ID}``."""
        return self.then("submit", {"agent": agent, "input": input})

    def submit_and_wait(self, agent: str, input: object = None) -> Self:
        """Adds a job for another agent; the next turn waits for it, and the answer is its result."""
        return self.then("submit", {"agent": agent, "input": input, "wait": True})

    def note(self, why: str) -> Self:
        """Says why the last decision was proposed, in a line for whoever reads the record."""
        if not self.decisions:
            raise ValueError("a note stands on a decision, and there is none yet")
        self.decisions[-1].note = why
        return self

    def go_on(self, step: str, data: object = None) -> Self:
        """Asks for another turn, which runs this step with this data, also after a failure."""
        return self.memo({"step": step, "data": data})

    def memo(self, memo: object) -> Self:
        """Asks for another turn, which sees this memo. For agents with a ``decide`` of their own."""
        self.memo_text = _json.text(memo)
        return self

    @property
    def goes_on(self) -> bool:
        """Whether the plan asks for another turn; ``memo_text`` is what that turn will see as its memo."""
        return self.memo_text is not None

    def __repr__(self) -> str:
        shown = [f"{decision.kind} {decision.payload_text}" for decision in self.decisions]
        return f"<Plan {shown}{' memo ' + self.memo_text if self.memo_text is not None else ''}>"


def propose(kind: str, payload: object, note: str = "") -> Plan:
    """A plan whose first decision is this one."""
    return Plan().then(kind, payload, note)


def finish(result: object = None) -> Plan:
    """A plan that ends the job well, with this as its result."""
    return propose("advance", {"events": ["complete"], "result": result})


def fail(reason: str) -> Plan:
    """A plan that ends the job as failed, for this reason."""
    return propose("advance", {"events": ["fail"], "note": reason})


def block(reason: str) -> Plan:
    """A plan that holds the job until an operator unblocks it, for this reason."""
    return propose("advance", {"events": ["block"], "note": reason})


def submit(agent: str, input: object = None) -> Plan:
    """A plan whose first decision is a job for another agent; the answer names it."""
    return Plan().submit(agent, input)


def submit_and_wait(agent: str, input: object = None) -> Plan:
    """A plan whose first decision is a job for another agent; the answer is its result."""
    return Plan().submit_and_wait(agent, input)


def go_on(step: str, data: object = None) -> Plan:
    """A plan that proposes nothing and asks for another turn."""
    return Plan().go_on(step, data)
