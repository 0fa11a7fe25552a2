"""The demo house goes into a real PostgreSQL, whole or not at all, and comes out as it was."""

import dataclasses
from collections.abc import AsyncIterator
from time import process_time
from typing import Any

import asyncpg
import pytest

from adapters.postgres import PostgresDatabase, rows, tables
from application.ports.unit_of_work import Unavailable
from domain.house import Confirmation, House
from entrypoints.demo_data import DatabaseNotEmpty, DemoData, DemoPlan, generate, has_data, load
from tests.demo.houses import ISTANBUL, NOON, a_small_one, contents

READ = {
    "users": rows.user_from,
    "members": rows.member_from,
    "spaces": rows.space_from,
    "subscriptions": rows.subscription_from,
    "bookings": rows.booking_from,
    "occupancy_logs": rows.occupancy_log_from,
    "invoices": rows.invoice_from,
}


@pytest.fixture
async def connection(
    empty_database_18: str,
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(empty_database_18)
    yield connection
    await connection.close()


async def stored(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[str, list[Any]]:
    """Everything in the database, by table, in no particular order."""
    found = {}
    for name, entity_from in READ.items():
        columns = ", ".join(tables.metadata.tables[name].columns.keys())
        found[name] = [
            entity_from(tuple(row))
            for row in await connection.fetch(f"SELECT {columns} FROM {name}")
        ]
    return found


def by_id(houses: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: sorted(entities, key=lambda each: each.id) for name, entities in houses.items()}


async def test_all_that_was_generated_is_in_the_database(
    empty_database_18: str,
    connection: "asyncpg.Connection[asyncpg.Record]",
    confirmation: Confirmation,
) -> None:
    demo = a_small_one(House(timezone=ISTANBUL, confirmation=confirmation))
    await load(empty_database_18, demo)
    assert by_id(await stored(connection)) == by_id(contents(demo))


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


async def test_a_database_with_data_is_refused_and_left_alone(
    empty_database_18: str,
    connection: "asyncpg.Connection[asyncpg.Record]",
    small: DemoData,
    another: DemoData,
) -> None:
    await load(empty_database_18, small)
    with pytest.raises(DatabaseNotEmpty):
        await load(empty_database_18, another)
    assert by_id(await stored(connection)) == by_id(contents(small))


async def test_one_account_is_data_already(
    empty_database_18: str, connection: "asyncpg.Connection[asyncpg.Record]", small: DemoData
) -> None:
    nobody_but_staff = dataclasses.replace(
        small,
        users=small.users[:1],
        members=[],
        spaces=[],
        subscriptions=[],
        bookings=[],
        occupancy_logs=[],
        invoices=[],
    )
    await load(empty_database_18, nobody_but_staff)
    with pytest.raises(DatabaseNotEmpty):
        await load(empty_database_18, small)
    assert (await stored(connection))["users"] == small.users[:1]


async def test_by_force_another_house_takes_the_place_of_all_data(
    empty_database_18: str,
    connection: "asyncpg.Connection[asyncpg.Record]",
    small: DemoData,
    another: DemoData,
) -> None:
    await load(empty_database_18, small)
    await load(empty_database_18, another, force=True)
    assert by_id(await stored(connection)) == by_id(contents(another))


async def test_a_house_that_breaks_a_constraint_leaves_the_old_one_even_by_force(
    empty_database_18: str, connection: "asyncpg.Connection[asyncpg.Record]", small: DemoData
) -> None:
    await load(empty_database_18, small)
    broken = dataclasses.replace(small, spaces=small.spaces[1:])
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await load(empty_database_18, broken, force=True)
    assert by_id(await stored(connection)) == by_id(contents(small))


async def test_the_planner_knows_the_tables_at_once(
    empty_database_18: str, connection: "asyncpg.Connection[asyncpg.Record]", small: DemoData
) -> None:
    await load(empty_database_18, small)
    expected = await connection.fetchval(
        "SELECT reltuples FROM pg_class WHERE relname = 'bookings'"
    )
    assert expected == len(small.bookings)


async def test_progress_is_told_for_each_table(empty_database_18: str, small: DemoData) -> None:
    told = {}
    await load(
        empty_database_18, small, lambda what, done, total: told.update({what: (done, total)})
    )
    assert told["Loading occupancy logs"] == (len(small.occupancy_logs),) * 2
    assert len(told) == len(READ) + len({"space history", "ledger entries"})


async def test_a_server_that_is_away_is_unavailable(small: DemoData) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    with pytest.raises(Unavailable):
        await load(nowhere, small)
    with pytest.raises(Unavailable):
        await has_data(nowhere)


async def test_ten_thousand_bookings_are_there_in_ten_seconds(
    empty_database_18: str, connection: "asyncpg.Connection[asyncpg.Record]", house: House
) -> None:
    """Of the processor's time, so that what else the machine does is not in it."""
    begun = process_time()
    demo = generate(DemoPlan(seed=4), house, now=NOON, password_hash="a hash")
    await load(empty_database_18, demo)
    assert process_time() - begun < 10
    assert by_id(await stored(connection)) == by_id(contents(demo))
