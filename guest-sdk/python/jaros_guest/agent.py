"""What an agent extends, and the way from the contract's texts to it.

*Invariant:* an input that doesn't fit its type fails the turn with a sentence that says where.
*Doesn't know:* what the agent decides.
*Start at:* Agent.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, Generic

from jaros_guest import _json
from jaros_guest._declared import Declared
from jaros_guest.errors import Failure
from jaros_guest.plan import Plan
from jaros_guest.turn import START, Answer, Turn

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Input = TypeVar("Input", default=Any)
else:
    from typing import TypeVar

    Input = TypeVar("Input")


class Agent(Declared, Generic[Input]):
    """An agent: from a job's input and the answers so far to the next plan.

    Each public method is a step; the first is ``start``, and a plan's ``go_on("review")`` asks for a turn of the step
    ``review``. Or it has a ``decide`` of its own, which is called in every turn. A fresh instance serves each turn, so nothing is
    kept but what the plan says. ``Agent[Input]`` names the input's type, ``Agent`` alone takes any JSON.
    """

    def decide(self, turn: Turn[Input]) -> Plan:
        """Proposes what should happen next: runs the turn's step."""
        steps = self._steps()
        if turn.step not in steps:
            raise Failure(f"there is no step {_json.text(turn.step)}; there are {', '.join(steps)}")
        return _planned(getattr(self, turn.step), turn)

    @classmethod
    def _steps(cls) -> list[str]:
        """The names of the steps, as they stand in the class."""
        known = set(dir(Agent))
        return [
            name
            for base in reversed(cls.__mro__)
            for name, member in vars(base).items()
            if isinstance(member, types.FunctionType) and name not in known and not name.startswith("_")
        ]

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if cls.decide is Agent.decide and cls._steps() and START not in cls._steps():
            raise TypeError(
                f"{cls.__name__} has the steps {', '.join(cls._steps())}, but no `start`, which is the first"
            )


def decide(agent: type[Agent[Any]], input: str, memo: str, answers: list[Answer], number: int) -> Plan:
    """One turn as it crosses. Failure and HostError are the agent's answer, anything else is a bug."""
    typed = agent._shape.read(_json.parse(input), "input")
    turn = Turn(typed, number, _json.parse(memo), answers)
    return _planned(agent().decide, turn)


def _planned(step: Any, turn: Turn[Any]) -> Plan:
    plan = step(turn)
    if not isinstance(plan, Plan):
        raise TypeError(f"`{step.__name__}` returned {plan!r}, and not a plan: finish(…), propose(…), go_on(…), …")
    return plan
