"""ListBookings: list bookings as JSON, without entities."""

from application.bookings.find_bookings import FindBookingsQuery, _for
from application.common.caller import Caller
from application.common.paging import Page
from application.ports.bookings import BookingPosition
from application.ports.list_reader import ListReader


class ListBookings:
    """The same list as FindBookings', each booking as the document that the contract has for it."""

    def __init__(self, list_reader: ListReader) -> None:
        self._list_reader = list_reader

    async def __call__(
        self, caller: Caller, query: FindBookingsQuery
    ) -> Page[str, BookingPosition]:
        criteria = _for(caller, query.criteria)
        if criteria is None:
            return Page((), None)
        return await self._list_reader.bookings(criteria, after=query.after, limit=query.limit)
