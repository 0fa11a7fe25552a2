"""A minimal ASGI application that responds with one row: the upper bound for Python and HTTP.

Runs under uvicorn with `DATABASE_URL` set.
"""

import os
from typing import Any

import asyncpg
import msgspec

_ROW = "SELECT id, name, capacity FROM spaces ORDER BY id LIMIT 1"


class BaselineApp:
    """Implements the minimum of ASGI."""

    _pool: "asyncpg.Pool[asyncpg.Record]"

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            self._pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], reset=_skip_reset)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await self._pool.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        row = await self._pool.fetchrow(_ROW)
        head = {"status": 200, "headers": [(b"content-type", b"application/json")]}
        await send({"type": "http.response.start", **head})
        await send({"type": "http.response.body", "body": msgspec.json.encode(tuple(row or ()))})


async def _skip_reset(_: object) -> None:
    """Avoid the round trip when a connection is returned to the pool."""


app = BaselineApp()
