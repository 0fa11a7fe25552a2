"""occupations_from: from five arrays of one length: ids, desks, starts, ends, ends of holds; or all None."""

from collections.abc import Iterator
from itertools import starmap
from typing import Any

from adapters.postgres.mappers.values import Row
from domain.bookings import Booking, BookingStatus
from domain.money import Money
from domain.period import Period
from domain.schedule import Occupation


def booking_from(row: Row) -> Booking:
    """A row of `bookings`."""
    id_, space_id, user_id, desk, start, end, status, amount, paid, refunded, *rest = row
    covered_by_plan, notes, hold_expires_at, checked_in_at, checked_out_at, *rest = rest
    cancelled_at, cancel_reason, version, created_at, updated_at, lapsed = rest
    return Booking(
        id=id_,
        user_id=user_id,
        space_id=space_id,
        desk=desk,
        period=Period(start, end),
        status=BookingStatus(status),
        amount=Money(amount),
        paid=Money(paid),
        refunded=Money(refunded),
        covered_by_plan=covered_by_plan,
        notes=notes,
        hold_expires_at=hold_expires_at,
        checked_in_at=checked_in_at,
        checked_out_at=checked_out_at,
        cancelled_at=cancelled_at,
        cancel_reason=cancel_reason,
        lapsed=lapsed,
        version=version,
        created_at=created_at,
        updated_at=updated_at,
    )


def booking_row(booking: Booking) -> dict[str, Any]:
    """The columns of `bookings`."""
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


def occupations_from(arrays: Row) -> Iterator[Occupation]:
    """From five arrays of one length: ids, desks, starts, ends, ends of holds; or all None."""
    if arrays[0] is None:
        return
    yield from starmap(Occupation, zip(*arrays, strict=True))
