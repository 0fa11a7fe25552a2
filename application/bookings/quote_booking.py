"""QuoteBooking: what a booking would cost, and whether it could be had."""

from dataclasses import dataclass

from application.bookings.requests import BookingRequest, booker, slot_for
from application.caller import Caller
from application.idempotency import KeyedRequest, check_unanswered, note_answer
from application.policy import Permission
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.booking_rules import check_booking_time
from domain.house import House
from domain.pricing import Quote
from domain.reservation import quote


@dataclass(frozen=True, slots=True)
class Offer:
    """The price, and whether CreateBooking would accept the same request now."""

    quote: Quote
    available: bool


class QuoteBooking:
    """Price a booking by the rules of the house, as CreateBooking would, and store none.

    Raises what CreateBooking raises but for BookingConflict, which is an offer that is not
    available. (Of a request with a key, the answer is stored.)
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, house: House) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._house = house

    @retried_when_stale
    async def __call__(
        self,
        caller: Caller,
        request: BookingRequest,
        keyed: KeyedRequest[Offer] | None = None,
    ) -> Offer:
        user_id = booker(caller, request)
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            await check_unanswered(uow, keyed, at=now)
            period = request.period()
            slot = await slot_for(uow, request.space_id, period, user_id)
            space = slot.schedule.space
            by_admin = caller.may(Permission.RUN_ANYBODYS_BOOKINGS)
            check_booking_time(period, space, self._house, now=now, by_admin=by_admin)
            plan = None if slot.plan_in_use else slot.subscription
            offer = Offer(
                quote(period, space, plan, self._house),
                available=bool(slot.schedule.free_desks(period, at=now)),
            )
            if keyed is not None:
                note_answer(uow, keyed, offer, at=now)
                await uow.commit()
        return offer
