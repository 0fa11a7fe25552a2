"""Whatever is killed, each mail of a booking arrives, and none of one that was rolled back.

Against real workers, a real mail server and a real PostgreSQL, all of which go away meanwhile.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from entrypoints.worker import LANES
from tests.faults.mail_house import LONGEST_SECONDS, House, a_house


@dataclass(frozen=True, slots=True)
class Plan:
    """How often something is taken away while people book."""

    kills: int
    restarts: int
    outages: int


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(Plan(kills=2, restarts=1, outages=1), id="a few"),
        pytest.param(Plan(kills=50, restarts=5, outages=5), id="many", marks=pytest.mark.soak),
    ],
)
async def test_every_mail_arrives_and_none_of_what_was_rolled_back(
    data_directory: Path, plan: Plan
) -> None:
    async with a_house(data_directory) as house:
        is_enough = asyncio.Event()
        booking = asyncio.create_task(house.book(is_enough))
        for trouble in range(plan.kills):
            await house.kill_worker()
            if trouble < plan.outages:
                await house.close_mail_server()
                await asyncio.sleep(1)
                await house.open_mail_server()
            if trouble < plan.restarts:
                await house.restart_postgres()
        is_enough.set()
        await booking
        await all_done(house)
        attempts = await house.attempts()
        arrived = house.arrived()

    assert len(attempts) == len(house.booked)
    assert house.rolled_back
    assert set(arrived) == set(attempts)
    twice = [one for one, times in arrived.items() if times > 1]
    # Only a mail that a worker had in hand when it was killed, or when PostgreSQL or the mail
    # server went, can have been sent without its word.
    assert all(attempts[one] > 1 for one in twice)
    assert len(twice) <= (plan.kills + plan.restarts + plan.outages) * LANES
    print(f"{len(attempts)} mails, {plan.kills} kills, {len(twice)} twice")  # noqa: T201 - for who measures


async def all_done(house: House) -> None:
    async with asyncio.timeout(LONGEST_SECONDS):
        while not await house.is_all_done():  # noqa: ASYNC110 - other processes tell of nothing
            await asyncio.sleep(0.2)
