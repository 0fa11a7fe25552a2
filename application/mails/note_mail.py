"""Noting mails: the part of a use case that is in the same commit as what the mail tells of."""

from datetime import datetime
from uuid import UUID

from application.ports.jobs import Job
from application.ports.mailer import Occasion
from application.ports.unit_of_work import UnitOfWork
from domain.bookings import Booking

MAIL = "mail"
"""The kind of these jobs."""


def note_mail(
    uow: UnitOfWork, occasion: Occasion, which: str, *, at: datetime, **ids: UUID | str
) -> None:
    """A mail about what the ids name. `which` tells it from all others of its occasion."""
    payload = {"occasion": occasion.value} | {name: str(value) for name, value in ids.items()}
    uow.jobs.add(Job.new(MAIL, f"{occasion}/{which}", payload, at=at))


def note_booking_mail(
    uow: UnitOfWork, occasion: Occasion, booking: Booking, *, at: datetime
) -> None:
    """A mail about what has just become of a booking."""
    note_mail(uow, occasion, f"{booking.id}/{booking.version}", at=at, booking_id=booking.id)


def reminder_name(booking: Booking) -> str:
    """Which reminder it is: a booking that is moved gets another one.

    `Bookings.to_remind` looks for the job of that name, so PostgreSQL has to know it too.
    """
    return f"{booking.id}/{int(booking.period.start.timestamp())}"
