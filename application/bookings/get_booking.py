"""GetBooking: get a booking."""

from application.bookings.booking_access import visible_booking
from application.common.caller import Caller
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.bookings import Booking
from domain.ids import BookingId


class GetBooking:
    """Return a booking. Raises NotFound, also for a member who requests another user's booking."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, caller: Caller, booking_id: BookingId) -> Booking:
        async with self._unit_of_work() as uow:
            return visible_booking(await uow.bookings.get(booking_id), caller)
