"""Bookings and occupations from and to rows."""

from collections.abc import Iterable, Iterator
from itertools import starmap
from typing import Any

import sqlalchemy as sa

from adapters.postgres.mappers.values import Row
from domain.bookings import Booking, BookingStatus
from domain.money import Money
from domain.period import Period
from domain.schedule import Occupation


def booking_from(row: Row) -> Booking:
    """Return the booking of a row of `bookings`."""
    return Booking(
        id=row["id"],
        user_id=row["user_id"],
        space_id=row["space_id"],
        desk=row["desk"],
        period=Period(row["start_time"], row["end_time"]),
        status=BookingStatus(row["status"]),
        amount=Money(row["amount_cents"]),
        paid=Money(row["paid_cents"]),
        refunded=Money(row["refunded_cents"]),
        covered_by_plan=row["covered_by_plan"],
        notes=row["notes"],
        hold_expires_at=row["hold_expires_at"],
        checked_in_at=row["checked_in_at"],
        checked_out_at=row["checked_out_at"],
        cancelled_at=row["cancelled_at"],
        cancel_reason=row["cancel_reason"],
        lapsed=row["lapsed"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def booking_row(booking: Booking) -> dict[str, Any]:
    """Return the columns of `bookings`."""
    return {
        "id": booking.id,
        "space_id": booking.space_id,
        "user_id": booking.user_id,
        "desk": booking.desk,
        "start_time": booking.period.start,
        "end_time": booking.period.end,
        "status": booking.status,
        "amount_cents": booking.amount.cents,
        "paid_cents": booking.paid.cents,
        "refunded_cents": booking.refunded.cents,
        "covered_by_plan": booking.covered_by_plan,
        "notes": booking.notes,
        "hold_expires_at": booking.hold_expires_at,
        "checked_in_at": booking.checked_in_at,
        "checked_out_at": booking.checked_out_at,
        "cancelled_at": booking.cancelled_at,
        "cancel_reason": booking.cancel_reason,
        "lapsed": booking.lapsed,
        "version": booking.version,
        "created_at": booking.created_at,
        "updated_at": booking.updated_at,
    }


OCCUPATION_COLUMNS = ("id", "desk", "start_time", "end_time", "hold_expires_at")
"""The columns of `bookings` that an `Occupation` consists of, in its order."""
_ARRAYS = tuple(f"occupation_{name}" for name in OCCUPATION_COLUMNS)


def occupation_arrays(
    values: Iterable[sa.ColumnElement[Any]],
) -> Iterator[sa.ColumnElement[Any]]:
    """Return one array for each of the values, which are in the order of `OCCUPATION_COLUMNS`.

    They are labelled for `occupations_from`.
    """
    return (
        sa.func.array_agg(value).label(name) for value, name in zip(values, _ARRAYS, strict=True)
    )


def occupations_from(row: Row) -> tuple[Occupation, ...]:
    """Return the occupations of a row with `occupation_arrays`, which are null for none."""
    arrays = [row[name] for name in _ARRAYS]
    if arrays[0] is None:
        return ()
    # One row for each would cost more than the rest of the statement (ADR 12).
    return tuple(starmap(Occupation, zip(*arrays, strict=True)))
