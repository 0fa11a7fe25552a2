"""Whatever is done in whatever order, memory and PostgreSQL agree and every invariant holds."""

import asyncio
import os
from functools import partial
from typing import cast

import asyncpg
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from adapters.postgres import PostgresDatabase
from tests.databases import DELETE_EVERYTHING
from tests.stateful.machine import BookingEngine

EXAMPLES = settings(max_examples=200, stateful_step_count=30)
"""For a normal run; the `soak` profile sets its own, far larger numbers."""


def test_memory_and_postgres_agree_on_everything(empty_database_18: str) -> None:
    is_soak = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
    with asyncio.Runner() as runner:
        database = runner.run(PostgresDatabase.connect(empty_database_18, pool_size=2))
        connection = runner.run(asyncpg.connect(empty_database_18))

        async def empty() -> PostgresDatabase:
            await connection.execute(DELETE_EVERYTHING)
            return database

        try:
            run_state_machine_as_test(
                # Any factory works, though the annotation asks for the class.
                cast("type[BookingEngine]", partial(BookingEngine, runner, empty)),
                settings=settings.get_profile("soak") if is_soak else EXAMPLES,
            )
        finally:
            runner.run(connection.close())
            runner.run(database.close())
