"""Whichever process fails, every booking's mail is delivered, and none of a rolled-back booking.

Real workers, a real SMTP server and a real PostgreSQL are stopped and restarted during the test.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from entrypoints.worker.tasks import JOB_CONCURRENCY
from tests.faults.mail_system import TIMEOUT_SECONDS, MailSystem, run_mail_system


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """The number of faults during the bookings."""

    kills: int
    restarts: int
    outages: int


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(FaultPlan(kills=2, restarts=1, outages=1), id="a few"),
        pytest.param(FaultPlan(kills=50, restarts=5, outages=5), id="many", marks=pytest.mark.soak),
    ],
)
async def test_every_mail_is_delivered_except_those_of_rolled_back_bookings(
    data_directory: Path, plan: FaultPlan
) -> None:
    async with run_mail_system(data_directory) as system:
        stop = asyncio.Event()
        booking = asyncio.create_task(system.book(stop))
        for fault in range(plan.kills):
            await system.kill_worker()
            if fault < plan.outages:
                await system.close_mail_server()
                await asyncio.sleep(1)
                await system.open_mail_server()
            if fault < plan.restarts:
                await system.restart_postgres()
        stop.set()
        await booking
        await wait_until_idle(system)
        attempts = await system.attempts()
        delivered = system.delivered()

    assert len(attempts) == len(system.booked)
    assert system.rolled_back
    assert set(delivered) == set(attempts)
    duplicates = [mail for mail, times in delivered.items() if times > 1]
    # Only a mail in progress when its worker, PostgreSQL or the mail server failed can have been
    # sent without being recorded.
    assert all(attempts[mail] > 1 for mail in duplicates)
    assert len(duplicates) <= (plan.kills + plan.restarts + plan.outages) * JOB_CONCURRENCY
    print(f"{len(attempts)} mails, {plan.kills} kills, {len(duplicates)} duplicates")  # noqa: T201 - a measured figure


async def wait_until_idle(system: MailSystem) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not await system.is_idle():  # noqa: ASYNC110 - other processes cannot notify
            await asyncio.sleep(0.2)
