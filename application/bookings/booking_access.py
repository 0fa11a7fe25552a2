"""visible_booking: the booking if that caller may know of it; raises NotFound."""

from application.common.caller import Caller
from application.common.policy import Permission
from domain.bookings import Booking
from domain.errors import NotFound


def visible_booking(booking: Booking | None, caller: Caller) -> Booking:
    """The booking if that caller may know of it; raises NotFound."""
    may_see = booking is not None and caller.can_access(
        booking.user_id, Permission.MANAGE_ALL_BOOKINGS
    )
    if booking is None or not may_see:
        raise NotFound("There is no such booking.")
    return booking
