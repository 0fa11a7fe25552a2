"""Two services that are started with `--demo` on one new house make it once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import asyncpg
import pytest

from entrypoints import demo as demo_house
from entrypoints.cli import demo
from entrypoints.settings import Settings

BOOKINGS = 50


async def test_who_comes_second_takes_the_house_of_the_first(
    empty_database_18: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_looked, has_data = Barrier(2), demo_house.has_data

    async def has_data_when_both_look(dsn: str) -> bool:
        found = await has_data(dsn)
        both_have_looked.wait()
        return found

    monkeypatch.setattr(demo_house, "has_data", has_data_when_both_look)
    monkeypatch.setattr(demo, "_USUAL", demo_house.DemoPlan(bookings=BOOKINGS))
    with ThreadPoolExecutor(2) as services:
        list(services.map(demo.fill_if_empty, [empty_database_18] * 2, [Settings()] * 2))
    connection = await asyncpg.connect(empty_database_18)
    try:
        assert await connection.fetchval("SELECT count(*) FROM bookings") == BOOKINGS
    finally:
        await connection.close()
