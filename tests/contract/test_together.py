"""Batched reads: concurrent reads share a statement, and each caller gets its own result."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest

from adapters.postgres import PostgresDatabase
from adapters.postgres.engine.read_batcher import MAX_BATCH
from adapters.postgres.engine.statement_counter import begin_statement_count
from application.ports.unit_of_work import Unavailable, UnitOfWork
from domain.bookings import BookingStatus
from domain.ids import SpaceId
from tests.contract.conftest import Store
from tests.entities import (
    IDS,
    MONDAY,
    a_booking,
    a_member,
    a_session,
    a_space,
    a_subscription,
    a_user,
    a_zone,
    hours,
    save_all,
)

TOGETHER = 50

Reading = Callable[[UnitOfWork, SpaceId, float], Awaitable[Any]]
OWNER = a_user()


async def a_space_of(uow: UnitOfWork, space_id: SpaceId, _: float) -> Any:
    return await uow.spaces.get(space_id)


async def its_schedule(uow: UnitOfWork, space_id: SpaceId, hour: float) -> Any:
    schedule = await uow.schedules.get(space_id, hours(hour, hour + 3))
    return schedule and (schedule.space, set(schedule.occupations))


async def its_slot(uow: UnitOfWork, space_id: SpaceId, hour: float) -> Any:
    return await uow.schedules.slot(space_id, hours(hour, hour + 1), OWNER.id)


async def alternatives_window(uow: UnitOfWork, space_id: SpaceId, hour: float) -> Any:
    requested = hours(hour, hour + 1)
    result = await uow.schedules.around(space_id, requested, hours(0, 24), bookings=2)
    return result and (result[0].space, set(result[0].occupations), result[1])


async def a_house(store: Store) -> Sequence[SpaceId]:
    """Store spaces that differ in everything, and return their ids and an unknown one."""
    member = a_member(OWNER)
    rooms = [a_space(name="Harbour room"), a_zone(3), a_space(is_active=False)]
    bookings = [
        a_booking(OWNER, room, hours(start, start + 1 + n), status=status)
        for n, room in enumerate(rooms)
        for start, status in [(8, BookingStatus.CONFIRMED), (12 + n, BookingStatus.PENDING)]
    ]
    await save_all(store.unit_of_work, OWNER, member, a_subscription(member), *rooms, *bookings)
    return [*(room.id for room in rooms), SpaceId(IDS.new())]


@pytest.mark.parametrize("read", [a_space_of, its_schedule, its_slot, alternatives_window])
async def test_each_caller_gets_the_result_of_an_unbatched_read(
    store: Store, read: Reading
) -> None:
    spaces = await a_house(store)
    questions = [(spaces[n % len(spaces)], 6 + n % 11) for n in range(TOGETHER)]

    async def ask(space: SpaceId, hour: float) -> Any:
        async with store.unit_of_work() as uow:
            return await read(uow, space, hour)

    alone = [await ask(*question) for question in questions]
    assert len({repr(answer) for answer in alone}) >= len(spaces)
    assert await asyncio.gather(*(ask(*question) for question in questions)) == alone


@pytest.fixture
async def database(empty_database_18: str) -> AsyncIterator[PostgresDatabase]:
    database = await PostgresDatabase.connect(empty_database_18, pool_size=4)
    yield database
    await database.close()


async def ask_for_a_user(database: PostgresDatabase) -> None:
    user = a_user()
    assert await database.session_lookup.get(user.id, a_session(user).id, at=MONDAY) is None


async def test_concurrent_reads_share_one_connection(database: PostgresDatabase) -> None:
    max_in_use = 0

    async def counted() -> int:
        tally = begin_statement_count()
        await ask_for_a_user(database)
        return tally.statements

    async def watch() -> None:
        nonlocal max_in_use
        while True:
            max_in_use = max(max_in_use, database.usage().in_use)
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    # Unbatched, each of them would have read.
    assert await asyncio.gather(*(counted() for _ in range(MAX_BATCH))) == [1] * MAX_BATCH
    watching.cancel()
    assert max_in_use == 1
    assert database.usage().in_use == 0


async def test_a_cancelled_caller_does_not_affect_the_others(database: PostgresDatabase) -> None:
    asking = [asyncio.create_task(ask_for_a_user(database)) for _ in range(TOGETHER)]
    await asyncio.sleep(0)
    # The first and the last caller are among them.
    for gone in asking[::7]:
        gone.cancel()
    ended = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(error) for error in ended[::7]] == [asyncio.CancelledError] * len(ended[::7])
    del ended[::7]
    assert ended == [None] * len(ended)
    assert database.usage().in_use == 0


async def test_a_unit_of_work_with_a_lock_reads_on_its_own_connection(
    database: PostgresDatabase,
) -> None:
    room = a_space()
    await save_all(database.unit_of_work, room)
    async with database.unit_of_work() as uow:
        await uow.lock_space(room.id)
        assert await uow.spaces.get(room.id) == room
        assert database.usage().in_use == 1


async def test_each_caller_learns_that_the_database_is_unavailable() -> None:
    database = await PostgresDatabase.connect("postgresql://nobody@127.0.0.1:1/none", pool_size=4)
    asking = (ask_for_a_user(database) for _ in range(TOGETHER))
    ended = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(error) for error in ended} == {Unavailable}
    await database.close()
