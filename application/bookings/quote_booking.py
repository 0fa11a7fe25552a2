"""QuoteBooking: the price of a booking, and whether its slot is available."""

from dataclasses import dataclass

from application.bookings.booking_request import BookingRequest, load_slot, resolve_booking_user
from application.common.caller import Caller
from application.common.policy import Permission
from application.common.retry import retry_on_conflict
from application.idempotency.idempotent_request import (
    IdempotentRequest,
    ensure_not_processed,
    record_response,
)
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.booking_rules import check_booking_time
from domain.house import House
from domain.pricing import Quote
from domain.reservation import quote


@dataclass(frozen=True, slots=True)
class QuoteResult:
    """The price, and whether CreateBooking would accept the same request now."""

    quote: Quote
    available: bool


class QuoteBooking:
    """Price a booking as CreateBooking would, without storing it.

    Raises what CreateBooking raises, except BookingConflict: a taken slot is quoted as not
    available. The response to a request with an idempotency key is stored.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, house: House) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._house = house

    @retry_on_conflict
    async def __call__(
        self,
        caller: Caller,
        request: BookingRequest,
        idempotency: IdempotentRequest[QuoteResult] | None = None,
    ) -> QuoteResult:
        user_id = resolve_booking_user(caller, request)
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            await ensure_not_processed(uow, idempotency, at=now)
            period = request.period()
            slot = await load_slot(uow, request.space_id, period, user_id)
            space = slot.schedule.space
            by_admin = caller.may(Permission.MANAGE_ALL_BOOKINGS)
            check_booking_time(period, space, self._house, now=now, by_admin=by_admin)
            plan = None if slot.plan_in_use else slot.subscription
            result = QuoteResult(
                quote(period, space, plan, self._house),
                available=bool(slot.schedule.free_desks(period, at=now)),
            )
            if idempotency is not None:
                record_response(uow, idempotency, result, at=now)
                await uow.commit()
        return result
