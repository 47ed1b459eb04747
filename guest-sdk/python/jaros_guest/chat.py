"""A conversation with the model that goes on from turn to turn, its calls carried out as decisions in between.

*Invariant:* the whole conversation stands in the memo, as ``{"chat": {"messages": […], "calls": […]}}`` in every language.
*Doesn't know:* when it is over: the agent does.
*Start at:* Chat.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jaros_guest import _json, actions
from jaros_guest.actions import Action
from jaros_guest.model import Request, Response
from jaros_guest.plan import Plan
from jaros_guest.turn import START, Answer, Turn


class Chat:
    """The loop of a model that calls tools::

        chat = Chat(turn, system="Be brief.", user=turn.input["question"])
        reply = chat.ask()
        if reply.calls:
            return chat.carry_out(reply)
        return finish({"answer": reply.text})

    In a job's first turn the conversation is new; later it comes from the memo, with what became of the calls added.
    """

    def __init__(self, turn: Turn[Any], system: str = "", user: str = "") -> None:
        self.messages: list[dict[str, Any]] = []
        self._turn = turn
        kept = turn.memo.get("chat") if isinstance(turn.memo, dict) else None
        if kept is None:
            for role, content in (("system", system), ("user", user)):
                if content:
                    self._add(role, content)
        else:
            self.messages = list(kept["messages"])
            judged = [answer for answer in turn.answers if answer.kind != "unblock"]
            for place, call in enumerate(kept["calls"]):
                text = _told(judged[place]) if place < len(judged) else "not carried out: an earlier call failed"
                self._add("tool", "", [{"type": "result", "id": call["id"], "content": text}])

    def user(self, content: str) -> None:
        """Adds what a person says."""
        self._add("user", content)

    def ask(self, tools: Iterable[str | Action] | None = None, model: str = "", **params: Any) -> Response:
        """Asks the model, and adds its answer. It may call every action that this agent may propose, or those of ``tools``.

        ``tools`` holds kinds, or Actions of your own; ``params`` are settings such as ``temperature`` and ``schema``.
        """
        request = Request().model(model)
        for message in self.messages:
            request.message(message["role"], message["content"], message["parts"])
        for action in _offered(tools):
            request.tool(action.kind, action.description, action.schema)
        for name, value in params.items():
            request.param(name, value)
        reply = request.send()
        self._add("assistant", reply.text, [part for part in reply.parts if part.get("type") == "call"])
        return reply

    def carry_out(self, reply: Response) -> Plan:
        """A plan of one proposal a call, and the conversation as its memo. The next turn runs the same step."""
        plan = Plan()
        for call in reply.calls:
            plan.then(call.name, call.arguments)
        memo: dict[str, Any] = {
            "chat": {"messages": self.messages, "calls": [{"id": call.id, "name": call.name} for call in reply.calls]}
        }
        if self._turn.step != START:
            memo |= {"step": self._turn.step, "data": self._turn.data}
        return plan.memo(memo)

    def _add(self, role: str, content: str, parts: list[Any] | None = None) -> None:
        self.messages.append({"role": role, "content": content, "parts": parts or []})


def _told(answer: Answer) -> str:
    return answer.text if answer.error is None else str(answer.error)


def _offered(tools: Iterable[str | Action] | None) -> list[Action]:
    if tools is None:
        return actions.list()
    wanted = list(tools)
    known = {action.kind: action for action in actions.list()} if any(isinstance(one, str) for one in wanted) else {}
    offered = []
    for one in wanted:
        if isinstance(one, str) and one not in known:
            raise LookupError(f"this agent may not propose {_json.text(one)}; it may: {', '.join(known)}")
        offered.append(known[one] if isinstance(one, str) else one)
    return offered
