"""Ports, jobs and chores that count what goes through them, and are otherwise what they wrap."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime

from dependency_injector import providers

from application.jobs.job import Job, JobHandler, PermanentFailure
from application.mails.mail import Mail
from application.ports.mailer import Mailer, MailRejected
from application.ports.payment_events import PaymentEvent, PaymentEvents
from entrypoints.container import Container
from entrypoints.observability.metrics.instruments import (
    CHORE_ITEMS,
    CHORES,
    JOBS,
    MAILS,
    STRIPE_EVENTS,
)
from entrypoints.worker.tasks import PeriodicTask


class MeteredPaymentEvents:
    """The port PaymentEvents."""

    def __init__(self, events: PaymentEvents) -> None:
        self._events = events

    def read(self, body: bytes, signature: str | None, *, at: datetime) -> PaymentEvent:
        """Count only what Stripe has signed: anybody may send anything else."""
        event = self._events.read(body, signature, at=at)
        STRIPE_EVENTS.labels(event.type if event.subject else "not_handled").inc()
        return event


class MeteredMailer:
    """The port Mailer."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def send(self, mail: Mail) -> None:
        """Count the mail as sent, refused, or put off."""
        try:
            await self._mailer.send(mail)
        except MailRejected:
            MAILS.labels("refused").inc()
            raise
        except Exception:
            MAILS.labels("put_off").inc()
            raise
        MAILS.labels("sent").inc()


def meter_jobs_and_mails(container: Container) -> None:
    """Count the container's jobs and mails from now on."""
    container.mailer.override(providers.Object(MeteredMailer(container.mailer())))
    use_cases = container.use_cases()
    use_cases.job_handlers = {
        kind: counted_job(kind, handler) for kind, handler in use_cases.job_handlers.items()
    }


def counted_job(kind: str, handler: JobHandler) -> JobHandler:
    """The handler, its attempts counted by how they ended."""

    async def counted(job: Job) -> None:
        try:
            await handler(job)
        except PermanentFailure:
            JOBS.labels(kind, "impossible").inc()
            raise
        except BaseException:
            # Broken off after too long is failed as well.
            JOBS.labels(kind, "failed").inc()
            raise
        JOBS.labels(kind, "done").inc()

    return counted


def meter_tasks(chores: Iterable[PeriodicTask]) -> list[PeriodicTask]:
    """The same chores, their rounds counted by whether they failed, and what they found to do."""
    return [replace(chore, run=_counted(chore.name, chore.run)) for chore in chores]


def _counted(name: str, run: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
    async def counted() -> int:
        try:
            count = await run()
        except Exception:
            CHORES.labels(name, "failed").inc()
            raise
        CHORES.labels(name, "done").inc()
        CHORE_ITEMS.labels(name).inc(count)
        return count

    return counted
