"""The interchangeable model. Agents only; every call is recorded.

*Invariant:* a call says all that its answer depends on.
*Doesn't know:* providers, keys, or whether the answer comes from a model or from the record.
*Start at:* ask, or Request for more than one question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from jaros_guest import _host, _json


def ask(prompt: str) -> str:
    """Asks the default model one question and returns its text."""
    return Request().user(prompt).send().text


@dataclass
class Call:
    """Something that the model wants called."""

    id: str
    name: str
    arguments: Any


@dataclass
class Response:
    """What the model answered."""

    #: The answer as text.
    text: str
    #: The parts that aren't plain text, such as calls: ``[{"type": "call", "id": …, "name": …, "arguments": {…}}]``.
    parts: list[Any]
    #: The answer as JSON where a schema asked for it; else None.
    structured: Any
    #: The model that answered, as the provider names it.
    model: str
    #: ``stop``, ``length``, ``call`` or the provider's own word.
    finish: str
    #: Tokens as the provider counts them.
    usage: Any

    @property
    def calls(self) -> list[Call]:
        """The calls among the parts."""
        return [
            Call(part.get("id", ""), part["name"], part.get("arguments", {}))
            for part in self.parts
            if isinstance(part, dict) and part.get("type") == "call"
        ]


class Request:
    """A conversation to complete, built by chaining: ``Request().system("Be brief.").user("Why?").send()``."""

    def __init__(self) -> None:
        self._model = ""
        self._messages: list[tuple[str, str, list[Any]]] = []
        self._tools: list[dict[str, Any]] = []
        self._params: dict[str, Any] = {}

    def model(self, alias: str) -> Self:
        """Asks a model of the operator's settings by its alias."""
        self._model = alias
        return self

    def system(self, content: str) -> Self:
        """Adds what the model should keep to."""
        return self.message("system", content)

    def user(self, content: str) -> Self:
        """Adds what a person says."""
        return self.message("user", content)

    def assistant(self, content: str) -> Self:
        """Adds what the model said before."""
        return self.message("assistant", content)

    def message(self, role: str, content: str, parts: Sequence[Any] = ()) -> Self:
        """Adds any message, with parts that aren't plain text."""
        self._messages.append((role, content, list(parts)))
        return self

    def tool(self, name: str, description: str, schema: Mapping[str, Any]) -> Self:
        """Adds something the model may call."""
        self._tools.append({"name": name, "description": description, "schema": schema})
        return self

    def schema(self, schema: Mapping[str, Any]) -> Self:
        """Asks for JSON of this schema, which ``Response.structured`` then holds."""
        return self.param("schema", schema)

    def param(self, name: str, value: Any) -> Self:
        """Sets a provider-neutral setting: ``temperature``, ``max_tokens``."""
        self._params[name] = value
        return self

    def send(self) -> Response:
        """Asks."""
        messages = [
            _host.record("model", "Message", role=role, content=content, parts=_json.text(parts))
            for role, content, parts in self._messages
        ]
        request = _host.record(
            "model",
            "Request",
            model=self._model,
            messages=messages,
            tools=_json.text(self._tools),
            params=_json.text(self._params),
        )
        answer = _host.call("model", "complete", request)
        return Response(
            text=answer.text,
            parts=_json.parse(answer.parts) or [],
            structured=_json.parse(answer.structured),
            model=answer.model,
            finish=answer.finish,
            usage=_json.parse(answer.usage),
        )
