"""What an agent is called with.

*Invariant:* answers stand in the order of the decisions they answer.
*Doesn't know:* how a decision was carried out.
*Start at:* Turn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, overload

from jaros_guest import _json
from jaros_guest.errors import HostError
from jaros_guest.shape import shape_of

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Input = TypeVar("Input", default=Any)
    T = TypeVar("T")
else:
    from typing import TypeVar

    Input = TypeVar("Input")

START = "start"


@dataclass
class Answer:
    """What became of one decision of the turn before."""

    #: ``JOB/TURN/N``.
    id: str
    #: As proposed.
    kind: str
    #: Why there is no result; None where there is one.
    error: HostError | None = None
    #: The result's JSON text; empty where there is none.
    text: str = ""

    @property
    def ok(self) -> bool:
        """Whether the decision was carried out."""
        return self.error is None

    @overload
    def result(self) -> Any: ...
    @overload
    def result(self, kind: type[T]) -> T: ...
    def result(self, kind: Any = Any) -> Any:
        """The result, as its type if one is given; raises the HostError where the decision was refused or failed."""
        if self.error is not None:
            raise self.error
        value = _json.parse(self.text)
        return value if kind is Any else shape_of(kind).read(value, f"the answer of {self.id}")


@dataclass
class Turn(Generic[Input]):
    """One turn of a job."""

    #: The job's input, the same in every turn, as the agent's input type.
    input: Input
    #: From 1.
    number: int = 1
    #: What the agent noted for itself in the turn before; None in the first.
    memo: Any = None
    #: One for each decision of the turn before that was judged, in order; empty in the first.
    answers: list[Answer] = field(default_factory=list)

    @property
    def step(self) -> str:
        """The step that the plan before went on to; ``start`` where it named none."""
        step = self.memo.get("step") if isinstance(self.memo, dict) else None
        return step if isinstance(step, str) else START

    @property
    def data(self) -> Any:
        """What the plan before gave to this step."""
        return self.memo.get("data") if isinstance(self.memo, dict) else None
