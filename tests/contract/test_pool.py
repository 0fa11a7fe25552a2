"""Database connections survive cancelled tasks and restarted servers."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import asyncpg
import pytest

from adapters.embedded import EmbeddedPostgres
from adapters.postgres import PostgresDatabase
from adapters.postgres.engine.dsn import for_sqlalchemy
from application.ports.unit_of_work import Unavailable
from tests.contract.conftest import POSTGRES_VERSIONS, postgres_dsn
from tests.database_pool import POOL_SIZE
from tests.embedded.conftest import kill_server
from tests.entities import MONDAY, a_booking, a_space, a_user, hours, save_all

CANCELLED = 200
BOUND_SECONDS = 30
OWNER = a_user()
ROOM = a_space()


@pytest.fixture(params=POSTGRES_VERSIONS)
def address(request: pytest.FixtureRequest) -> str:
    return postgres_dsn(request, request.param)


@pytest.fixture
async def database(address: str) -> AsyncIterator[PostgresDatabase]:
    database = await PostgresDatabase.connect(address, pool_size=POOL_SIZE)
    yield database
    async with asyncio.timeout(BOUND_SECONDS):
        await database.close()


async def use(database: PostgresDatabase) -> None:
    """Run a unit of work with every kind of statement."""
    async with database.unit_of_work() as uow:
        await uow.spaces.get(ROOM.id)
        await uow.lock_space(ROOM.id)
        uow.spaces.save(ROOM.changed(at=MONDAY, name="Never so"))
        uow.bookings.add(a_booking(OWNER, ROOM, hours(9, 10)), space=ROOM)
        await uow.schedules.get(ROOM.id, hours(0, 24))
        # Never stored: the version of the space differs from the one the booking was decided on.
        await uow.commit()


async def states_of(address: str) -> list[str]:
    """Return the states of all other connections to the database."""
    connection = await asyncpg.connect(address)
    try:
        rows = await connection.fetch(
            "SELECT state FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return [row["state"] for row in rows]
    finally:
        await connection.close()


async def all_connections_read(database: PostgresDatabase) -> None:
    """Read on every connection of the pool at the same time."""
    all_acquired = asyncio.Barrier(POOL_SIZE)

    async def read() -> None:
        async with database.unit_of_work() as uow:
            assert await uow.spaces.get(ROOM.id) == ROOM
            await all_acquired.wait()
            assert await uow.users.get(OWNER.id) == OWNER

    async with asyncio.timeout(BOUND_SECONDS):
        await asyncio.gather(*(read() for _ in range(POOL_SIZE)))


async def test_cancelled_units_of_work_use_up_no_connection_and_leave_none_in_a_transaction(
    database: PostgresDatabase, address: str
) -> None:
    await save_all(database.unit_of_work, OWNER, ROOM)
    random = Random(5)

    async def cancelled_somewhere() -> bool:
        task = asyncio.create_task(use(database))
        # Sometimes before the first statement, mostly during one.
        for _ in range(random.randrange(12)):
            await asyncio.sleep(random.choice((0, 0, 0.001, 0.003)))
        task.cancel()
        (outcome,) = await asyncio.gather(task, return_exceptions=True)
        return isinstance(outcome, asyncio.CancelledError)

    async with asyncio.timeout(BOUND_SECONDS):
        outcomes = [
            await cancelled
            for cancelled in asyncio.as_completed([cancelled_somewhere() for _ in range(CANCELLED)])
        ]
    assert sum(outcomes) > CANCELLED / 2
    await all_connections_read(database)
    # A server process whose client has terminated the connection notices that only when its
    # statement ends, after at most `lock_timeout`.
    async with asyncio.timeout(BOUND_SECONDS):
        while set(await states_of(address)) != {"idle"}:  # noqa: ASYNC110 - the state is remote
            await asyncio.sleep(0.05)
    assert len(await states_of(address)) <= POOL_SIZE


async def test_a_client_that_disconnects_while_waiting_for_a_lock_frees_its_connection(
    database: PostgresDatabase, address: str
) -> None:
    await save_all(database.unit_of_work, OWNER, ROOM)
    async with database.unit_of_work() as holder:
        await holder.lock_space(ROOM.id)
        waiting = [asyncio.create_task(use(database)) for _ in range(POOL_SIZE - 1)]
        await asyncio.sleep(0.2)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    await all_connections_read(database)
    assert set(await states_of(address)) == {"idle"}


async def test_a_statement_that_times_out_blocks_no_later_one(
    database: PostgresDatabase, address: str
) -> None:
    await save_all(database.unit_of_work, OWNER, ROOM)
    impatient = await PostgresDatabase.connect(address, pool_size=1, response_timeout=0.3)

    async def in_time() -> bool:
        async with impatient.unit_of_work() as uow:
            await uow.lock_space(ROOM.id)
            return True

    async with asyncio.timeout(BOUND_SECONDS):
        async with database.unit_of_work() as holder:
            await holder.lock_space(ROOM.id)
            # The second one waits for the only connection as well.
            failed = await asyncio.gather(in_time(), in_time(), return_exceptions=True)
            assert [type(failure) for failure in failed] == [Unavailable, Unavailable]
        assert await in_time()
        await impatient.close()
    await all_connections_read(database)
    assert set(await states_of(address)) == {"idle"}


async def test_both_forms_of_the_dsn_are_accepted(address: str) -> None:
    for written in (address, for_sqlalchemy(address)):
        database = await PostgresDatabase.connect(written, pool_size=1)
        await database.ping()
        await database.close()


async def test_connections_closed_by_the_server_are_replaced(
    database: PostgresDatabase, address: str
) -> None:
    await save_all(database.unit_of_work, OWNER, ROOM)
    await all_connections_read(database)
    connection = await asyncpg.connect(address)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()
    assert await failures_until_it_works(database) <= POOL_SIZE
    await all_connections_read(database)


async def test_a_killed_server_is_unavailable_and_usable_again_once_it_is_back(
    data_directory: Path,
) -> None:
    settings = {"fsync": "off"}
    async with EmbeddedPostgres(data_directory, settings=settings, is_temporary=True) as server:
        database = await PostgresDatabase.connect(server.dsn, pool_size=POOL_SIZE)
        await save_all(database.unit_of_work, OWNER, ROOM)
        await all_connections_read(database)
        kill_server(data_directory)
        while True:
            try:
                await database.ping()
            except Unavailable:
                break
        server.restart_if_dead()
        assert await failures_until_it_works(database) <= POOL_SIZE
        await all_connections_read(database)
        await database.close()


async def failures_until_it_works(database: PostgresDatabase) -> int:
    """Return how many reads raise `Unavailable` before one succeeds."""
    async with asyncio.timeout(BOUND_SECONDS):
        for failures in range(10 * POOL_SIZE):
            try:
                async with database.unit_of_work() as uow:
                    assert await uow.spaces.get(ROOM.id) == ROOM
            except Unavailable:
                await asyncio.sleep(0)
            else:
                return failures
    raise AssertionError("It never works again.")
