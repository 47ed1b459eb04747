"""What an agent and a tool declare alike: what they are, and the type that they take.

*Invariant:* everything is worked out when the class is made, so a mistake in it ends the build and not a call.
*Doesn't know:* what the component does.
*Start at:* Declared.
"""

import typing
from collections.abc import Mapping
from typing import Any, ClassVar

from jaros_guest import _json
from jaros_guest.shape import ANYTHING, Shape, shape_of


class Declared:
    """The attributes of a component's class."""

    #: A sentence for people and models; without it the class's docstring is taken.
    description: ClassVar[str] = ""

    #: JSON Schema (2020-12) of what the component takes; without it the type says it, and without a type anything fits.
    schema: ClassVar[Mapping[str, Any] | None] = None

    #: The component's own version, shown beside its digest.
    version: ClassVar[str] = ""

    _shape: ClassVar[Shape] = ANYTHING

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        for base in cls.__dict__.get("__orig_bases__", ()):
            taken = typing.get_args(base)
            origin = typing.get_origin(base)
            if taken and isinstance(origin, type) and issubclass(origin, Declared):
                if not isinstance(taken[0], typing.TypeVar):
                    cls._shape = shape_of(taken[0])

    @classmethod
    def _profile(cls) -> dict[str, str]:
        """What the component says about itself."""
        description = cls.description or (cls.__doc__ or "").strip().split("\n\n")[0]
        schema = cls._shape.schema if cls.schema is None else cls.schema
        meta = {"version": cls.version} if cls.version else {}
        return {
            "description": " ".join(description.split()),
            "schema": _json.text(schema),
            "meta": _json.text(meta),
        }
