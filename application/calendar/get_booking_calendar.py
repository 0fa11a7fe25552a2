"""GetBookingCalendar: get a booking as an iCalendar file."""

from application.bookings.booking_access import visible_booking
from application.common.caller import Caller
from application.ports.calendar_feeds import CalendarEntry
from application.ports.calendars import Calendars
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.ids import BookingId


class GetBookingCalendar:
    """Return a booking as an iCalendar file. Raises NotFound as GetBooking does."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, calendars: Calendars) -> None:
        self._unit_of_work = unit_of_work
        self._calendars = calendars

    async def __call__(self, caller: Caller, booking_id: BookingId) -> bytes:
        async with self._unit_of_work() as uow:
            booking = visible_booking(await uow.bookings.get(booking_id), caller)
            space = await uow.spaces.get(booking.space_id)
        if space is None:
            raise LookupError(f"The space {booking.space_id} of a booking is gone.")
        return self._calendars.write([CalendarEntry(booking, space.name)])
