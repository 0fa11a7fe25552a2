"""SendMail: writes a noted mail, if there is still something to write, and sends it."""

from application.jobs.job import Job
from application.mails.mail import Mail, MailType, Recipient
from application.mails.mail_composer import MailComposer
from application.ports.clock import Clock
from application.ports.mailer import Mailer


class SendMail:
    """The handler of the jobs that `enqueue_mail` makes.

    A mail is sent again when nobody can tell whether it was; it is then recognisable, because its
    key is the job's id. No unit of work is open while it is being sent. Raises MailRejected and
    MailDeferred.
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
        self._writers = {
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
        occasion = MailType(job.payload["occasion"])
        written = await self._writers[occasion](occasion, job)
        if written is None:
            return
        user, about = written
        recipient = Recipient(address=user.email, full_name=user.full_name, locale=user.locale)
        await self._mailer.send(
            Mail(
                key=job.id,
                occasion=occasion,
                to=recipient,
                about=about,
                written_at=self._clock.now(),
            )
        )
