"""ExpireHolds: cancel the bookings whose hold expired."""

from collections.abc import Sequence

from application.bookings.booking_releaser import BookingReleaser
from application.maintenance.batches import BATCH, run_in_batches
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.bookings import Booking


class ExpireHolds:
    """Cancel the bookings whose hold expired.

    Not urgent, because an expired hold does not block its desk. Each booking is committed
    separately, so that a booking that is confirmed or expired concurrently delays no other.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._releaser = BookingReleaser(ids)

    async def __call__(self) -> int:
        """Return the number of bookings cancelled."""
        return await run_in_batches(self._batch, self._expire)

    async def _batch(self) -> Sequence[Booking]:
        async with self._unit_of_work() as uow:
            return await uow.bookings.expired_holds(at=self._clock.now(), limit=BATCH)

    async def _expire(self, booking: Booking) -> None:
        async with self._unit_of_work() as uow:
            invoices = await uow.invoices.of_bookings([booking.id])
            invoice = invoices.get(booking.id)
            self._releaser.expire(uow, booking, invoice, at=self._clock.now())
            await uow.commit()
