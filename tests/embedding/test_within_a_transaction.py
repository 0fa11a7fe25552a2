"""The café of docs/embedding.md, whose orders and bookings stand or fall together."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from adapters.postgres import PostgresDatabase, units_of_work_in_transaction
from application.ports.unit_of_work import Stale
from tests.embedding.conftest import Environment, load_example
from tests.entities import HOUR, a_booking, a_member, a_space, a_user, given, hours
from tests.wall_clock import hour_in

SLOT = hour_in(days=100)


@dataclass(frozen=True, slots=True)
class Cafe:
    """The running service, and the rows behind it."""

    client: httpx.AsyncClient
    pool: Any
    order: dict[str, Any]

    async def wants(self, start: datetime, *, cups: int = 2) -> httpx.Response:
        hour = {"start_time": start.isoformat(), "end_time": (start + HOUR).isoformat()}
        return await self.client.post("/orders", json=self.order | hour | {"cups": cups})

    async def rows(self) -> tuple[int, int]:
        """How many bookings and how many orders there are."""
        bookings = await self.pool.fetchval("SELECT count(*) FROM bookings")
        return bookings, await self.pool.fetchval("SELECT count(*) FROM coffee")


@pytest.fixture
def program(
    empty_database_18: str,
    base_install: Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> ModuleType:
    monkeypatch.setenv("DATABASE_URL", empty_database_18)
    monkeypatch.syspath_prepend(base_install.packages)
    return load_example("In your service's transaction", tmp_path / "cafe.py")


@pytest.fixture
async def cafe(program: ModuleType, empty_database_18: str) -> AsyncIterator[Cafe]:
    database = await PostgresDatabase.connect(empty_database_18, pool_size=1)
    room, guest = a_space(), a_user()
    await given(database.unit_of_work, room, guest, a_member(guest))
    await database.close()
    async with program.app.router.lifespan_context(program.app):
        transport = httpx.ASGITransport(app=program.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://cafe") as client:
            order = {"space_id": str(room.id), "user_id": str(guest.id)}
            yield Cafe(client, program.app.state.pool, order)


async def test_an_order_and_its_booking_are_there_together(cafe: Cafe) -> None:
    assert (await cafe.wants(SLOT)).status_code == 201
    assert await cafe.rows() == (1, 1)


async def test_when_the_slot_is_taken_there_is_no_order(cafe: Cafe) -> None:
    await cafe.wants(SLOT)
    refused = await cafe.wants(SLOT + HOUR / 2)
    assert (refused.status_code, refused.json()) == (409, {"code": "booking_conflict"})
    assert await cafe.rows() == (1, 1)


async def test_when_the_order_fails_there_is_no_booking(cafe: Cafe) -> None:
    assert (await cafe.wants(SLOT, cups=0)).status_code == 422
    assert await cafe.rows() == (0, 0)


async def test_of_many_orders_for_one_slot_exactly_one_succeeds(cafe: Cafe) -> None:
    answers = await asyncio.gather(*(cafe.wants(SLOT) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert await cafe.rows() == (1, 1)


async def test_a_unit_of_work_that_fails_leaves_the_transaction_as_it_was(cafe: Cafe) -> None:
    async with cafe.pool.acquire() as connection:
        async with connection.transaction():
            await connection.execute("INSERT INTO coffee VALUES (NULL, 1)")
            units_of_work = units_of_work_in_transaction(connection)
            room, guest = a_space(), a_user()
            await given(units_of_work, room, guest)
            await given(units_of_work, a_booking(guest, room, hours(9, 10)))
            with pytest.raises(Stale):
                await given(units_of_work, a_booking(guest, room, hours(9, 10)))
        assert await cafe.rows() == (1, 1)


async def test_what_was_committed_within_is_gone_when_the_transaction_is_rolled_back(
    cafe: Cafe,
) -> None:
    async with cafe.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await given(units_of_work_in_transaction(connection), a_space())
        await transaction.rollback()
    assert await cafe.pool.fetchval("SELECT count(*) FROM spaces") == 1
