"""A host made of values: what a test gives it, and what it saw.

*Invariant:* a call that says no leaves nothing of what it staged.
*Doesn't know:* how a job goes on from turn to turn.
*Start at:* Host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from jaros_guest import _host, _json
from jaros_guest import agent as agents_side
from jaros_guest import tool as tools_side
from jaros_guest.agent import Agent
from jaros_guest.errors import Failure, HostError
from jaros_guest.plan import Plan
from jaros_guest.testing._interfaces import interfaces_for
from jaros_guest.testing._job import Run, run_job
from jaros_guest.tool import Tool
from jaros_guest.turn import Answer

T = TypeVar("T")

BUILT_INS = {
    "advance": "Moves the job to another state.",
    "fs.write": "Writes a text file.",
    "submit": "Makes a job for another agent.",
}


class Host:
    """Stands in for a node. Everything is optional; a capability that isn't given is refused."""

    def __init__(
        self,
        *,
        model: Sequence[str | Mapping[str, Any]] = (),
        tools: Mapping[str, Any] | None = None,
        agents: Mapping[str, Any] | None = None,
        files: Mapping[str, str | bytes] | None = None,
        writable: Iterable[str] = (),
        store: Mapping[str, Any] | None = None,
        system: Mapping[str, Any] | None = None,
        disk: Mapping[str, Any] | None = None,
        http: Mapping[str, Any] | None = None,
        job_id: str = "test",
        accepted_at_ms: int = 1_700_000_000_000,
    ) -> None:
        #: The model's answers in order: a text, ``{"text"}``, ``{"structured"}``, ``{"calls": [{"name", "arguments"}]}``,
        #: ``{"error": {"code", "message"}}``.
        self.model = list(model)
        #: By kind: a result, a function of the payload, or a Tool.
        self.tools = dict(tools or {})
        #: By name, for ``submit``: a result, a function of the input, or an Agent.
        self.agents = dict(agents or {})
        #: What can be read, by ``GRANT/rest``.
        self.files = None if files is None else {path: _bytes(data) for path, data in files.items()}
        #: The folders that a tool may write into.
        self.writable = list(writable)
        #: What the store holds: bytes and text as they are, anything else as JSON.
        self.store = None if store is None else {key: _stored(value) for key, value in store.items()}
        self.system, self.disk = system, disk
        #: By URL: a body (bytes, text, or JSON), a pair of status and body, or a function of the request.
        self.http = dict(http or {})
        self.job_id, self.accepted_at_ms = job_id, accepted_at_ms

        #: What was logged, as level and message.
        self.logs: list[tuple[str, str]] = []
        #: What the model was asked, as requests of the contract.
        self.asked: list[Any] = []
        #: What was sent by ``http``.
        self.sent: list[Any] = []
        #: Files that tools wrote, and removed.
        self.written: dict[str, bytes] = {}
        self.removed: list[str] = []
        #: Files that ``fs.write`` wrote.
        self.artifacts: dict[str, str] = {}

    def decide(
        self,
        agent: type[Agent[Any]],
        input: object = None,
        *,
        memo: object = None,
        step: str | None = None,
        data: object = None,
        answers: Iterable[object] = (),
        number: int = 1,
    ) -> Plan:
        """One turn. ``answers`` holds results, HostErrors, or whole Answers; ``step`` and ``data`` stand for the memo of ``go_on``."""
        memo = {"step": step, "data": data} if step is not None else memo
        crossing = [_answer(self.job_id, number - 1, place, one) for place, one in enumerate(answers, 1)]
        return self.turn(agent, _json.text(input), _json.text(memo), crossing, number)

    def run(self, agent: type[Agent[Any]], input: object = None, *, unblock: Sequence[object] = ()) -> Run:
        """A whole job, turn by turn. ``unblock`` holds the operator's words, in the order in which the job blocks."""
        return run_job(self, agent, _json.text(input), list(unblock))

    def validate(self, tool: type[Tool[Any]], payload: object = None) -> None:
        """A tool's ``validate``; raises the Failure where it says no."""
        crossing = _json.text(payload)
        with self.use("validate"):
            _said(lambda: tools_side.validate(tool, crossing))

    def execute(self, tool: type[Tool[Any]], payload: object = None) -> Any:
        """A tool's result; raises the Failure where it says no, and then nothing of what it staged is left."""
        return _json.parse(self.executed(tool, _json.text(payload), "decision"))

    @contextmanager
    def use(self, role: str = "tool", stream: str = "") -> Iterator[None]:
        """What runs inside sees this host, as an ``agent`` or a ``tool``; for tests of parts."""
        before = dict(_host.interfaces)
        _host.interfaces.clear()
        _host.interfaces.update(interfaces_for(self, role, stream))
        try:
            yield
        finally:
            _host.interfaces.clear()
            _host.interfaces.update(before)

    def actions(self) -> list[dict[str, str]]:
        """What an agent may propose: the tools, and the built-in actions."""
        listed = [{"kind": kind, "description": text, "schema": "{}"} for kind, text in BUILT_INS.items()]
        for kind, tool in self.tools.items():
            profile = tool._profile() if isinstance(tool, type) and issubclass(tool, Tool) else {}
            description, schema = profile.get("description", ""), profile.get("schema", "{}")
            listed.append({"kind": kind, "description": description, "schema": schema})
        return sorted(listed, key=lambda action: action["kind"])

    def turn(self, agent: type[Agent[Any]], input: str, memo: str, answers: list[Answer], number: int) -> Plan:
        """One turn, in texts as they cross."""
        with self.use("agent", f"turn {number}"):
            return _said(lambda: agents_side.decide(agent, input, memo, answers, number))

    def executed(self, tool: type[Tool[Any]], payload: str, stream: str) -> str:
        """A tool's call, in texts as they cross."""
        kept = {name: _copy(getattr(self, name)) for name in ("files", "store", "written", "removed")}
        try:
            with self.use("tool", stream):
                return _said(lambda: tools_side.execute(tool, payload))
        except BaseException:
            for name, value in kept.items():
                setattr(self, name, value)
            raise


def _said(call: Callable[[], T]) -> T:
    """An uncaught error of the host is the text that it becomes."""
    try:
        return call()
    except HostError as no:
        raise Failure(str(no)) from no


def _answer(job: str, turn: int, place: int, given: object) -> Answer:
    if isinstance(given, Answer):
        return given
    if isinstance(given, HostError):
        return Answer(f"{job}/{turn}/{place}", "", error=given)
    return Answer(f"{job}/{turn}/{place}", "", text=_json.text(given))


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


def _stored(value: Any) -> bytes:
    return _bytes(value) if isinstance(value, (str, bytes)) else _json.text(value).encode()


def _copy(value: Any) -> Any:
    return value if value is None else type(value)(value)
