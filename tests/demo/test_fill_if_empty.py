"""Two services that start with `--demo` on the same empty database load its data once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import asyncpg
import pytest

from entrypoints import demo_data
from entrypoints.cli import demo
from entrypoints.settings import Settings

BOOKINGS = 50


async def test_the_second_service_uses_the_data_of_the_first(
    empty_database_18: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_looked, has_data = Barrier(2), demo_data.has_data

    async def has_data_when_both_look(dsn: str) -> bool:
        result = await has_data(dsn)
        both_have_looked.wait()
        return result

    monkeypatch.setattr(demo_data, "has_data", has_data_when_both_look)
    monkeypatch.setattr(demo, "_DEFAULT_PLAN", demo_data.DemoPlan(bookings=BOOKINGS))
    with ThreadPoolExecutor(2) as services:
        list(services.map(demo.fill_if_empty, [empty_database_18] * 2, [Settings()] * 2))
    connection = await asyncpg.connect(empty_database_18)
    try:
        assert await connection.fetchval("SELECT count(*) FROM bookings") == BOOKINGS
    finally:
        await connection.close()
