"""The job at hand, as the record keeps it.

*Invariant:* every answer is the same on every replay.
*Doesn't know:* real time, or real randomness.
*Start at:* id.
"""

from jaros_guest import _host


def id() -> str:
    """The job's id."""
    name: str = _host.call("job", "id")
    return name


def accepted_at_ms() -> int:
    """When this attempt was accepted, in milliseconds since 1970-01-01T00:00:00Z."""
    ms: int = _host.call("job", "accepted_at_ms")
    return ms


def random(len: int) -> bytes:
    """The next bytes of the stream that the host seeded for this call; no secret. ``limit`` over 4,096 at once."""
    return bytes(_host.call("job", "random", len))
