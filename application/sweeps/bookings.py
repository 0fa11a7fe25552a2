"""ExpireHolds, MarkNoShows: bookings that end by the passing of time."""

from collections.abc import Sequence

from application.audit import Audit
from application.bookings.release_booking import BookingReleaser
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from application.sweeps.batches import BATCH, batch_by_batch
from domain.audit import AuditEvent
from domain.bookings import Booking
from domain.house import House


class ExpireHolds:
    """Cancel the bookings whose hold expired.

    It is not urgent, because an expired hold does not block its desk. Each booking is a commit of
    its own, so that one that is confirmed or expired elsewhere at the same time delays no other.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._releaser = BookingReleaser(ids)

    async def __call__(self) -> int:
        """Return the number of bookings cancelled."""
        return await batch_by_batch(self._batch, self._expire)

    async def _batch(self) -> Sequence[Booking]:
        async with self._unit_of_work() as uow:
            return await uow.bookings.ran_out(at=self._clock.now(), limit=BATCH)

    async def _expire(self, booking: Booking) -> None:
        async with self._unit_of_work() as uow:
            invoices = await uow.invoices.of_bookings([booking.id])
            invoice = invoices.get(booking.id)
            self._releaser.expire(uow, booking, invoice, at=self._clock.now())
            await uow.commit()


class MarkNoShows:
    """Mark the confirmed bookings without a check-in in time as no-shows, one by one."""

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, house: House
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = Audit(ids)
        self._grace = house.no_show_grace

    async def __call__(self) -> int:
        """Return the number of no-shows marked."""
        return await batch_by_batch(self._batch, self._mark)

    async def _batch(self) -> Sequence[Booking]:
        async with self._unit_of_work() as uow:
            return await uow.bookings.unattended(
                at=self._clock.now(), grace=self._grace, limit=BATCH
            )

    async def _mark(self, booking: Booking) -> None:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            uow.bookings.save(booking.marked_no_show(at=now, grace=self._grace))
            self._audit.note_of(
                uow, AuditEvent.BOOKING_NO_SHOW, booking.id, actor_id=None, address=None, at=now
            )
            await uow.commit()
