"""Cursors: a position in a list as opaque text."""

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
    """Return the position as text; None, the end of the list, remains None."""
    if position is None:
        return None
    return urlsafe_b64encode(msgspec.json.encode(position)).rstrip(b"=").decode()


def decode_time_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Return the position in a list sorted by time and id. Raises InvalidValue."""
    position: tuple[Instant, UUID] | None = decode_cursor(cursor, _TIME_AND_ID)
    return None if position is None else (position[0].value, position[1])


def decode_cursor(cursor: str | None, position_type: type[T]) -> T | None:
    """Return the position of a cursor. Raises InvalidValue, also for the cursor of another list."""
    if cursor is None:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        raw = urlsafe_b64decode(padded)
        return msgspec.json.decode(raw, type=position_type, dec_hook=decode_field)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        raise InvalidValue(
            "Expected the `next_cursor` of an earlier response.", field="cursor"
        ) from None
