"""MailComposer: recipient and content of a mail, from the current state."""

from typing import Protocol
from uuid import UUID

from application.jobs.job import Job
from application.mails.mail import AccountContent, BookingContent, MailType, PlanContent
from domain.ids import UserId
from domain.users import User

ComposedMail = tuple[User, AccountContent | BookingContent | PlanContent]


class MailComposer(Protocol):
    """Composes mails of some types."""

    async def __call__(self, mail_type: MailType, job: Job) -> ComposedMail | None:
        """Return recipient and content as of now; None when the mail is obsolete."""
        ...


def user_id_of(job: Job) -> UserId:
    """Return the user that the job's payload names."""
    return UserId(UUID(job.payload["user_id"]))
