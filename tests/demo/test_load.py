"""Demo data is loaded into a real PostgreSQL completely or not at all, and reads back unchanged."""

import dataclasses
from collections.abc import AsyncIterator
from time import process_time
from typing import Any

import asyncpg
import pytest

from adapters.postgres import PostgresDatabase
from adapters.postgres.mappers.booking import booking_from
from adapters.postgres.mappers.invoice import invoice_from
from adapters.postgres.mappers.occupancy_log import occupancy_log_from
from adapters.postgres.mappers.space import space_from
from adapters.postgres.mappers.subscription import subscription_from
from adapters.postgres.mappers.user import member_from, user_from
from adapters.postgres.schema.types import metadata
from application.ports.unit_of_work import Unavailable
from domain.house import Confirmation, House
from entrypoints.demo_data import DatabaseNotEmpty, DemoData, DemoPlan, generate, has_data, load
from tests.demo.sample_data import ISTANBUL, NOON, entities_by_table, small_demo_data

ENTITY_FROM_ROW = {
    "users": user_from,
    "members": member_from,
    "spaces": space_from,
    "subscriptions": subscription_from,
    "bookings": booking_from,
    "occupancy_logs": occupancy_log_from,
    "invoices": invoice_from,
}


@pytest.fixture
async def connection(
    empty_database_18: str,
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(empty_database_18)
    yield connection
    await connection.close()


async def stored(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[str, list[Any]]:
    """Return all entities in the database by table, in no particular order."""
    entities = {}
    for name, entity_from in ENTITY_FROM_ROW.items():
        columns = ", ".join(metadata.tables[name].columns.keys())
        entities[name] = [
            entity_from(row) for row in await connection.fetch(f"SELECT {columns} FROM {name}")
        ]
    return entities


def by_id(entities_by_name: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {
        name: sorted(entities, key=lambda entity: entity.id)
        for name, entities in entities_by_name.items()
    }


async def test_all_that_was_generated_is_in_the_database(
    empty_database_18: str,
    connection: "asyncpg.Connection[asyncpg.Record]",
    confirmation: Confirmation,
) -> None:
    demo = small_demo_data(House(timezone=ISTANBUL, confirmation=confirmation))
    await load(empty_database_18, demo)
    assert by_id(await stored(connection)) == by_id(entities_by_table(demo))


async def test_the_service_reads_back_what_was_loaded(
    empty_database_18: str, small: DemoData
) -> None:
    await load(empty_database_18, small)
    database = await PostgresDatabase.connect(empty_database_18, pool_size=1)
    async with database.unit_of_work() as uow:
        for booking in small.bookings[::20]:
            assert await uow.bookings.get(booking.id) == booking
        for space in small.spaces:
            assert await uow.spaces.get(space.id) == space
        for user in small.users[::10]:
            assert await uow.users.by_email(user.email) == user
    await database.close()


async def test_an_empty_database_has_no_data_and_a_loaded_one_has(
    empty_database_18: str, small: DemoData
) -> None:
    assert not await has_data(empty_database_18)
    await load(empty_database_18, small)
    assert await has_data(empty_database_18)


async def test_a_database_with_data_is_rejected_and_stays_unchanged(
    empty_database_18: str,
    connection: "asyncpg.Connection[asyncpg.Record]",
    small: DemoData,
    other_seed: DemoData,
) -> None:
    await load(empty_database_18, small)
    with pytest.raises(DatabaseNotEmpty):
        await load(empty_database_18, other_seed)
    assert by_id(await stored(connection)) == by_id(entities_by_table(small))


async def test_a_single_account_counts_as_data(
    empty_database_18: str, connection: "asyncpg.Connection[asyncpg.Record]", small: DemoData
) -> None:
    only_one_account = dataclasses.replace(
        small,
        users=small.users[:1],
        members=[],
        spaces=[],
        subscriptions=[],
        bookings=[],
        occupancy_logs=[],
        invoices=[],
    )
    await load(empty_database_18, only_one_account)
    with pytest.raises(DatabaseNotEmpty):
        await load(empty_database_18, small)
    assert (await stored(connection))["users"] == small.users[:1]


async def test_force_replaces_all_data(
    empty_database_18: str,
    connection: "asyncpg.Connection[asyncpg.Record]",
    small: DemoData,
    other_seed: DemoData,
) -> None:
    await load(empty_database_18, small)
    await load(empty_database_18, other_seed, force=True)
    assert by_id(await stored(connection)) == by_id(entities_by_table(other_seed))


async def test_a_constraint_violation_leaves_the_database_unchanged_even_with_force(
    empty_database_18: str, connection: "asyncpg.Connection[asyncpg.Record]", small: DemoData
) -> None:
    await load(empty_database_18, small)
    broken = dataclasses.replace(small, spaces=small.spaces[1:])
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await load(empty_database_18, broken, force=True)
    assert by_id(await stored(connection)) == by_id(entities_by_table(small))


async def test_the_planner_has_statistics_at_once(
    empty_database_18: str, connection: "asyncpg.Connection[asyncpg.Record]", small: DemoData
) -> None:
    await load(empty_database_18, small)
    row_estimate = await connection.fetchval(
        "SELECT reltuples FROM pg_class WHERE relname = 'bookings'"
    )
    assert row_estimate == len(small.bookings)


async def test_progress_is_reported_for_each_table(empty_database_18: str, small: DemoData) -> None:
    reported = {}
    await load(
        empty_database_18, small, lambda step, done, total: reported.update({step: (done, total)})
    )
    assert reported["Loading occupancy logs"] == (len(small.occupancy_logs),) * 2
    assert len(reported) == len(ENTITY_FROM_ROW) + len({"space history", "ledger entries"})


async def test_an_unreachable_server_raises_unavailable(small: DemoData) -> None:
    unreachable_dsn = "postgresql://cowork@127.0.0.1:1/nothing"
    with pytest.raises(Unavailable):
        await load(unreachable_dsn, small)
    with pytest.raises(Unavailable):
        await has_data(unreachable_dsn)


async def test_ten_thousand_bookings_are_loaded_within_ten_seconds(
    empty_database_18: str, connection: "asyncpg.Connection[asyncpg.Record]", house: House
) -> None:
    """CPU time, so that other load on the machine does not count."""
    started_at = process_time()
    demo = generate(DemoPlan(seed=4), house, now=NOON, password_hash="a hash")
    await load(empty_database_18, demo)
    assert process_time() - started_at < 10
    assert by_id(await stored(connection)) == by_id(entities_by_table(demo))
