"""Callers are looked up together, and one who cannot be looked up is no worse off for that."""

import asyncio

import pytest

from adapters.postgres import PostgresDatabase
from adapters.postgres.tally import begin_tally
from application.ports.unit_of_work import Unavailable
from tests.entities import MONDAY, a_session, a_user

TOGETHER = 50


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_all_who_ask_in_one_moment_take_one_connection(empty_database_18: str) -> None:
    database = await PostgresDatabase.connect(empty_database_18, pool_size=4)
    most = 0

    async def ask() -> int:
        tally = begin_tally()
        user = a_user()
        await database.log_ins.signed_in(user.id, a_session(user).id, at=MONDAY)
        return tally.statements

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, database.usage().in_use)
            await asyncio.sleep(0)

    try:
        watching = asyncio.create_task(watch())
        counted = await asyncio.gather(*(ask() for _ in range(TOGETHER)))
        watching.cancel()
        assert most == 1
        # Each of them would have had to ask.
        assert counted == [1] * TOGETHER
        assert database.usage().in_use == 0
    finally:
        await database.close()


async def test_a_database_that_is_away_is_told_to_each_of_them() -> None:
    database = await PostgresDatabase.connect("postgresql://nobody@127.0.0.1:1/none", pool_size=4)
    user = a_user()
    session = a_session(user)
    asking = (database.log_ins.signed_in(user.id, session.id, at=MONDAY) for _ in range(TOGETHER))
    ended = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(one) for one in ended} == {Unavailable}
    await database.close()
