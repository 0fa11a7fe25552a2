"""Pools of connections, looked at once a second by each process that has some."""

import asyncio
from collections.abc import Mapping

from adapters.postgres import PostgresDatabase
from entrypoints.observability.metrics.instruments import POOL_IN_USE, POOL_SIZE, POOL_WAITING

LOOK_SECONDS = 1.0


async def watch_pools(databases: Mapping[str, PostgresDatabase]) -> None:
    """Note how they are used, by their names, until it is cancelled."""
    while True:
        for name, database in databases.items():
            usage = database.usage()
            POOL_IN_USE.labels(name).set(usage.in_use)
            POOL_SIZE.labels(name).set(usage.size)
            POOL_WAITING.labels(name).set(usage.waiting)
        await asyncio.sleep(LOOK_SECONDS)
