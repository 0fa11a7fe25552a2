"""Writer: writes the mails of some occasions."""

from typing import Protocol
from uuid import UUID

from application.jobs.job import Job
from application.mails.mail import AccountContent, BookingContent, MailType, PlanContent
from domain.ids import UserId
from domain.users import User

ComposedMail = tuple[User, AccountContent | BookingContent | PlanContent]


class MailComposer(Protocol):
    """Writes the mails of some occasions."""

    async def __call__(self, occasion: MailType, job: Job) -> ComposedMail | None:
        """To whom, and about what as it stands now; None when there is no need of it any more."""
        ...


def _user_id(job: Job) -> UserId:
    return UserId(UUID(job.payload["user_id"]))
