"""JSON texts as they cross.

*Invariant:* what is written is JSON that the host can read: no NaN, no lone surrogates.
*Doesn't know:* canonical form; the host brings texts into it.
*Start at:* text.
"""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any


def text(value: object) -> str:
    """The value as JSON text. Dataclasses become objects, tuples arrays.

    Raises TypeError or ValueError for what isn't JSON.
    """
    written = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
    try:
        written.encode()
    except UnicodeEncodeError:
        raise ValueError("half of a surrogate pair is no text") from None
    return written


def parse(written: str) -> Any:
    """The value of a JSON text."""
    return json.loads(written)


def _plain(value: object) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} can't be written as JSON")
