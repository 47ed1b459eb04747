"""Types as authors write them, and the JSON that fits them.

*Invariant:* a shape is made when the component is built; reading a value only walks it, and what doesn't fit says where.
*Doesn't know:* where the value came from.
*Start at:* shape_of.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Literal, NotRequired, Required, Union

from jaros_guest import _json
from jaros_guest.errors import Failure


@dataclasses.dataclass(frozen=True)
class Shape:
    """How to build a type's value out of JSON, and the JSON Schema that says the same to others."""

    build: Callable[[Any, str], Any]
    schema: Mapping[str, Any]

    def read(self, value: Any, what: str) -> Any:
        """The value as its type; a Failure says where it doesn't fit: ``input: lines[2].count: …``."""
        try:
            return self.build(value, "")
        except _Misfit as misfit:
            raise Failure(f"{what}: {misfit}") from None


class _Misfit(Exception):
    def __init__(self, where: str, wanted: str) -> None:
        super().__init__(f"{where}: {wanted}" if where else wanted)


ANYTHING = Shape(lambda value, where: value, {})

_PLAIN: dict[Any, tuple[str, str]] = {
    str: ("a text", "string"),
    int: ("a whole number", "integer"),
    float: ("a number", "number"),
    bool: ("true or false", "boolean"),
    type(None): ("null", "null"),
    dict: ("an object", "object"),
    list: ("a list", "array"),
}


def shape_of(kind: Any) -> Shape:
    """The shape of a type: plain ones, ``list``, ``dict[str, …]``, unions, ``Literal``, dataclasses, ``TypedDict``."""
    if kind is Any or kind is object:
        return ANYTHING
    if kind in _PLAIN:
        return _plain(kind)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is list:
        return _list(shape_of(arguments[0]))
    if origin is dict and arguments[0] is str:
        return _map(shape_of(arguments[1]))
    if origin in (Union, types.UnionType):
        return _union([shape_of(argument) for argument in arguments])
    if origin is Literal:
        return _literal(arguments)
    if origin in (Required, NotRequired):
        return shape_of(arguments[0])
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind)
    if typing.is_typeddict(kind):
        return _typed_dict(kind)
    raise TypeError(
        f"{kind!r} can't be read from JSON; what can: str, int, float, bool, None, list[…], dict[str, …], unions, "
        "Literal, dataclasses, TypedDict, Any"
    )


def _plain(kind: Any) -> Shape:
    wanted, name = _PLAIN[kind]

    def build(value: Any, where: str) -> Any:
        if kind is float and type(value) is int:
            return float(value)
        if kind is int and type(value) is float and value.is_integer():
            return int(value)
        if type(value) is not kind:
            raise _expected(wanted, value, where)
        return value

    return Shape(build, {"type": name})


def _list(item: Shape) -> Shape:
    def build(value: Any, where: str) -> Any:
        if type(value) is not list:
            raise _expected("a list", value, where)
        return [item.build(one, f"{where}[{index}]") for index, one in enumerate(value)]

    return Shape(build, {"type": "array", "items": item.schema})


def _map(item: Shape) -> Shape:
    def build(value: Any, where: str) -> Any:
        if type(value) is not dict:
            raise _expected("an object", value, where)
        return {name: item.build(one, _member(where, name)) for name, one in value.items()}

    return Shape(build, {"type": "object", "additionalProperties": item.schema})


def _union(choices: list[Shape]) -> Shape:
    def build(value: Any, where: str) -> Any:
        misfits = []
        for choice in choices:
            try:
                return choice.build(value, where)
            except _Misfit as misfit:
                misfits.append(str(misfit))
        raise _Misfit("", ", or ".join(misfits))

    return Shape(build, {"anyOf": [choice.schema for choice in choices]})


def _literal(values: tuple[Any, ...]) -> Shape:
    def build(value: Any, where: str) -> Any:
        for one in values:
            if type(value) is type(one) and value == one:
                return one
        raise _expected("one of " + ", ".join(_json.text(one) for one in values), value, where)

    return Shape(build, {"enum": list(values)})


def _dataclass(kind: type[Any]) -> Shape:
    hints = typing.get_type_hints(kind)
    fields = [field for field in dataclasses.fields(kind) if field.init]
    members = {field.name: shape_of(hints[field.name]) for field in fields}
    required = [
        field.name
        for field in fields
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    ]

    def build(value: Any, where: str) -> Any:
        found = _members(value, where, members, required)
        return kind(**{name: found[name] for name in members if name in found})

    return Shape(build, _object(members, required))


def _typed_dict(kind: Any) -> Shape:
    members = {name: shape_of(hint) for name, hint in typing.get_type_hints(kind).items()}
    required = [name for name in members if name in kind.__required_keys__]
    return Shape(lambda value, where: _members(value, where, members, required), _object(members, required))


def _members(value: Any, where: str, members: Mapping[str, Shape], required: list[str]) -> dict[str, Any]:
    """What an object holds, its known members built; unknown ones stay as they are."""
    if type(value) is not dict:
        raise _expected("an object", value, where)
    for name in required:
        if name not in value:
            raise _Misfit(where, f"it needs {_json.text(name)}")
    return {
        name: members[name].build(one, _member(where, name)) if name in members else one for name, one in value.items()
    }


def _object(members: Mapping[str, Shape], required: list[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: shape.schema for name, shape in members.items()},
    }
    if required:
        schema["required"] = required
    return schema


def _member(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _expected(wanted: str, value: Any, where: str) -> _Misfit:
    found = _json.text(value)
    return _Misfit(where, f"expected {wanted}, found {found if len(found) <= 60 else found[:57] + '...'}")
