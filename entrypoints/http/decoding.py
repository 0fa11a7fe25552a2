"""Strict decoding of request bodies, with an error for each invalid field."""

import json
from collections.abc import Sequence
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from entrypoints.http.fields import decode_field
from entrypoints.http.problems import FieldError, InvalidRequest

_NUL_ESCAPE = b"\\u0000"


def decode_body(body: bytes, body_type: Any) -> Any:
    """Decode JSON into `body_type`. Raises InvalidRequest with an error for each invalid field.

    Stricter than JSON: rejects repeated fields, and NUL in strings, which PostgreSQL cannot store.
    """
    if _NUL_ESCAPE in body:
        _reject_nul(body)
    try:
        decoded = _decoder(body_type).decode(body)
    except msgspec.ValidationError as error:
        raise InvalidRequest(_field_errors(_read(body), body_type, error)) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InvalidRequest((), "malformed_json") from None
    if repeated := _repeated_names(body):
        raise InvalidRequest([FieldError(name, "Must not be repeated.") for name in repeated])
    return decoded


@cache
def _decoder(body_type: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(body_type, dec_hook=decode_field)


def _read(body: bytes) -> Any:
    """Return the body as plain values. Raises InvalidRequest if it is not JSON.

    The typed decoder stops at the first invalid field, so a syntax error may appear only here.
    """
    try:
        return msgspec.json.decode(body)
    except msgspec.ValidationError:
        # Valid JSON, but with a number that is out of range for every type.
        return None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InvalidRequest((), "malformed_json") from None


def _field_errors(raw: Any, body_type: Any, first: msgspec.ValidationError) -> list[FieldError]:
    """Validate each field on its own, because the decoder reports only the first error."""
    struct = _struct_of(body_type)
    if struct is None or not isinstance(raw, dict):
        return [_field_error("", first)]
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    field_errors = [FieldError(name, "Unknown field.") for name in raw if name not in fields]
    for name, field in fields.items():
        if name in raw:
            field_errors += _errors_of(name, raw[name], field.type)
        elif field.required:
            field_errors.append(FieldError(name, "This field is required."))
    return field_errors or [_field_error("", first)]


def _errors_of(name: str, value: Any, field_type: Any) -> Sequence[FieldError]:
    try:
        msgspec.convert(value, field_type, dec_hook=decode_field)
    except msgspec.ValidationError as error:
        return [_field_error(name, error)]
    return ()


def _field_error(field: str, error: msgspec.ValidationError) -> FieldError:
    """Separate the path in msgspec's message (`$.name[0]`) from the text."""
    message, _, path = str(error).partition(" - at `$")
    return FieldError(f"{field}{path.rstrip('`')}".lstrip("."), message)


def _struct_of(body_type: Any) -> type[msgspec.Struct] | None:
    is_union = get_origin(body_type) in {Union, UnionType}
    members = get_args(body_type) if is_union else (body_type,)
    structs = (
        member
        for member in members
        if isinstance(member, type) and issubclass(member, msgspec.Struct)
    )
    return next(structs, None)


def _repeated_names(body: bytes) -> list[str]:
    """Return names that occur twice in one object; msgspec would silently use the last value."""
    repeated: list[str] = []

    def collect(pairs: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in pairs]
        if len(set(names)) < len(names):
            repeated.extend(sorted({name for name in names if names.count(name) > 1}))

    json.loads(body, object_pairs_hook=collect)
    return repeated


def _reject_nul(body: bytes) -> None:
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
    return [nul_path for inner_path, part in parts for nul_path in _nul_paths(part, inner_path)]
