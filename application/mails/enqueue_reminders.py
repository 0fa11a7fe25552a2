"""EnqueueReminders: enqueue the mails that remind of bookings a day before they begin."""

from collections.abc import Sequence

from application.mails.enqueue_mail import enqueue_mail
from application.mails.mail import MailType
from application.maintenance.batches import BATCH, run_in_batches
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.bookings import Booking
from domain.reminders import reminder_key


class EnqueueReminders:
    """Enqueue a reminder of each booking for which one is due, once for each start that it has.

    `domain.reminders` decides which bookings these are.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def __call__(self) -> int:
        """Return the number of reminders enqueued."""
        return await run_in_batches(self._batch, self._enqueue)

    async def _batch(self) -> Sequence[Booking]:
        async with self._unit_of_work() as uow:
            return await uow.bookings.due_reminders(at=self._clock.now(), limit=BATCH)

    async def _enqueue(self, booking: Booking) -> None:
        async with self._unit_of_work() as uow:
            enqueue_mail(
                uow,
                MailType.REMINDER,
                reminder_key(booking),
                at=self._clock.now(),
                booking_id=booking.id,
                start=booking.period.start.isoformat(),
            )
            await uow.commit()
