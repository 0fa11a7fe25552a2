"""FindBookings, ListBookings, GetBooking: one's own bookings, or anybody's for an admin."""

from dataclasses import dataclass, replace

from application.caller import Caller
from application.paging import Page, cut_page
from application.policy import Permission
from application.ports.bookings import BookingFilter, BookingPosition
from application.ports.documents import Documents
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.bookings import Booking
from domain.errors import NotFound
from domain.ids import BookingId


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


class ListBookings:
    """The same list as FindBookings', each booking as the document that the contract has for it."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def __call__(
        self, caller: Caller, query: FindBookingsQuery
    ) -> Page[str, BookingPosition]:
        wanted = _for(caller, query.wanted)
        if wanted is None:
            return Page((), None)
        return await self._documents.bookings(wanted, after=query.after, limit=query.limit)


class GetBooking:
    """One booking. Raises NotFound, for somebody else's too unless an admin asks."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, caller: Caller, booking_id: BookingId) -> Booking:
        async with self._unit_of_work() as uow:
            return visible_booking(await uow.bookings.get(booking_id), caller)


def _for(caller: Caller, wanted: BookingFilter) -> BookingFilter | None:
    """What of the wanted bookings the caller may know of; None when that can be none."""
    if caller.may(Permission.RUN_ANYBODYS_BOOKINGS):
        return wanted
    if wanted.user_id not in {None, caller.user_id}:
        return None
    return replace(wanted, user_id=caller.user_id)


def visible_booking(booking: Booking | None, caller: Caller) -> Booking:
    """The booking if that caller may know of it; raises NotFound."""
    may_see = booking is not None and caller.owns_or_may(
        booking.user_id, Permission.RUN_ANYBODYS_BOOKINGS
    )
    if booking is None or not may_see:
        raise NotFound("There is no such booking.")
    return booking
