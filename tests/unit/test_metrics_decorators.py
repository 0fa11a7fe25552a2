"""Metrics decorators pass calls through and count them by outcome."""

import asyncio
from datetime import timedelta
from typing import Any, cast

import pytest
from prometheus_client import REGISTRY

from application.jobs.job import Job, PermanentFailure
from application.mails.mail import Mail
from application.ports.mailer import MailDeferred, MailRejected
from entrypoints.observability.metrics.decorators import MeteredMailer, meter_tasks, metered_job
from entrypoints.worker.tasks import PeriodicTask


def sample(name: str, **labels: str) -> float:
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


async def assert_same_outcome(attempt: Any, failure: BaseException | None) -> None:
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
    before = sample("cowork_mails_total", outcome=outcome)
    await assert_same_outcome(MeteredMailer(Failing(failure)).send(cast("Any", None)), failure)
    assert sample("cowork_mails_total", outcome=outcome) == before + 1


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
    before = sample("cowork_job_runs_total", **labels)
    await assert_same_outcome(metered_job("test", Failing(failure))(cast("Any", None)), failure)
    assert sample("cowork_job_runs_total", **labels) == before + 1


async def test_a_task_is_counted_with_the_number_of_items_it_processed() -> None:
    async def three() -> int:
        return 3

    [task] = meter_tasks([PeriodicTask("test", three, timedelta(seconds=1))])
    runs = sample("cowork_chore_runs_total", chore="test", outcome="done")
    items = sample("cowork_chore_items_total", chore="test")
    assert await task.run() == 3
    assert sample("cowork_chore_runs_total", chore="test", outcome="done") == runs + 1
    assert sample("cowork_chore_items_total", chore="test") == items + 3
