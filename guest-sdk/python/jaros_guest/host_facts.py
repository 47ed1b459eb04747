"""Facts about the machine. Tools only; every answer is recorded.

*Invariant:* a replay answers what was answered then.
*Doesn't know:* anything that changes while one call runs.
*Start at:* system.
"""

from dataclasses import dataclass
from typing import Any

from jaros_guest import _host, _json
from jaros_guest.shape import shape_of

_host.require("host_facts", "host_facts")


@dataclass
class System:
    """The machine and its system."""

    #: ``Linux``
    system: str
    #: The kernel's release.
    release: str
    #: ``x86_64``
    machine: str
    #: Processors that the node may use.
    cpu_count: int


@dataclass
class Disk:
    """A volume's room."""

    #: All of it.
    total_bytes: int
    #: What is taken.
    used_bytes: int
    #: What the node could still write.
    free_bytes: int


_SYSTEM, _DISK = shape_of(System), shape_of(Disk)


def system() -> System:
    """The machine and its system."""
    found: Any = _SYSTEM.read(_json.parse(_host.call("host_facts", "system")), "system")
    assert isinstance(found, System)
    return found


def disk(path: str) -> Disk:
    """The room on the volume that a granted folder lies on."""
    found: Any = _DISK.read(_json.parse(_host.call("host_facts", "disk", path)), "disk")
    assert isinstance(found, Disk)
    return found
