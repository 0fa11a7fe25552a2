"""What the bodies of several parts of the contract have in common."""

from typing import Annotated, Any, ClassVar, Generic, TypeVar

import msgspec
from msgspec import UNSET

from entrypoints.http.fields import Field

T = TypeVar("T")

ONE_LINE = r"^[^\S\r\n]*[^\x00\s][^\x00\r\n]*$(?!\n)"
"""With something on it. To Python, though not to JSON Schema, `$` is also before a last LF."""
ANY_TEXT = r"^[^\x00]*$"
"""What every string of a request is: PostgreSQL cannot store NUL."""

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=ONE_LINE)]


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """The base of all request bodies: unknown fields are refused."""

    schema_rules: ClassVar[dict[str, Any]] = {"additionalProperties": False}
    """What the OpenAPI document says of a body beside its fields."""


class ListBody(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list. `next_cursor` is null on the last one."""

    items: list[T]
    next_cursor: str | None


def request_bodies() -> list[type[Request]]:
    """All that there are."""
    return Request.__subclasses__()


def given_fields(body: Request) -> dict[str, Any]:
    """The fields of a change that were given, parsed; one that is UNSET was left out."""
    return {
        name: plain(value)
        for name in body.__struct_fields__
        if (value := getattr(body, name)) is not UNSET
    }


def plain(value: Any) -> Any:
    """A field's value without what it was parsed by; None stays None."""
    match value:
        case Field():
            return value.value
        case list():
            return tuple(value)
        case _:
            return value
