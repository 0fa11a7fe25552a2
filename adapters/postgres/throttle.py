"""PostgresThrottle: how often something was tried, counted by all processes together."""

import asyncio
import math
from datetime import datetime
from typing import Any, Final
from weakref import WeakValueDictionary

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.connection import UnitConnection
from adapters.postgres.connections import Connections
from adapters.postgres.statement import ONE, Statement, delete_some
from adapters.postgres.tables import throttles
from application.ports.throttle import Attempt, Limit
from domain.errors import RateLimited

LONGEST_WAIT_SECONDS: Final = 3
_POLL_SECONDS: Final = 0.02


def _take() -> Statement:
    """Count in the present window, or begin another; gives no row when nothing more is let through.

    The row's lock makes takers of one key follow one another, each seeing what the one before did.
    A window in which nothing counts any more is as good as none.
    """
    row = {
        name: sa.bindparam(name, type_=throttles.c[name].type)
        for name in ("key", "window_ends_at", "failed", "open")
    }
    insert = pg.insert(throttles).values(row)
    added, taken = insert.excluded, throttles.c.failed + throttles.c.open
    is_over = sa.or_(
        throttles.c.window_ends_at <= sa.bindparam("at", type_=throttles.c.window_ends_at.type),
        taken == sa.literal_column("0"),
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
            where=sa.or_(is_over, taken < sa.bindparam("most", type_=sa.Integer)),
        ).returning(throttles.c.window_ends_at)
    )


def _settle() -> Statement:
    """Close an attempt that is still open in its window; one of a window that is over is gone."""
    return Statement(
        sa.update(throttles)
        .values(
            open=throttles.c.open - ONE,
            failed=throttles.c.failed + sa.bindparam("failures", type_=sa.Integer),
        )
        .where(
            throttles.c.key == sa.bindparam("key"),
            throttles.c.window_ends_at == sa.bindparam("window_ends_at"),
            throttles.c.open > sa.literal_column("0"),
        )
    )


_FORGET = delete_some(throttles, throttles.c.window_ends_at < sa.bindparam("over_before"))
_TAKE = _take()
_SETTLE = _settle()
_LOOK = Statement(
    sa.select(throttles.c.failed, throttles.c.window_ends_at).where(
        throttles.c.key == sa.bindparam("key")
    )
)


class PostgresThrottle:
    """Implements application.ports.throttle.Throttle. Each step is a transaction of its own."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        # Of those who wait for the same key in this process one at a time asks the database.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def count(self, key: str, limit: Limit, *, at: datetime) -> None:
        """Count one more. Raises RateLimited."""
        if await self._take(key, limit, at, failed=1) is None:
            await self._refuse(key, limit, at, even_if_open=True)
            raise RateLimited(1)

    async def begin(self, key: str, limit: Limit, *, at: datetime) -> Attempt:
        """Let one more begin, or wait for those that did. Raises RateLimited."""
        attempt = await self._begin(key, limit, at)
        if attempt is not None:
            return attempt
        turn = self._turns.setdefault(key, asyncio.Lock())
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS), turn:
                while (attempt := await self._begin(key, limit, at)) is None:  # noqa: ASYNC110 - see below
                    # What is waited for may happen in another process, which nothing here tells of.
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            raise RateLimited(1) from None
        return attempt

    async def succeeded(self, attempt: Attempt) -> None:
        """What was begun does not count."""
        await self._settle(attempt, failures=0)

    async def failed(self, attempt: Attempt) -> None:
        """What was begun counts until the window is over."""
        await self._settle(attempt, failures=1)

    async def forget(self, *, over_before: datetime, limit: int) -> int:
        """Delete at most `limit` counts whose window was over before that; how many it were."""
        async with UnitConnection(self._connections) as connection:
            return len(await connection.rows(_FORGET, over_before=over_before, limit=limit))

    async def _begin(self, key: str, limit: Limit, at: datetime) -> Attempt | None:
        """An attempt, or None when others have to end first. Raises RateLimited."""
        window_ends_at = await self._take(key, limit, at, open=1)
        if window_ends_at is None:
            await self._refuse(key, limit, at)
            return None
        return Attempt(key, window_ends_at)

    async def _take(self, key: str, limit: Limit, at: datetime, **counts: int) -> datetime | None:
        row = await self._row(
            _TAKE,
            **{"failed": 0, "open": 0} | counts,
            key=key,
            window_ends_at=at + limit.window,
            at=at,
            most=limit.max_attempts,
        )
        taken: datetime | None = row["window_ends_at"] if row else None
        return taken

    async def _refuse(
        self, key: str, limit: Limit, at: datetime, *, even_if_open: bool = False
    ) -> None:
        """Raise RateLimited if it is failures that leave no room, or whatever leaves none."""
        row = await self._row(_LOOK, key=key)
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
        async with UnitConnection(self._connections) as connection:
            return await connection.row(statement, **values)
