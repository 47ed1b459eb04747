"""Diagnostics, kept beside the record and never part of it. ``print`` writes here too.

*Invariant:* nothing that is written here changes what happens.
*Doesn't know:* where the lines go, or how many the host keeps.
*Start at:* info.
"""

from jaros_guest import _host


def write(level: str, message: str) -> None:
    """Writes a line. ``level`` is ``error``, ``warn``, ``info``, ``debug`` or ``trace``; anything else counts as ``info``."""
    _host.call("log", "write", level, message.encode("utf-8", "replace").decode())


def error(message: object) -> None:
    """Something went wrong."""
    write("error", str(message))


def warn(message: object) -> None:
    """Something may go wrong."""
    write("warn", str(message))


def info(message: object) -> None:
    """Something worth knowing happened."""
    write("info", str(message))


def debug(message: object) -> None:
    """How it came about."""
    write("debug", str(message))


def trace(message: object) -> None:
    """Every step of it."""
    write("trace", str(message))
