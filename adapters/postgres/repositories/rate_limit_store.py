"""PostgresRateLimitStore: counts of attempts, shared by all processes."""

import asyncio
import math
from datetime import datetime
from typing import Any, Final
from weakref import WeakValueDictionary

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.engine.pool import ConnectionPool
from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import AFFECTED_ROW, Statement, delete_some
from adapters.postgres.schema.identity import throttles
from application.ports.rate_limit_store import Attempt, RateLimit
from domain.errors import RateLimited

MAX_WAIT_SECONDS: Final = 3
_POLL_SECONDS: Final = 0.02


def _count() -> Statement:
    """Count in the current window or start a new one; returns no row when the limit is reached.

    The row's lock serializes concurrent attempts of one key; each sees the count of the previous
    one. A window without counts is replaced by a new one.
    """
    row = {
        name: sa.bindparam(name, type_=throttles.c[name].type)
        for name in ("key", "window_ends_at", "failed", "open")
    }
    insert = pg.insert(throttles).values(row)
    added, total = insert.excluded, throttles.c.failed + throttles.c.open
    is_over = sa.or_(
        throttles.c.window_ends_at <= sa.bindparam("at", type_=throttles.c.window_ends_at.type),
        total == sa.literal_column("0"),
    )
    return Statement(
        insert.on_conflict_do_update(
            index_elements=[throttles.c.key],
            set_={
                "window_ends_at": sa.case(
                    (is_over, added.window_ends_at), else_=throttles.c.window_ends_at
                ),
                "failed": sa.case((is_over, added.failed), else_=throttles.c.failed + added.failed),
                "open": sa.case((is_over, added.open), else_=throttles.c.open + added.open),
            },
            where=sa.or_(is_over, total < sa.bindparam("max_attempts", type_=sa.Integer)),
        ).returning(throttles.c.window_ends_at)
    )


def _settle() -> Statement:
    """Close an attempt that is still open; one whose window has ended no longer exists."""
    return Statement(
        sa.update(throttles)
        .values(
            open=throttles.c.open - AFFECTED_ROW,
            failed=throttles.c.failed + sa.bindparam("failures", type_=sa.Integer),
        )
        .where(
            throttles.c.key == sa.bindparam("key"),
            throttles.c.window_ends_at == sa.bindparam("window_ends_at"),
            throttles.c.open > sa.literal_column("0"),
        )
    )


_PURGE = delete_some(throttles, throttles.c.window_ends_at < sa.bindparam("over_before"))
_COUNT = _count()
_SETTLE = _settle()
_GET = Statement(
    sa.select(throttles.c.failed, throttles.c.window_ends_at).where(
        throttles.c.key == sa.bindparam("key")
    )
)


class PostgresRateLimitStore:
    """Implements application.ports.rate_limit_store. Each method is one transaction."""

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections
        # Of the tasks of this process that wait for a key, only one at a time polls the database.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def hit(self, key: str, limit: RateLimit, *, at: datetime) -> None:
        """Count one attempt. Raises RateLimited."""
        if await self._count(key, limit, at, failed=1) is None:
            await self._raise_if_limited(key, limit, at, even_if_open=True)
            raise RateLimited(1)

    async def reserve(self, key: str, limit: RateLimit, *, at: datetime) -> Attempt:
        """Reserve an attempt, or wait for the outcome of others. Raises RateLimited."""
        attempt = await self._reserve(key, limit, at)
        if attempt is not None:
            return attempt
        turn = self._turns.setdefault(key, asyncio.Lock())
        try:
            async with asyncio.timeout(MAX_WAIT_SECONDS), turn:
                while (attempt := await self._reserve(key, limit, at)) is None:  # noqa: ASYNC110 - see below
                    # The outcome may come from another process, which does not notify this one.
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            raise RateLimited(1) from None
        return attempt

    async def release(self, attempt: Attempt) -> None:
        """Release the attempt; it does not count."""
        await self._settle(attempt, failures=0)

    async def commit(self, attempt: Attempt) -> None:
        """Count the attempt until the window ends."""
        await self._settle(attempt, failures=1)

    async def purge(self, *, over_before: datetime, limit: int) -> int:
        """Delete up to `limit` counts whose window ended before `over_before`.

        Returns the number deleted.
        """
        async with PostgresSession(self._connections) as session:
            return len(await session.rows(_PURGE, over_before=over_before, limit=limit))

    async def _reserve(self, key: str, limit: RateLimit, at: datetime) -> Attempt | None:
        """Return an attempt, or None when others have to settle first. Raises RateLimited."""
        window_ends_at = await self._count(key, limit, at, open=1)
        if window_ends_at is None:
            await self._raise_if_limited(key, limit, at)
            return None
        return Attempt(key, window_ends_at)

    async def _count(
        self, key: str, limit: RateLimit, at: datetime, **counts: int
    ) -> datetime | None:
        row = await self._row(
            _COUNT,
            **{"failed": 0, "open": 0} | counts,
            key=key,
            window_ends_at=at + limit.window,
            at=at,
            max_attempts=limit.max_attempts,
        )
        window_ends_at: datetime | None = row["window_ends_at"] if row else None
        return window_ends_at

    async def _raise_if_limited(
        self, key: str, limit: RateLimit, at: datetime, *, even_if_open: bool = False
    ) -> None:
        """Raise RateLimited if failures alone reach the limit, or in any case if `even_if_open`."""
        row = await self._row(_GET, key=key)
        if row is not None and (even_if_open or row["failed"] >= limit.max_attempts):
            remaining = (row["window_ends_at"] - at).total_seconds()
            raise RateLimited(max(1, math.ceil(remaining)))

    async def _settle(self, attempt: Attempt, *, failures: int) -> None:
        await self._row(
            _SETTLE,
            key=attempt.key,
            window_ends_at=attempt.window_ends_at,
            failures=failures,
        )

    async def _row(self, statement: Statement, **values: Any) -> asyncpg.Record | None:
        async with PostgresSession(self._connections) as session:
            return await session.row(statement, **values)
