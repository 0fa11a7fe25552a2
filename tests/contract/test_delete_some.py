"""What deletes a batch at a time keeps to it, however PostgreSQL chooses to go about it."""

import asyncpg
import pytest
import sqlalchemy as sa

from adapters.postgres.engine.dsn import for_asyncpg
from adapters.postgres.engine.statement import delete_some
from adapters.postgres.schema.identity import throttles
from tests.entities import MONDAY

_ROWS = "INSERT INTO throttles SELECT n::text, $1, 0, 0 FROM generate_series(1, 9) n"
_NESTED_LOOPS = "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_hashagg = off; \
SET enable_sort = off; SET enable_material = off"


@pytest.mark.parametrize("version", [18, 15])
async def test_no_plan_deletes_more_than_is_asked_for(
    request: pytest.FixtureRequest, version: int
) -> None:
    connection = await asyncpg.connect(
        for_asyncpg(request.getfixturevalue(f"empty_database_{version}"))
    )
    statement = delete_some(throttles, throttles.c.failed == sa.literal_column("0"))
    try:
        await connection.execute(_ROWS, MONDAY)
        await connection.execute(_NESTED_LOOPS)
        deleted = await connection.fetch(statement.sql, *statement.arguments({"limit": 2}))
    finally:
        await connection.close()
    assert len(deleted) == 2
