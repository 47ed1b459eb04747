"""A job from its first turn to its end.

*Invariant:* decisions are carried out in order, and the first that fails ends the list; how a job ends is the contract's table.
*Doesn't know:* grants and schemas: every kind that the test gave may be proposed.
*Start at:* run_job.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jaros_guest import _json
from jaros_guest.agent import Agent
from jaros_guest.errors import Failure, HostError
from jaros_guest.plan import Decision
from jaros_guest.tool import Tool
from jaros_guest.turn import Answer

if TYPE_CHECKING:
    from jaros_guest.testing._host import Host

TURNS = 32


@dataclass
class Carried:
    """A decision, and what became of it."""

    turn: int
    kind: str
    payload: Any
    note: str
    error: HostError | None = None
    result: Any = None


@dataclass
class Run:
    """A job as it ended."""

    #: ``DONE``, ``FAILED`` or ``BLOCKED``.
    state: str = "DONE"
    result: Any = None
    #: Why it failed.
    error: HostError | None = None
    turns: int = 0
    #: Every decision that was judged, in order.
    decisions: list[Carried] = field(default_factory=list)


def run_job(host: Host, agent: type[Agent[Any]], input: str, unblock: list[object]) -> Run:
    """Runs a job until it ends or blocks."""
    run = Run()
    memo, answers = "null", list[Answer]()
    while run.turns < TURNS:
        run.turns += 1
        try:
            plan = host.turn(agent, input, memo, answers, run.turns)
        except Failure as no:
            return _failed(run, HostError("failed", str(no)))
        answers, moved = _carry_out(host, run, plan.decisions)
        if moved == "FAILED":
            return _failed(run, HostError("failed", run.decisions[-1].payload.get("note", "")))
        if moved == "BLOCKED":
            if not unblock:
                run.state = "BLOCKED"
                return run
            word = unblock.pop(0)
            answers.append(Answer(f"{host.job_id}/{run.turns}/{len(answers) + 1}", "unblock", text=_json.text(word)))
            if plan.memo_text is None:
                run.result = word
                return run
        elif moved == "DONE" or plan.memo_text is None:
            last = run.decisions[-1] if plan.decisions else None
            if last is not None and last.error is not None and moved != "DONE":
                return _failed(run, last.error)
            run.result = None if last is None else last.result
            return run
        assert plan.memo_text is not None
        memo = plan.memo_text
    return _failed(run, HostError("limit", f"turns: the job took all {TURNS} (turns)"))


def _carry_out(host: Host, run: Run, decisions: list[Decision]) -> tuple[list[Answer], str]:
    """Carries a list out; returns the answers, and the state that it moved the job to, if it did."""
    answers, moved = [], ""
    for place, decision in enumerate(decisions, 1):
        carried = Carried(run.turns, decision.kind, decision.payload, decision.note)
        run.decisions.append(carried)
        answer = Answer(f"{host.job_id}/{run.turns}/{place}", decision.kind)
        answers.append(answer)
        try:
            if decision.kind == "advance":
                moved = _moved(carried.payload) or moved
            carried.result = _result(host, carried, decision.payload_text, answer.id)
            answer.text = _json.text(carried.result)
        except HostError as no:
            answer.error = carried.error = no
            break
    return answers, moved


def _moved(payload: Any) -> str:
    states = {"complete": "DONE", "fail": "FAILED", "block": "BLOCKED"}
    events = payload.get("events", ["complete"])
    return states.get(events[-1], "") if events else ""


def _result(host: Host, decision: Carried, text: str, id: str) -> Any:
    kind, payload = decision.kind, decision.payload
    if kind == "advance":
        state = _moved(payload)
        return payload["result"] if "result" in payload else {"note": payload.get("note", ""), "state": state}
    if kind == "fs.write":
        host.artifacts[payload["path"]] = payload["data"]
        return {"bytes": len(payload["data"].encode()), "path": payload["path"]}
    if kind == "submit":
        return _submitted(host, payload, id)
    if kind not in host.tools:
        raise HostError("not-found", f"there is no action of the kind {_json.text(kind)}: Host(tools={{…}})")
    tool = host.tools[kind]
    if isinstance(tool, type) and issubclass(tool, Tool):
        try:
            host.validate(tool, payload)
        except Failure as no:
            raise HostError("refused", str(no)) from None
        return _said_no(lambda: _json.parse(host.executed(tool, text, f"decision {id}")))
    return _said_no(lambda: tool(payload)) if callable(tool) else tool


def _submitted(host: Host, payload: Any, id: str) -> Any:
    name, input = payload["agent"], payload.get("input")
    if name not in host.agents:
        raise HostError("not-found", f"there is no agent {_json.text(name)}: Host(agents={{…}})")
    agent = host.agents[name]
    if isinstance(agent, type) and issubclass(agent, Agent):
        child = run_job(host, agent, _json.text(input), [])
        if child.error is not None and payload.get("wait"):
            raise child.error
        result = child.result
    else:
        result = _said_no(lambda: agent(input)) if callable(agent) else agent
    return result if payload.get("wait") else {"job": f"{id}-child"}


def _said_no(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Failure as no:
        raise HostError("failed", str(no)) from None


def _failed(run: Run, error: HostError) -> Run:
    run.state, run.error = "FAILED", error
    return run
