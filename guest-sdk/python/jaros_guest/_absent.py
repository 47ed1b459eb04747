"""What Python has elsewhere and a component has not: each of it answers in words, or by what the job knows, and never traps.

Clocks tell when the attempt was accepted, and a microsecond later at each look; nothing sleeps. ``print`` and ``logging`` write to
the log. ``random`` is seeded anew in each call. Files, sockets, processes and late imports are refused by an exception.

*Invariant:* until the first call everything works as usual, so modules may read their data while the component is built.
*Doesn't know:* a fake host; tests run on a whole Python.
*Start at:* before_the_author.
"""

import binascii
import builtins
import io
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from jaros_guest import _host

_sealed = False
_looks = 0
_draws = False

_NO_FILES = "a component has no file system; jaros_guest.files reads in folders that the operator granted"
_NO_SECRETS = "a component has no secret randomness; job.random(n) gives bytes that a replay can repeat"
_NO_SOCKETS = "a component has no sockets; jaros_guest.http asks origins that the operator granted"
_NO_LOOP = "a component has no event loop: it waits for nothing, so call plain functions"
_FILE_CALLS = (
    "access chdir chmod getcwd link listdir lstat mkdir open readlink remove rename replace rmdir scandir stat symlink "
    "truncate unlink utime"
)


def before_the_author() -> None:
    """Puts stand-ins into the modules that the author's code is about to import from."""
    # The pure datetime asks `time`, where a stand-in answers; the other one asks the system, and would trap.
    sys.modules["_datetime"] = None  # type: ignore[assignment]
    for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
        if hasattr(time, name):
            _stand_in(time, name, lambda name=name: _now_us(name) / 1_000_000)
            _stand_in(time, name + "_ns", lambda name=name: _now_us(name) * 1_000)
    _stand_in(time, "sleep", _sleep)
    gmtime, asctime, strftime = time.gmtime, time.asctime, time.strftime
    for name in ("localtime", "gmtime"):
        _stand_in(time, name, lambda seconds=None: gmtime(_or_now(seconds)))
    _stand_in(time, "ctime", lambda seconds=None: asctime(gmtime(_or_now(seconds))))
    _stand_in(time, "asctime", lambda moment=None: asctime(moment or gmtime(_or_now(None))))
    _stand_in(time, "strftime", lambda form, moment=None: strftime(form, moment or gmtime(_or_now(None))))
    _stand_in(builtins, "open", _refused(OSError, _NO_FILES))
    _stand_in(io, "open", _refused(OSError, _NO_FILES))
    for name in _FILE_CALLS.split():
        if hasattr(os, name):
            _stand_in(os, name, _refused(OSError, _NO_FILES))
    for name in ("urandom", "getrandom"):
        if hasattr(os, name):
            _stand_in(os, name, _refused(OSError, _NO_SECRETS))


def after_the_author() -> None:
    """The same for modules that the author's code has imported."""
    global _draws
    # Whoever wraps the component imports `random` for its own ends afterwards; only the author's use needs a seed.
    _draws = "random" in sys.modules
    if "logging" in sys.modules:
        _log_to_the_host(sys.modules["logging"])
    for module, names, refuse in (
        ("socket", "socket create_connection getaddrinfo gethostbyname gethostname", _refused(OSError, _NO_SOCKETS)),
        ("asyncio", "new_event_loop", _refused(RuntimeError, _NO_LOOP)),
        ("asyncio.events", "new_event_loop", _refused(RuntimeError, _NO_LOOP)),
    ):
        if module in sys.modules:
            for name in names.split():
                _stand_in(sys.modules[module], name, refuse)


def begin_call(seed: str | None = None) -> None:
    """The component runs: from here on the stand-ins answer, and nothing more can be imported.

    Each call has an instance of its own, but all start from the same bytes: `random` would repeat itself without a seed.
    """
    global _sealed
    _sealed = True
    sys.stdout, sys.stderr, sys.stdin = _Lines("info"), _Lines("warn"), io.StringIO()
    sys.meta_path[:] = [_NoImports()]
    if seed is not None and _draws:
        call = f"{_host.call('job', 'id')} {_host.call('job', 'accepted_at_ms')} {binascii.crc32(seed.encode())}"
        sys.modules["random"].seed(int.from_bytes(call.encode()))


def end_call() -> None:
    """Writes out what was printed without an end of line."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def _stand_in(module: Any, name: str, answer: Callable[..., Any]) -> None:
    usual = getattr(module, name, None)
    if usual is None:
        return

    def either(*arguments: Any, **named: Any) -> Any:
        return answer(*arguments, **named) if _sealed else usual(*arguments, **named)

    setattr(module, name, either)


def _refused(kind: type[Exception], sentence: str) -> Callable[..., Any]:
    def refuse(*_: Any, **__: Any) -> Any:
        raise kind(sentence)

    return refuse


def _now_us(clock: str) -> int:
    global _looks
    _looks += 1
    begin_us = _host.call("job", "accepted_at_ms") * 1_000 if clock == "time" else 3_600_000_000
    return int(begin_us) + _looks


def _sleep(seconds: float) -> None:
    global _looks
    _looks += int(seconds * 1_000_000)


def _or_now(seconds: float | None) -> float:
    return _now_us("time") / 1_000_000 if seconds is None else seconds


class _Lines(io.TextIOBase):
    """A text stream whose lines are lines of the log."""

    def __init__(self, level: str) -> None:
        self._level = level
        self._begun = ""

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            _host.call("log", "write", self._level, line)
        return len(text)

    def flush(self) -> None:
        if self._begun:
            line, self._begun = self._begun, ""
            _host.call("log", "write", self._level, line)

    def writable(self) -> bool:
        return True


class _NoImports:
    """The last finder on the path: says what can't be imported any more."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> Any:
        raise ModuleNotFoundError(
            f"{name!r} can't be imported while the component runs; import it at the top of app.py, so that it is built in",
            name=name,
        )


def _log_to_the_host(logging: Any) -> None:
    class ToTheHost(logging.Handler):  # type: ignore[misc]
        def emit(self, record: Any) -> None:
            level = {"WARNING": "warn", "CRITICAL": "error"}.get(record.levelname, record.levelname.lower())
            _host.call("log", "write", level, self.format(record))

    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(ToTheHost())
        root.setLevel(logging.DEBUG)
