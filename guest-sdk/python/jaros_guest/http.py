"""Calls that leave the node, to the origins that the operator granted. Tools only.

*Invariant:* the intent of each call is on disk before it is made; a replay never calls again.
*Doesn't know:* retries: a call that was in flight when the node died ends as ``in-doubt``.
*Start at:* get, or send.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jaros_guest import _host, _json
from jaros_guest.errors import HostError

_host.require("http", "http")


@dataclass
class Request:
    """What is sent. Headers are pairs, so that a name may come twice."""

    method: str
    url: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


@dataclass
class Response:
    """What came back. Every status is an answer; none is raised."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is one of 200 to 299."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text; what isn't UTF-8 becomes �."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; ``invalid`` where it is none."""
        try:
            return _json.parse(self.body.decode())
        except ValueError as error:
            raise HostError("invalid", f"the answer is no JSON: {error}") from None

    def header(self, name: str) -> str | None:
        """The first header of this name, whatever its case."""
        return next((value for one, value in self.headers if one.lower() == name.lower()), None)


def send(request: Request) -> Response:
    """Sends one request. ``refused`` for an origin that isn't granted, ``timeout``, ``unavailable``, ``in-doubt``."""
    headers = [_host.record("http", "Field", name=name, value=value) for name, value in request.headers]
    wire = _host.record("http", "Request", method=request.method, url=request.url, headers=headers, body=request.body)
    answer = _host.call("http", "send", wire)
    return Response(answer.status, [(one.name, one.value) for one in answer.headers], bytes(answer.body))


def get(url: str, headers: Mapping[str, str] | None = None) -> Response:
    """Gets a URL."""
    return send(Request("GET", url, list((headers or {}).items())))


def post(url: str, body: object, headers: Mapping[str, str] | None = None) -> Response:
    """Posts a body: bytes as they are, text as UTF-8, anything else as JSON."""
    given = dict(headers or {})
    if isinstance(body, bytes):
        data = body
    elif isinstance(body, str):
        data = body.encode()
    else:
        data = _json.text(body).encode()
        if "content-type" not in {name.lower() for name in given}:
            given["Content-Type"] = "application/json"
    return send(Request("POST", url, list(given.items()), data))
