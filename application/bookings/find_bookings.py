"""FindBookings: list bookings, latest start first."""

from dataclasses import dataclass

from application.bookings.booking_access import restrict_booking_filter
from application.common.caller import Caller
from application.common.paging import Page, cut_page
from application.ports.bookings import BookingFilter, BookingPosition
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.bookings import Booking


@dataclass(frozen=True, slots=True, kw_only=True)
class FindBookingsQuery:
    """Criteria, position and page size of a list of bookings."""

    criteria: BookingFilter
    after: BookingPosition | None
    limit: int


class FindBookings:
    """List bookings, latest start first. Members see only their own."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(
        self, caller: Caller, query: FindBookingsQuery
    ) -> Page[Booking, BookingPosition]:
        criteria = restrict_booking_filter(caller, query.criteria)
        if criteria is None:
            return Page((), None)
        async with self._unit_of_work() as uow:
            bookings = await uow.bookings.list(criteria, after=query.after, limit=query.limit + 1)
        return cut_page(
            bookings, query.limit, lambda last: BookingPosition(last.period.start, last.id)
        )
