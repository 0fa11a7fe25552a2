"""Enqueuing mails in the commit of the change that they report."""

from datetime import datetime
from uuid import UUID

from application.jobs.job import Job, JobId, job_id
from application.mails.mail import MailType
from application.ports.unit_of_work import UnitOfWork
from domain.bookings import Booking
from domain.reminders import reminder_key

MAIL = "mail"
"""The kind of these jobs."""


def enqueue_mail(
    uow: UnitOfWork, mail_type: MailType, which: str, *, at: datetime, **ids: UUID | str
) -> None:
    """Enqueue a mail about the objects in `ids`. `which` is unique within its type."""
    payload = {"occasion": mail_type.value} | {name: str(value) for name, value in ids.items()}
    uow.jobs.add(Job.new(MAIL, _subject(mail_type, which), payload, at=at))


def enqueue_booking_mail(
    uow: UnitOfWork, mail_type: MailType, booking: Booking, *, at: datetime
) -> None:
    """Enqueue a mail about the booking's latest change."""
    enqueue_mail(uow, mail_type, f"{booking.id}/{booking.version}", at=at, booking_id=booking.id)


def reminder_job_id(booking: Booking) -> JobId:
    """Return the id of the job that sends the booking's reminder: `mail/reminder/{id}/{epoch}`.

    `Bookings.due_reminders` looks for that job. The PostgreSQL adapter builds the same id in SQL.
    """
    return job_id(MAIL, _subject(MailType.REMINDER, reminder_key(booking)))


def _subject(mail_type: MailType, which: str) -> str:
    return f"{mail_type}/{which}"
