"""ListBookings: list bookings as JSON, without entities."""

from application.bookings.booking_access import restrict_booking_filter
from application.bookings.find_bookings import FindBookingsQuery
from application.common.caller import Caller
from application.common.paging import Page
from application.ports.bookings import BookingPosition
from application.ports.list_reader import ListReader


class ListBookings:
    """The list of FindBookings, each booking as the JSON object of the contract."""

    def __init__(self, list_reader: ListReader) -> None:
        self._list_reader = list_reader

    async def __call__(
        self, caller: Caller, query: FindBookingsQuery
    ) -> Page[str, BookingPosition]:
        criteria = restrict_booking_filter(caller, query.criteria)
        if criteria is None:
            return Page((), None)
        return await self._list_reader.bookings(criteria, after=query.after, limit=query.limit)
