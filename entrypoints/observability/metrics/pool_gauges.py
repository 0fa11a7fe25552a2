"""Gauges of the database connection pools of this process."""

import asyncio
from collections.abc import Mapping
from typing import Protocol

from entrypoints.observability.metrics.instruments import POOL_IN_USE, POOL_SIZE, POOL_WAITING

INTERVAL_SECONDS = 1.0


class PoolUsage(Protocol):
    """The usage of a pool at one moment."""

    @property
    def in_use(self) -> int:
        """Connections in use."""

    @property
    def size(self) -> int:
        """Maximum number of connections."""

    @property
    def waiting(self) -> int:
        """Units of work that wait for a connection."""


class Pooled(Protocol):
    """A database with a connection pool."""

    def usage(self) -> PoolUsage:
        """Return the current usage of the pool."""


async def record_pool_usage(databases: Mapping[str, Pooled]) -> None:
    """Set the gauges of each named pool once per INTERVAL_SECONDS, until cancelled."""
    while True:
        for name, database in databases.items():
            usage = database.usage()
            POOL_IN_USE.labels(name).set(usage.in_use)
            POOL_SIZE.labels(name).set(usage.size)
            POOL_WAITING.labels(name).set(usage.waiting)
        await asyncio.sleep(INTERVAL_SECONDS)
