"""The host's interfaces, answered out of a test's values.

*Invariant:* errors leave as the bindings raise them, so that the SDK's own way is tested too.
*Doesn't know:* turns and decisions.
*Start at:* interfaces_for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from jaros_guest import _host, _json
from jaros_guest.errors import HostError

if TYPE_CHECKING:
    from jaros_guest.testing._host import Host

AGENTS = frozenset({"model", "actions", "job", "log", "files_read"})
TOOLS = frozenset({"job", "log", "files_read", "files_write", "store", "host_facts", "http"})
VALIDATE = frozenset({"job", "log"})


def interfaces_for(host: Host, role: str, stream: str) -> dict[str, Any]:
    """What a call finds. ``role`` is ``agent``, ``tool`` or ``validate``; ``stream`` names its random bytes."""
    makers: dict[str, Callable[[], SimpleNamespace]] = {
        "model": lambda: _model(host),
        "actions": lambda: _actions(host),
        "job": lambda: _job(host, stream),
        "log": lambda: SimpleNamespace(write=lambda level, message: host.logs.append((level, message))),
        "files_read": lambda: _files_read(host),
        "files_write": lambda: _files_write(host),
        "store": lambda: _store(host),
        "host_facts": lambda: _host_facts(host),
        "http": lambda: _http(host),
    }
    its_own = AGENTS if role == "agent" else TOOLS
    found: dict[str, Any] = {}
    for name, make in makers.items():
        if name not in its_own:
            found[name] = _NotForIt(name, "agents" if role != "agent" else "tools")
        elif role == "validate" and name not in VALIDATE:
            found[name] = _NotInValidate(name)
        else:
            found[name] = make()
    return found


def error(code: str, message: str) -> _host.Err:
    """An error as the bindings raise it."""
    return _host.Err(SimpleNamespace(code=code, message=message))


class _NotForIt:
    def __init__(self, name: str, whose: str) -> None:
        self._sentence = f"`{name.replace('_', '-')}` is for {whose} only"

    def __getattr__(self, function: str) -> Any:
        raise RuntimeError(self._sentence)


class _NotInValidate:
    def __init__(self, name: str) -> None:
        self._name = name.replace("_", "-")

    def __getattr__(self, function: str) -> Any:
        def refuse(*_: Any) -> Any:
            raise error("refused", f"`{self._name}` can't be called in `validate`")

        return refuse


def _job(host: Host, stream: str) -> SimpleNamespace:
    seed = hashlib.sha256(f"{host.job_id} {stream}".encode()).digest()
    given = 0

    def random(length: int) -> bytes:
        nonlocal given
        if length > 4096:
            raise error("limit", f"{length} random bytes are more than 4096 at once; ask for them in parts")
        first, given = given, given + length
        blocks = range(first // 32, (given + 31) // 32)
        drawn = b"".join(hashlib.sha256(seed + b"random" + at.to_bytes(8, "little")).digest() for at in blocks)
        return drawn[first % 32 : first % 32 + length]

    return SimpleNamespace(id=lambda: host.job_id, accepted_at_ms=lambda: host.accepted_at_ms, random=random)


def _model(host: Host) -> SimpleNamespace:
    def complete(request: Any) -> Any:
        host.asked.append(request)
        if len(host.asked) > len(host.model):
            given = len(host.model)
            raise error(
                "unavailable",
                f"the test has {given or 'no'} answer{'' if given == 1 else 's'} of the model, "
                f"and this is question {len(host.asked)}: Host(model=[…])",
            )
        answer = host.model[len(host.asked) - 1]
        if isinstance(answer, str):
            answer = {"text": answer}
        if "error" in answer:
            raise error(answer["error"]["code"], answer["error"].get("message", ""))
        calls = [
            {
                "type": "call",
                "id": call.get("id", f"call-{len(host.asked)}-{place}"),
                "name": call["name"],
                "arguments": call.get("arguments", {}),
            }
            for place, call in enumerate(answer.get("calls", ()), 1)
        ]
        structured = answer.get("structured")
        return SimpleNamespace(
            text=answer.get("text", "" if structured is None else _json.text(structured)),
            parts=_json.text(calls),
            structured=_json.text(structured),
            model="test",
            finish="call" if calls else "stop",
            usage="{}",
        )

    return SimpleNamespace(complete=complete, Message=SimpleNamespace, Request=SimpleNamespace)


def _actions(host: Host) -> SimpleNamespace:
    return SimpleNamespace(list=lambda: [SimpleNamespace(**action) for action in host.actions()])


def _files_read(host: Host) -> SimpleNamespace:
    def read(path: str) -> bytes:
        files = _granted(host, path)
        if path not in files:
            raise error("not-found", f"there is no file {path}")
        return files[path]

    def stat(path: str) -> SimpleNamespace:
        files = _granted(host, path)
        name = path.rpartition("/")[2]
        if path in files:
            return SimpleNamespace(name=name, kind="file", size_bytes=len(files[path]))
        if any(one.startswith(path + "/") for one in files):
            return SimpleNamespace(name=name, kind="dir", size_bytes=0)
        raise error("not-found", f"there is nothing at {path}")

    def entries(path: str) -> list[SimpleNamespace]:
        if stat(path).kind != "dir":
            raise error("invalid", f"{path} is no folder")
        inside = [one[len(path) + 1 :] for one in _granted(host, path) if one.startswith(path + "/")]
        return [stat(f"{path}/{name}") for name in sorted({one.partition("/")[0] for one in inside})]

    return SimpleNamespace(
        read=read,
        read_range=lambda path, offset, length: read(path)[offset : offset + length],
        stat=stat,
        entries=entries,
    )


def _granted(host: Host, path: str) -> dict[str, bytes]:
    folder = path.partition("/")[0]
    if host.files is None or folder not in {one.partition("/")[0] for one in host.files} | set(host.writable):
        raise error("refused", f"the folder `{folder}` isn't granted for reading")
    return host.files


def _files_write(host: Host) -> SimpleNamespace:
    def writable(path: str) -> None:
        folder = path.partition("/")[0]
        if folder not in host.writable:
            raise error("refused", f"the folder `{folder}` isn't granted for writing")

    def write(path: str, data: bytes) -> None:
        writable(path)
        host.written[path] = bytes(data)
        if host.files is not None:
            host.files[path] = bytes(data)

    def remove(path: str) -> None:
        writable(path)
        if path not in host.written and path not in (host.files or {}):
            raise error("not-found", f"there is no file {path}")
        host.written.pop(path, None)
        if host.files is not None:
            host.files.pop(path, None)
        host.removed.append(path)

    return SimpleNamespace(write=write, remove=remove)


def _store(host: Host) -> SimpleNamespace:
    def kept() -> dict[str, bytes]:
        if host.store is None:
            raise error("refused", "the store isn't granted")
        return host.store

    def keys(prefix: str, after: str, limit: int) -> list[str]:
        found = [key for key in kept() if key.startswith(prefix) and key.encode() > after.encode()]
        return sorted(found, key=str.encode)[:limit]

    return SimpleNamespace(
        get=lambda key: kept().get(key),
        put=lambda key, value: kept().__setitem__(key, bytes(value)),
        delete=lambda key: kept().pop(key, None),
        keys=keys,
    )


def _host_facts(host: Host) -> SimpleNamespace:
    def fact(value: Any, what: str) -> str:
        if value is None:
            raise error("refused", f"{what} isn't granted")
        return _json.text(value)

    return SimpleNamespace(
        system=lambda: fact(host.system, "host-facts"), disk=lambda path: fact(host.disk, f"the disk of {path}")
    )


def _http(host: Host) -> SimpleNamespace:
    def send(request: Any) -> Any:
        host.sent.append(request)
        if request.url not in host.http:
            raise error("refused", f"{request.url} isn't granted")
        answer = host.http[request.url]
        try:
            answer = answer(request) if callable(answer) else answer
        except HostError as no:
            raise error(no.code, no.message) from None
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        if not isinstance(body, (bytes, str)):
            body = _json.text(body)
        data = body.encode() if isinstance(body, str) else body
        return SimpleNamespace(status=status, headers=[], body=data)

    return SimpleNamespace(send=send, Field=SimpleNamespace, Request=SimpleNamespace)
