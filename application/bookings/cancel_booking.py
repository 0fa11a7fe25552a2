"""CancelBooking: somebody gives their slot up, or an admin takes it back."""

from dataclasses import dataclass

from application.bookings.find_bookings import visible_booking
from application.bookings.giving_up import give_up
from application.caller import Caller
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.bookings import Booking
from domain.cancellation import RefundChoice, is_free_of_charge
from domain.errors import Forbidden
from domain.house import House
from domain.ids import BookingId


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """Why, and for admins, what becomes of the money; None is the house's policy."""

    reason: str | None = None
    refund: RefundChoice | None = None


class CancelBooking:
    """Cancel a booking; its slot is free at once.

    Raises NotFound, Forbidden when a member decides on the refund, InvalidTransition, and
    BookingStarted for a member once it has begun.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, house: House) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._house = house

    @retried_when_stale
    async def __call__(
        self, caller: Caller, booking_id: BookingId, cancellation: Cancellation
    ) -> Booking:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            booking = visible_booking(await uow.bookings.get(booking_id), caller)
            if cancellation.refund is not None and not caller.runs_the_house:
                raise Forbidden("Only an administrator may decide on the refund.")
            cancelled = booking.cancelled(
                at=now, reason=cancellation.reason, by_admin=caller.runs_the_house
            )
            free_of_charge = is_free_of_charge(
                booking,
                at=now,
                choice=cancellation.refund or RefundChoice.POLICY,
                free_cancellation=self._house.free_cancellation,
            )
            invoices = await uow.invoices.of_bookings([booking_id])
            give_up(uow, cancelled, invoices.get(booking_id), free_of_charge=free_of_charge)
            await uow.commit()
        return cancelled
