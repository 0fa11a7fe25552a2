"""Decorators that count mails, payment events, jobs and periodic tasks by their outcome."""

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
    JOBS,
    MAILS,
    STRIPE_EVENTS,
    TASK_ITEMS,
    TASK_RUNS,
)
from entrypoints.worker.tasks import PeriodicTask


class MeteredPaymentEvents:
    """Implements the port PaymentEvents; counts events."""

    def __init__(self, events: PaymentEvents) -> None:
        self._events = events

    def read(self, body: bytes, signature: str | None, *, at: datetime) -> PaymentEvent:
        """Read an event and count it. Events without a valid signature are not counted."""
        event = self._events.read(body, signature, at=at)
        STRIPE_EVENTS.labels(event.type if event.subject else "not_handled").inc()
        return event


class MeteredMailer:
    """Implements the port Mailer; counts attempts to send a mail."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def send(self, mail: Mail) -> None:
        """Send a mail and count it as sent, refused (permanently) or put off (temporarily)."""
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
    """Replace the container's mailer and job handlers by ones that count."""
    container.mailer.override(providers.Object(MeteredMailer(container.mailer())))
    use_cases = container.use_cases()
    use_cases.job_handlers = {
        kind: metered_job(kind, handler) for kind, handler in use_cases.job_handlers.items()
    }


def metered_job(kind: str, handler: JobHandler) -> JobHandler:
    """Return the handler, with its attempts counted by their outcome."""

    async def metered(job: Job) -> None:
        try:
            await handler(job)
        except PermanentFailure:
            JOBS.labels(kind, "impossible").inc()
            raise
        except BaseException:
            # An attempt that is cancelled by its timeout has failed too.
            JOBS.labels(kind, "failed").inc()
            raise
        JOBS.labels(kind, "done").inc()

    return metered


def meter_tasks(tasks: Iterable[PeriodicTask]) -> list[PeriodicTask]:
    """Return the tasks, with their runs counted by outcome, and the items they process."""
    return [replace(task, run=_metered_run(task.name, task.run)) for task in tasks]


def _metered_run(name: str, run: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
    async def metered() -> int:
        try:
            count = await run()
        except Exception:
            TASK_RUNS.labels(name, "failed").inc()
            raise
        TASK_RUNS.labels(name, "done").inc()
        TASK_ITEMS.labels(name).inc(count)
        return count

    return metered
