"""SendMail: writes a noted mail, if there is still something to write, and sends it."""

from application.mails.writers import Writer
from application.ports.clock import Clock
from application.ports.jobs import Job
from application.ports.mailer import Mail, Mailer, Occasion, Recipient


class SendMail:
    """The handler of the jobs that `note_mail` makes.

    A mail is sent again when nobody can tell whether it was; it is then recognisable, because its
    key is the job's id. No unit of work is open while it is being sent. Raises MailRefused and
    MailPutOff.
    """

    def __init__(
        self, clock: Clock, mailer: Mailer, accounts: Writer, bookings: Writer, plans: Writer
    ) -> None:
        self._clock = clock
        self._mailer = mailer
        self._writers = {
            Occasion.WELCOME: accounts,
            Occasion.PASSWORD_RESET: accounts,
            Occasion.BOOKING_CONFIRMED: bookings,
            Occasion.BOOKING_CHANGED: bookings,
            Occasion.BOOKING_CANCELLED: bookings,
            Occasion.BOOKING_UNPAID: bookings,
            Occasion.REMINDER: bookings,
            Occasion.PAYMENT_FAILED: plans,
            Occasion.PLAN_STARTED: plans,
            Occasion.PLAN_CHANGED: plans,
            Occasion.PLAN_ENDED: plans,
        }

    async def __call__(self, job: Job) -> None:
        occasion = Occasion(job.payload["occasion"])
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
