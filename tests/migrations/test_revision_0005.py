"""Revision 0005 creates the history of each space: its current state, since its creation."""

import json
from dataclasses import replace

import asyncpg

from adapters.postgres.engine.dsn import for_asyncpg
from migrations.runner import downgrade, upgrade
from tests.entities import HOUR, MONDAY, a_space, a_zone

UPDATED_AT = MONDAY + 5 * HOUR
ROOM = a_space(version=3, updated_at=UPDATED_AT)
ZONE = a_zone(8)
CLOSED = replace(a_zone(4), is_active=False, version=2, updated_at=UPDATED_AT)
HOURS = json.dumps({"monday": [["09:00", "17:00"]]})

INSERT_SPACE = """
INSERT INTO spaces (id, name, description, space_type, capacity, hourly_rate_cents, amenities,
    opening_hours, is_active, version, created_at, updated_at)
VALUES ($1, $2, '', $3, $4, 1250, '{}', $5, $6, $7, $8, $9)
"""
HISTORY = """
SELECT version, since, desks, opening_hours, is_active FROM space_history
WHERE space_id = $1 ORDER BY version
"""


async def test_existing_spaces_get_a_history_since_their_creation(
    bare_dsn: str,
) -> None:
    await upgrade(bare_dsn, "0004")
    connection = await asyncpg.connect(for_asyncpg(bare_dsn))
    try:
        for space, opening_hours in ((ROOM, HOURS), (ZONE, None), (CLOSED, None)):
            await connection.execute(
                INSERT_SPACE,
                space.id,
                space.name,
                space.space_type.value,
                space.capacity,
                opening_hours,
                space.is_active,
                space.version,
                space.created_at,
                space.updated_at,
            )
        await upgrade(bare_dsn)
        room, zone, closed = [
            [tuple(row) for row in await connection.fetch(HISTORY, space.id)]
            for space in (ROOM, ZONE, CLOSED)
        ]
        await downgrade(bare_dsn, "0004")
        assert await connection.fetchval("SELECT count(*) FROM spaces") == 3
    finally:
        await connection.close()
    assert room == [(3, MONDAY, 1, HOURS, True)]
    assert zone == [(1, MONDAY, 8, None, True)]
    # Assumed closed since the last update, and open before.
    assert closed == [(0, MONDAY, 4, None, True), (2, UPDATED_AT, 4, None, False)]
