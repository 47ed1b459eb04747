"""A small ordered map that outlives the job, one per tool and tenant. Tools only.

*Invariant:* what is put or deleted is staged until the outcome is on the record; the call sees its own changes.
*Doesn't know:* other tools' keys.
*Start at:* get, put.
"""

import builtins
from typing import Any

from jaros_guest import _host, _json

_host.require("store", "store")


def get(key: str) -> bytes | None:
    """A key's value, if it has one."""
    value = _host.call("store", "get", key)
    # Bindings wrap what is there only where it could be mistaken for nothing.
    return None if value is None else bytes(value)


def put(key: str, value: bytes) -> None:
    """Sets a key's value."""
    _host.call("store", "put", key, value)


def delete(key: str) -> None:
    """Removes a key, whether or not it is there."""
    _host.call("store", "delete", key)


def keys(prefix: str = "", after: str = "", limit: int = 100) -> builtins.list[str]:
    """Keys that start with ``prefix`` and come after ``after``, in byte order, at most ``limit``."""
    return builtins.list(_host.call("store", "keys", prefix, after, limit))


def get_text(key: str) -> str | None:
    """A key's value as text, if it has one."""
    value = get(key)
    return None if value is None else value.decode()


def put_text(key: str, value: str) -> None:
    """Sets a key's value to a text."""
    put(key, value.encode())


def get_json(key: str, default: Any = None) -> Any:
    """A key's value as JSON, or ``default`` where it has none."""
    value = get(key)
    return default if value is None else _json.parse(value.decode())


def put_json(key: str, value: object) -> None:
    """Sets a key's value to JSON."""
    put(key, _json.text(value).encode())
