"""Files inside the folders that the operator granted: ``files-read``, and ``files-write`` for tools.

*Invariant:* a path is ``GRANT/rest``; host paths never appear. What is read is recorded, what is written is staged until the
outcome is on the record.
*Doesn't know:* where the folders lie.
*Start at:* read.
"""

from dataclasses import dataclass

from jaros_guest import _host
from jaros_guest.errors import HostError

_host.require("files", "files_read", "files_write")


@dataclass
class Entry:
    """What lies at a path."""

    name: str
    #: ``file``, ``dir`` or ``other``; links are never followed.
    kind: str
    size_bytes: int


def read(path: str) -> bytes:
    """A whole file, up to the host's limit. ``not-found``, ``refused`` outside the grants, ``limit``."""
    return bytes(_host.call("files_read", "read", path))


def read_text(path: str) -> str:
    """A whole file as text; ``invalid`` when it isn't UTF-8."""
    try:
        return read(path).decode()
    except UnicodeDecodeError:
        raise HostError("invalid", f"{path} is not UTF-8") from None


def read_range(path: str, offset: int, len: int) -> bytes:
    """At most ``len`` bytes from ``offset`` on."""
    return bytes(_host.call("files_read", "read_range", path, offset, len))


def stat(path: str) -> Entry:
    """What lies at a path."""
    found = _host.call("files_read", "stat", path)
    return Entry(found.name, found.kind, found.size_bytes)


def entries(path: str) -> list[Entry]:
    """What a folder holds, sorted by name."""
    return [Entry(one.name, one.kind, one.size_bytes) for one in _host.call("files_read", "entries", path)]


def write(path: str, data: bytes | str) -> None:
    """Writes a whole file, text as UTF-8. Tools only. ``refused`` outside the grants, ``limit``."""
    _host.call("files_write", "write", path, data.encode() if isinstance(data, str) else data)


def remove(path: str) -> None:
    """Removes a file. Tools only. ``not-found``, ``refused`` outside the grants."""
    _host.call("files_write", "remove", path)
