"""What componentize-py wraps: the author's ``app``, as the world's export.

*Invariant:* no exception leaves a call but the contract's own: what the author says no to is the ``err``, a bug the host's
``panic.abort``, with the author's file and line.
*Doesn't know:* what the author's class does. Can only be imported while a component is built.
*Start at:* Reasoning, Action.
"""

import importlib
import pkgutil
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

from jaros_guest import _absent, _host, agent, tool
from jaros_guest._declared import Declared
from jaros_guest._last_words import authors_part, last_words
from jaros_guest.errors import Failure, HostError
from jaros_guest.turn import Answer

T = TypeVar("T")


def _open_door() -> tuple[Any, str]:
    """Gives the SDK the interfaces that the world names; returns the bindings of the export and its name."""
    bindings = importlib.import_module("componentize_py_types")
    _host.err_type = bindings.Err
    imports = importlib.import_module("wit_world.imports")
    for found in pkgutil.iter_modules(imports.__path__):
        _host.interfaces[found.name] = importlib.import_module(f"wit_world.imports.{found.name}")
    _host.in_component = True
    exports = importlib.import_module("wit_world.exports")
    role = "reasoning" if hasattr(exports, "Reasoning") else "action"
    return importlib.import_module(f"wit_world.exports.{role}") if role == "reasoning" else None, role


def _authors_class(app: ModuleType, role: str) -> type[Any]:
    """The one agent or tool that the author's module holds."""
    base: type[Declared] = agent.Agent if role == "reasoning" else tool.Tool
    held = [one for one in vars(app).values() if isinstance(one, type) and issubclass(one, Declared)]
    authors = [one for one in held if not one.__module__.startswith("jaros_guest.")]
    mine = [one for one in authors if one.__module__ == app.__name__] or authors
    mine = [one for one in mine if not any(other is not one and issubclass(other, one) for other in mine)]
    if not mine:
        raise TypeError("app.py holds neither an agent nor a tool; write: class Mine(Agent): …, or class Mine(Tool): …")
    if len(mine) > 1:
        names = ", ".join(one.__name__ for one in mine)
        raise TypeError(f"app.py holds {names}; a component is one agent or one tool, so keep one of them there")
    if not issubclass(mine[0], base):
        is_one, wanted = ("a tool", "tool") if role == "reasoning" else ("an agent", "agent")
        raise TypeError(
            f"{mine[0].__name__} is {is_one}, but the world in wit/world.wit isn't; write there: "
            f"include jaros:plugin/{wanted}@1.0.0;"
        )
    return mine[0]


_exported, _role = _open_door()
_absent.before_the_author()
try:
    _app = importlib.import_module("app")
    _mine = _authors_class(_app, _role)
    _mine._profile()
except BaseException as mistake:
    raise mistake.with_traceback(authors_part(mistake.__traceback__)) from None
_home = str(_app.__file__).rpartition("/")[0] + "/"


class Reasoning:
    """An agent's export."""

    def describe(self) -> Any:
        return _describe()

    def decide(self, turn: Any) -> Any:
        return _guarded(lambda: _decide(turn), turn.input)


class Action:
    """A tool's export."""

    def describe(self) -> Any:
        return _describe()

    def validate(self, payload: str) -> None:
        _guarded(lambda: tool.validate(_mine, payload), payload)

    def execute(self, payload: str) -> str:
        return _guarded(lambda: tool.execute(_mine, payload), payload)


def _describe() -> Any:
    _absent.begin_call()
    return _host.record("types", "Profile", **_mine._profile())


def _decide(turn: Any) -> Any:
    answers = [_answer(one) for one in turn.answers]
    plan = agent.decide(_mine, turn.input, turn.memo, answers, turn.number)
    decisions = [
        _host.record("types", "Decision", kind=one.kind, payload=one.payload_text, note=one.note)
        for one in plan.decisions
    ]
    return _exported.Plan(decisions=decisions, memo=plan.memo_text)


def _answer(answer: Any) -> Answer:
    value = answer.outcome.value
    if isinstance(answer.outcome, _host.err_type):
        return Answer(answer.id, answer.kind, error=HostError(value.code, value.message))
    return Answer(answer.id, answer.kind, text=value)


def _guarded(run: Callable[[], T], seed: str) -> T:
    """Runs a call: says no as the contract does, and gives a bug its last words."""
    said_no = ""
    try:
        _absent.begin_call(seed)
        result = run()
        _absent.end_call()
        return result
    except (Failure, HostError) as no:
        said_no = str(no)
    except BaseException as bug:
        _host.call("panic", "abort", last_words(bug, _home))
    try:
        _absent.end_call()
    except BaseException as bug:
        _host.call("panic", "abort", last_words(bug, _home))
    raise _host.err_type(said_no)


_absent.after_the_author()
