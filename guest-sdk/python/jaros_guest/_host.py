"""The one door to the host: the interfaces that the component's world imports.

*Invariant:* every call of the host goes through ``call``, which turns its errors into HostError.
*Doesn't know:* what is behind the door; the component fills ``interfaces`` with generated bindings, a test with a fake.
*Start at:* call.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from jaros_guest.errors import HostError

#: Python's name of an interface (``files_read``) to the module that calls it.
interfaces: dict[str, Any] = {}

#: Whether this is a component, whose interfaces are all there are.
in_component = False

AGENTS_ONLY = frozenset({"model", "actions"})


class Err(Exception):
    """How an interface reports an error; the component puts the bindings' own class in its place."""

    def __init__(self, value: Any) -> None:
        super().__init__(value)
        self.value = value


err_type: type[Any] = Err


def call(interface: str, function: str, *arguments: Any) -> Any:
    """Calls the host."""
    target: Callable[..., Any] = getattr(_interface(interface), function)
    try:
        return target(*arguments)
    except err_type as error:
        code, message = error.value.code, error.value.message
    raise HostError(code, message)


def record(interface: str, name: str, /, **members: Any) -> Any:
    """A record of an interface, as its bindings define it."""
    return getattr(_interface(interface), name)(**members)


def require(module: str, *names: str) -> None:
    """Refuses the import of a module of which this component's world has no interface."""
    if in_component and not any(name in interfaces for name in names):
        raise ImportError(f"jaros_guest.{module}: {missing(names[0])}")


def missing(name: str) -> str:
    """What to do about an interface that the world lacks."""
    interface = name.replace("_", "-")
    if name in AGENTS_ONLY:
        return f"`{interface}` is for agents only"
    return f"the world has no `{interface}`; add to wit/world.wit: import jaros:plugin/{interface}@1.0.0;"


def _interface(name: str) -> Any:
    if name in interfaces:
        return interfaces[name]
    if in_component:
        raise RuntimeError(missing(name))
    raise RuntimeError("there is no host here; in a test, go through jaros_guest.testing.Host")


def plain(**members: Any) -> Any:
    """A record without bindings, for fakes."""
    return SimpleNamespace(**members)
