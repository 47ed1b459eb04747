"""What this agent may propose just now. Agents only.

*Invariant:* the list is the one that the gate judges this turn by.
*Doesn't know:* what proposing them does.
*Start at:* list.
"""

import builtins
from dataclasses import dataclass
from typing import Any

from jaros_guest import _host, _json


@dataclass
class Action:
    """A kind of decision, as its tool (or the host) describes it."""

    #: What to propose it as.
    kind: str
    #: A sentence for people and models.
    description: str
    #: JSON Schema of the payload.
    schema: Any


def list() -> builtins.list[Action]:
    """Everything this agent may propose."""
    return [
        Action(action.kind, action.description, _json.parse(action.schema)) for action in _host.call("actions", "list")
    ]
