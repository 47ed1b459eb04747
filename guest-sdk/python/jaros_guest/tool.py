"""What a tool extends, and the way from the contract's texts to it.

*Invariant:* ``execute`` sees only payloads that fit the type; ``validate`` refuses the others with a sentence that says where.
*Doesn't know:* what the tool does.
*Start at:* Tool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from jaros_guest import _json
from jaros_guest._declared import Declared
from jaros_guest.errors import Failure

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Payload = TypeVar("Payload", default=Any)
else:
    from typing import TypeVar

    Payload = TypeVar("Payload")


class Tool(Declared, Generic[Payload]):
    """A tool: carries a payload out and returns its result.

    A fresh instance serves each call, so nothing is kept from one to the next. ``Tool[Payload]`` names the payload's type, ``Tool``
    alone takes any JSON.
    """

    def validate(self, payload: Payload) -> None:
        """Raises a Failure where ``execute`` couldn't carry this payload out, beyond what schema and type say. Only ``job`` and
        ``log`` work here."""

    def execute(self, payload: Payload) -> object:
        """Carries the payload out and returns what can be written as JSON. A Failure is an outcome too: it is recorded, and what
        the call had staged is dropped."""
        raise NotImplementedError(f"{type(self).__name__} has no `execute`")


def validate(tool: type[Tool[Any]], payload: str) -> None:
    """A tool's ``validate`` as it crosses. Failure and HostError are the tool's answer, anything else is a bug."""
    tool().validate(_typed(tool, payload))


def execute(tool: type[Tool[Any]], payload: str) -> str:
    """A tool's ``execute`` as it crosses. Failure and HostError are the tool's answer, anything else is a bug."""
    result = tool().execute(_typed(tool, payload))
    try:
        return _json.text(result)
    except (TypeError, ValueError) as error:
        raise Failure(f"the result can't be written as JSON: {error}") from error


def _typed(tool: type[Tool[Any]], payload: str) -> Any:
    return tool._shape.read(_json.parse(payload), "payload")
