"""NoteReminders: enqueue the mails that remind of bookings a day before they begin."""

from collections.abc import Sequence

from application.mails.note_mail import note_mail
from application.ports.clock import Clock
from application.ports.mailer import Occasion
from application.ports.unit_of_work import UnitOfWorkFactory
from application.sweeps.batches import BATCH, batch_by_batch
from domain.bookings import Booking
from domain.reminders import reminder_key


class NoteReminders:
    """Enqueue a reminder of each booking for which one is due, once for each start that it has.

    `domain.reminders` decides which bookings these are.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def __call__(self) -> int:
        """Return the number of reminders enqueued."""
        return await batch_by_batch(self._batch, self._note)

    async def _batch(self) -> Sequence[Booking]:
        async with self._unit_of_work() as uow:
            return await uow.bookings.to_remind(at=self._clock.now(), limit=BATCH)

    async def _note(self, booking: Booking) -> None:
        async with self._unit_of_work() as uow:
            note_mail(
                uow,
                Occasion.REMINDER,
                reminder_key(booking),
                at=self._clock.now(),
                booking_id=booking.id,
                start=booking.period.start.isoformat(),
            )
            await uow.commit()
