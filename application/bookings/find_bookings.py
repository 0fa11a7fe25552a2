"""FindBookings: list bookings, latest start first; a member's list has none but their own."""

from dataclasses import dataclass, replace

from application.common.caller import Caller
from application.common.paging import Page, cut_page
from application.common.policy import Permission
from application.ports.bookings import BookingFilter, BookingPosition
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.bookings import Booking


@dataclass(frozen=True, slots=True, kw_only=True)
class FindBookingsQuery:
    """Which bookings are wanted, and from where on."""

    wanted: BookingFilter
    after: BookingPosition | None
    limit: int


class FindBookings:
    """List bookings, latest start first; a member's list has none but their own."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(
        self, caller: Caller, query: FindBookingsQuery
    ) -> Page[Booking, BookingPosition]:
        wanted = _for(caller, query.wanted)
        if wanted is None:
            return Page((), None)
        async with self._unit_of_work() as uow:
            bookings = await uow.bookings.list(wanted, after=query.after, limit=query.limit + 1)
        return cut_page(
            bookings, query.limit, lambda last: BookingPosition(last.period.start, last.id)
        )


def _for(caller: Caller, wanted: BookingFilter) -> BookingFilter | None:
    """What of the wanted bookings the caller may know of; None when that can be none."""
    if caller.may(Permission.MANAGE_ALL_BOOKINGS):
        return wanted
    if wanted.user_id not in {None, caller.user_id}:
        return None
    return replace(wanted, user_id=caller.user_id)
