"""BookingMailComposer: mails about bookings."""

from collections.abc import Iterable
from uuid import UUID

from application.jobs.job import Job
from application.mails.mail import BookingContent, MailType
from application.mails.mail_composer import ComposedMail
from application.ports.calendar_feeds import CalendarEntry
from application.ports.calendars import Calendars
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.bookings import Booking, BookingStatus
from domain.ids import BookingId
from domain.money import ZERO, Money
from domain.refunds import Refund
from domain.reminders import is_reminder_relevant
from domain.users import User


class BookingMailComposer:
    """Composes mails about a booking, unless its status has changed since."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, calendars: Calendars) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._calendars = calendars

    async def __call__(self, mail_type: MailType, job: Job) -> ComposedMail | None:
        booking_id = BookingId(UUID(job.payload["booking_id"]))
        async with self._unit_of_work() as uow:
            booking = await uow.bookings.get(booking_id)
            if booking is None:
                return None
            user = await uow.users.get(booking.user_id)
            space = await uow.spaces.get(booking.space_id)
            refunds = await uow.refunds.of_booking(booking_id)
        if user is None or space is None or not self._is_current(mail_type, booking, user, job):
            return None
        content = BookingContent(
            booking=booking,
            space_name=space.name,
            # The refund of the same commit has the same time.
            refund=_sum(refund for refund in refunds if refund.decided_at == job.enqueued_at),
            calendar=self._calendar(mail_type, CalendarEntry(booking, space.name)),
        )
        return user, content

    def _is_current(self, mail_type: MailType, booking: Booking, user: User, job: Job) -> bool:
        match mail_type:
            case MailType.BOOKING_CANCELLED | MailType.BOOKING_UNPAID:
                return booking.status is BookingStatus.CANCELLED
            case MailType.REMINDER:
                is_same_start = booking.period.start.isoformat() == job.payload["start"]
                return is_same_start and is_reminder_relevant(booking, user, now=self._clock.now())
            case _:
                return booking.status in {BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN}

    def _calendar(self, mail_type: MailType, entry: CalendarEntry) -> bytes | None:
        if mail_type in {MailType.BOOKING_UNPAID, MailType.REMINDER} or entry.booking.lapsed:
            # Never confirmed, or in the calendar already.
            return None
        return self._calendars.write([entry])


def _sum(refunds: Iterable[Refund]) -> Money:
    return sum((refund.amount for refund in refunds), start=ZERO)
