"""Jaros agents and tools in Python, about ten lines each.

An agent extends :class:`Agent`, a tool :class:`Tool`, in a file ``app.py``; that is all. Everything else here is what such code
may call: :mod:`model <jaros_guest.model>`, :mod:`job <jaros_guest.job>`, :mod:`log <jaros_guest.log>`, and the capabilities
that an operator can grant (``files``, ``store``, ``host_facts``, ``http``), which are modules of their own because a component
imports all that its world names.

*Invariant:* payloads and results cross as JSON text and are checked against the author's types on this side.
*Doesn't know:* the host. Without one, everything can be imported, and ``jaros_guest.testing`` stands in for it.
*Start at:* Agent, Tool, Plan.
"""

from jaros_guest import actions, job, log, model
from jaros_guest.agent import Agent
from jaros_guest.chat import Chat
from jaros_guest.errors import Failure, HostError
from jaros_guest.plan import Plan, block, fail, finish, go_on, propose, submit, submit_and_wait
from jaros_guest.tool import Tool
from jaros_guest.turn import Answer, Turn

__version__ = "0.1.0"

__all__ = [
    "Agent",
    "Answer",
    "Chat",
    "Failure",
    "HostError",
    "Plan",
    "Tool",
    "Turn",
    "actions",
    "block",
    "fail",
    "finish",
    "go_on",
    "job",
    "log",
    "model",
    "propose",
    "submit",
    "submit_and_wait",
]
