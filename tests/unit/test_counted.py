"""Metrics decorators pass calls through and count them by outcome."""

import asyncio
from datetime import timedelta
from typing import Any, cast

import pytest
from prometheus_client import REGISTRY

from application.jobs.job import Job, PermanentFailure
from application.mails.mail import Mail
from application.ports.mailer import MailDeferred, MailRejected
from entrypoints.observability.metrics.decorators import MeteredMailer, counted_job, meter_tasks
from entrypoints.worker.tasks import PeriodicTask


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


class Failing:
    """A mailer and job handler that raises the given error, or succeeds."""

    def __init__(self, failure: BaseException | None) -> None:
        self._failure = failure

    async def send(self, mail: Mail) -> None:
        if self._failure is not None:
            raise self._failure

    async def __call__(self, job: Job) -> None:
        await self.send(cast("Any", job))


async def ends_as_before(attempt: Any, failure: BaseException | None) -> None:
    if failure is None:
        await attempt
        return
    with pytest.raises(type(failure)):
        await attempt


@pytest.mark.parametrize(
    "failure, outcome",
    [(None, "sent"), (MailRejected("No."), "refused"), (MailDeferred("Not now."), "put_off")],
)
async def test_a_mail_is_counted_by_its_outcome(failure: Exception | None, outcome: str) -> None:
    before = counted("cowork_mails_total", outcome=outcome)
    await ends_as_before(MeteredMailer(Failing(failure)).send(cast("Any", None)), failure)
    assert counted("cowork_mails_total", outcome=outcome) == before + 1


@pytest.mark.parametrize(
    "failure, outcome",
    [
        (None, "done"),
        (PermanentFailure("Never."), "impossible"),
        (OSError("Away."), "failed"),
        (asyncio.CancelledError(), "failed"),
    ],
)
async def test_a_job_is_counted_by_its_outcome(failure: BaseException | None, outcome: str) -> None:
    labels = {"kind": "test", "outcome": outcome}
    before = counted("cowork_job_runs_total", **labels)
    await ends_as_before(counted_job("test", Failing(failure))(cast("Any", None)), failure)
    assert counted("cowork_job_runs_total", **labels) == before + 1


async def test_a_task_is_counted_with_the_number_of_items_it_processed() -> None:
    async def three() -> int:
        return 3

    [chore] = meter_tasks([PeriodicTask("test", three, timedelta(seconds=1))])
    rounds = counted("cowork_chore_runs_total", chore="test", outcome="done")
    items = counted("cowork_chore_items_total", chore="test")
    assert await chore.run() == 3
    assert counted("cowork_chore_runs_total", chore="test", outcome="done") == rounds + 1
    assert counted("cowork_chore_items_total", chore="test") == items + 3
