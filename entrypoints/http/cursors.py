"""Cursors: a position in a list as text that clients hand back unread."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from domain.errors import InvalidValue
from entrypoints.http.fields import Instant, decode_field

T = TypeVar("T")

_TIME_AND_ID: Any = tuple[Instant, UUID]


def encode_cursor(position: object) -> str | None:
    """The position as text; None, the end of the list, stays None."""
    if position is None:
        return None
    return urlsafe_b64encode(msgspec.json.encode(position)).rstrip(b"=").decode()


def decode_time_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The position in a list by a time, then by id. Raises as `decode_cursor` does."""
    position: tuple[Instant, UUID] | None = decode_cursor(cursor, _TIME_AND_ID)
    return None if position is None else (position[0].value, position[1])


def decode_cursor(cursor: str | None, kind: type[T]) -> T | None:
    """The position that a cursor stands for. Raises InvalidValue for one of another list."""
    if cursor is None:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return msgspec.json.decode(urlsafe_b64decode(padded), type=kind, dec_hook=decode_field)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        raise InvalidValue("Expected the cursor of an earlier answer.", field="cursor") from None
