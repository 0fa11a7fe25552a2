"""SendMail: compose an enqueued mail and send it."""

from application.jobs.job import Job
from application.mails.mail import Mail, MailType, Recipient
from application.mails.mail_composer import MailComposer
from application.ports.clock import Clock
from application.ports.mailer import Mailer


class SendMail:
    """Handle the jobs of `enqueue_mail`: compose the mail from the current state and send it.

    Sends nothing when the mail is obsolete. A mail whose delivery is unknown is sent again with the
    same key, the id of the job, so that the recipient's server can recognize it. No unit of work is
    open during the delivery. Raises MailRejected and MailDeferred.
    """

    def __init__(
        self,
        clock: Clock,
        mailer: Mailer,
        accounts: MailComposer,
        bookings: MailComposer,
        plans: MailComposer,
    ) -> None:
        self._clock = clock
        self._mailer = mailer
        self._composers = {
            MailType.WELCOME: accounts,
            MailType.PASSWORD_RESET: accounts,
            MailType.BOOKING_CONFIRMED: bookings,
            MailType.BOOKING_CHANGED: bookings,
            MailType.BOOKING_CANCELLED: bookings,
            MailType.BOOKING_UNPAID: bookings,
            MailType.REMINDER: bookings,
            MailType.PAYMENT_FAILED: plans,
            MailType.PLAN_STARTED: plans,
            MailType.PLAN_CHANGED: plans,
            MailType.PLAN_ENDED: plans,
        }

    async def __call__(self, job: Job) -> None:
        mail_type = MailType(job.payload["occasion"])
        composed = await self._composers[mail_type](mail_type, job)
        if composed is None:
            return
        user, content = composed
        recipient = Recipient(address=user.email, full_name=user.full_name, locale=user.locale)
        await self._mailer.send(
            Mail(
                key=job.id,
                type=mail_type,
                to=recipient,
                content=content,
                written_at=self._clock.now(),
            )
        )
