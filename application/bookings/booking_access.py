"""Which bookings a caller may see: their own, and all of them for admins."""

from dataclasses import replace

from application.common.caller import Caller
from application.common.policy import Permission
from application.ports.bookings import BookingFilter
from domain.bookings import Booking
from domain.errors import NotFound


def visible_booking(booking: Booking | None, caller: Caller) -> Booking:
    """Return the booking. Raises NotFound when there is none or the caller may not see it."""
    may_see = booking is not None and caller.can_access(
        booking.user_id, Permission.MANAGE_ALL_BOOKINGS
    )
    if booking is None or not may_see:
        raise NotFound("There is no such booking.")
    return booking


def restrict_booking_filter(caller: Caller, criteria: BookingFilter) -> BookingFilter | None:
    """Restrict the criteria to bookings that the caller may see; None when nothing can match."""
    if caller.may(Permission.MANAGE_ALL_BOOKINGS):
        return criteria
    if criteria.user_id not in {None, caller.user_id}:
        return None
    return replace(criteria, user_id=caller.user_id)
