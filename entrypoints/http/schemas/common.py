"""What the request and response bodies of several endpoints share."""

from typing import Annotated, Any, ClassVar, Generic, TypeVar

import msgspec
from msgspec import UNSET, Meta

from entrypoints.http.fields import Field

T = TypeVar("T")

ONE_LINE = r"^[^\S\r\n]*[^\x00\s][^\x00\r\n]*$(?!\n)"
"""One line that is not blank. In Python, unlike JSON Schema, `$` also matches before a final LF."""
ANY_TEXT = r"^[^\x00]*$"
"""Every string of a request: PostgreSQL cannot store NUL."""

Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=ONE_LINE)]


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """Base class of request bodies. Rejects unknown fields."""

    schema_rules: ClassVar[dict[str, Any]] = {"additionalProperties": False}
    """JSON Schema keywords of the body as a whole, for the OpenAPI document."""


class ListBody(msgspec.Struct, Generic[T], frozen=True):
    """A page of a list."""

    items: Annotated[list[T], Meta(description="The items of this page.")]
    next_cursor: Annotated[
        str | None,
        Meta(description="Pass it as `cursor` to get the next page. Null on the last page."),
    ]


def request_bodies() -> list[type[Request]]:
    """Return all request body types."""
    return Request.__subclasses__()


def set_fields(body: Request) -> dict[str, Any]:
    """Return the parsed values of the fields that the request contains, that is, not UNSET."""
    return {
        name: plain(value)
        for name in body.__struct_fields__
        if (value := getattr(body, name)) is not UNSET
    }


def plain(value: Any) -> Any:
    """Return the parsed value of a `Field`, a list as a tuple, and any other value unchanged."""
    match value:
        case Field():
            return value.value
        case list():
            return tuple(value)
        case _:
            return value
