"""The two ways in which something isn't done: the author says no, or the host does.

*Invariant:* a host's error keeps its code in its text, so that whoever reads the record sees it.
*Doesn't know:* bugs; any other exception that nobody catches is one, and ends the call as a trap.
*Start at:* Failure.
"""


class Failure(Exception):
    """Says no in words of your own: ``raise Failure("there is no such city")``. The host records exactly that text."""


class HostError(Exception):
    """What the host answered instead of a result. Uncaught, it fails the call with ``CODE: MESSAGE``.

    ``code`` is one of an open set: ``refused``, ``not-found``, ``invalid``, ``limit``, ``timeout``, ``unavailable``,
    ``in-doubt``, ``failed``; treat one you don't know as ``failed``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
