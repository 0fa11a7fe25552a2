"""Decoding bodies: strictly, and with what is wrong at each field."""

import json
from collections.abc import Sequence
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from entrypoints.http.fields import decode_field
from entrypoints.http.problems import FieldError, InvalidRequest

_NUL_ESCAPE = b"\\u0000"


def decode_body(body: bytes, wanted: Any) -> Any:
    """Decode JSON into the wanted type; raises InvalidRequest that names each offending field.

    Stricter than JSON itself: a field given twice is refused, and so are strings with NUL, which
    PostgreSQL cannot store.
    """
    if _NUL_ESCAPE in body:
        _refuse_nul(body)
    try:
        decoded = _decoder(wanted).decode(body)
    except msgspec.ValidationError as error:
        raise InvalidRequest(_field_errors(_read(body), wanted, error)) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InvalidRequest((), "malformed_json") from None
    if repeated := _repeated_names(body):
        raise InvalidRequest([FieldError(name, "Given more than once.") for name in repeated])
    return decoded


@cache
def _decoder(wanted: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(wanted, dec_hook=decode_field)


def _read(body: bytes) -> Any:
    """The body as plain values.

    The decoder stops at the first field that does not fit, so this may be where JSON itself ends.
    """
    try:
        return msgspec.json.decode(body)
    except msgspec.ValidationError:
        # A number that no type has room for: JSON it is, but nothing that can be looked into.
        return None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InvalidRequest((), "malformed_json") from None


def _field_errors(raw: Any, wanted: Any, first: msgspec.ValidationError) -> list[FieldError]:
    """Look at each field by itself, since the decoder tells only of the first that is wrong."""
    struct = _struct_of(wanted)
    if struct is None or not isinstance(raw, dict):
        return [_field_error("", first)]
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    found = [FieldError(name, "Unknown field.") for name in raw if name not in fields]
    for name, field in fields.items():
        if name in raw:
            found += _errors_of(name, raw[name], field.type)
        elif field.required:
            found.append(FieldError(name, "This field is required."))
    return found or [_field_error("", first)]


def _errors_of(name: str, value: Any, kind: Any) -> Sequence[FieldError]:
    try:
        msgspec.convert(value, kind, dec_hook=decode_field)
    except msgspec.ValidationError as error:
        return [_field_error(name, error)]
    return ()


def _field_error(field: str, error: msgspec.ValidationError) -> FieldError:
    """Take msgspec's path (`$.name[0]`) apart from its message."""
    message, _, path = str(error).partition(" - at `$")
    return FieldError(f"{field}{path.rstrip('`')}".lstrip("."), message)


def _struct_of(wanted: Any) -> type[msgspec.Struct] | None:
    options = get_args(wanted) if get_origin(wanted) in {Union, UnionType} else (wanted,)
    structs = (
        kind for kind in options if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    )
    return next(structs, None)


def _repeated_names(body: bytes) -> list[str]:
    """The names that one object has more than once; msgspec would silently take the last."""
    repeated: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in pairs]
        if len(set(names)) < len(names):
            repeated.extend(sorted({name for name in names if names.count(name) > 1}))

    json.loads(body, object_pairs_hook=look)
    return repeated


def _refuse_nul(body: bytes) -> None:
    try:
        paths = _nul_paths(_read(body), "")
    except RecursionError:
        raise InvalidRequest((), "malformed_json") from None
    if paths:
        raise InvalidRequest([FieldError(path, "NUL is not allowed.") for path in paths])


def _nul_paths(value: Any, path: str) -> list[str]:
    match value:
        case str():
            return [path] if "\0" in value else []
        case dict():
            parts = [(f"{path}.{key}".lstrip("."), part) for key, part in value.items()]
        case list():
            parts = [(f"{path}[{index}]", part) for index, part in enumerate(value)]
        case _:
            return []
    return [found for inner_path, part in parts for found in _nul_paths(part, inner_path)]
