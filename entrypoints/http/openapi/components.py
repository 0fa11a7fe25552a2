"""Component schemas: public names, descriptions and examples."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from entrypoints.http.openapi.error_catalog import ErrorCode
from entrypoints.http.openapi.examples import EXAMPLES
from entrypoints.http.schemas.common import ANY_TEXT, request_bodies

Json = dict[str, Any]

SCHEMAS = "#/components/schemas/"
_LIST = re.compile(r"ListBody_(?:.+\.)?(\w+)Body_")
_BOOKING_STATUS = f"{SCHEMAS}BookingStatus"
_PROBLEM_EXTENSIONS: dict[str, Json] = {
    "alternatives": {
        "type": "array",
        "items": {"$ref": f"{SCHEMAS}Period"},
        "description": (
            "With `booking_conflict`: up to three free periods of the same length in the same "
            "space, nearest start first."
        ),
    },
    "from": {
        "$ref": _BOOKING_STATUS,
        "description": "With `invalid_transition`: the current status of the booking.",
    },
    "to": {
        "$ref": _BOOKING_STATUS,
        "description": "With `invalid_transition`: the status that the request would lead to.",
    },
}
"""Extension members of a problem, taken from the details of a domain error."""


def public_names(part: Any) -> Any:
    """Return a copy of the document in which schemas have their public names.

    It also replaces a choice of a single schema by that schema.
    """
    match part:
        case {"schemas": schemas} if isinstance(schemas, dict):
            renamed = {_public_name(name): public_names(schema) for name, schema in schemas.items()}
            if len(renamed) != len(schemas):
                raise ValueError("Two schemas have the same public name.")
            rest = {name: public_names(other) for name, other in part.items()}
            return rest | {"schemas": renamed}
        case {"oneOf": [only], **siblings} | {"allOf": [only], **siblings}:
            return public_names(only | siblings)
        case {"$ref": str(target), **siblings}:
            folder, _, name = target.rpartition("/")
            return {"$ref": f"{folder}/{_public_name(name)}"} | siblings
        case dict():
            return {name: public_names(inner) for name, inner in part.items()}
        case list():
            return [public_names(inner) for inner in part]
        case _:
            return part


def _public_name(name: str) -> str:
    """Return `Booking` for `BookingBody` and `BookingList` for a `ListBody` of them."""
    if item := _LIST.fullmatch(name):
        return f"{item[1]}List"
    return name.removesuffix("Body")


def complete_schemas(schemas: dict[str, Json], codes: dict[str, ErrorCode]) -> None:
    """Add what Litestar does not take from the structs: descriptions, examples, strictness."""
    docstrings = {struct.__name__: struct.__doc__ or "" for struct in _subclasses(msgspec.Struct)}
    for name, schema in schemas.items():
        struct_name = schema["title"].partition("[")[0]
        if struct_name in docstrings:
            schema["description"] = " ".join(docstrings[struct_name].split())
        schema["title"] = name
        if name in EXAMPLES:
            schema["examples"] = [EXAMPLES[name]]
    for body in request_bodies():
        if schema := schemas.get(_public_name(body.__name__), {}):
            schema |= body.schema_rules
            exclude_nul(schema["properties"])
    problem = schemas["Problem"]
    problem["properties"]["errors"].pop("default")
    problem["properties"] |= _PROBLEM_EXTENSIONS
    problem["description"] += "\n\n" + _table(codes)


def exclude_nul(part: Any) -> None:
    """Add the pattern that the decoders apply to each string without format, enum or pattern."""
    match part:
        case {"type": "string"} if not part.keys() & {"enum", "format", "pattern"}:
            part["pattern"] = ANY_TEXT
        case dict():
            for inner in part.values():
                exclude_nul(inner)
        case list():
            for inner in part:
                exclude_nul(inner)


def _subclasses(struct: type[Any]) -> Iterator[type[Any]]:
    for subclass in struct.__subclasses__():
        if subclass.__module__.startswith(__name__.partition(".")[0]):
            yield subclass
        yield from _subclasses(subclass)


def _table(codes: dict[str, ErrorCode]) -> str:
    rows = [f"| `{code.name}` | {code.status} | {code.description} |" for code in codes.values()]
    return "\n".join(["| code | status | |", "|---|---|---|", *rows])
