"""The smallest ASGI application that answers with a row: what Python and HTTP leave room for.

Run by uvicorn with `DATABASE_URL` set.
"""

import os
from typing import Any

import asyncpg
import msgspec

_ROW = "SELECT id, name, capacity FROM spaces ORDER BY id LIMIT 1"


class Floor:
    """Speaks just enough of ASGI."""

    _pool: "asyncpg.Pool[asyncpg.Record]"

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            self._pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], reset=_keep)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await self._pool.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        row = await self._pool.fetchrow(_ROW)
        head = {"status": 200, "headers": [(b"content-type", b"application/json")]}
        await send({"type": "http.response.start", **head})
        await send({"type": "http.response.body", "body": msgspec.json.encode(tuple(row or ()))})


async def _keep(_: object) -> None:
    """No round trip when a connection goes back to the pool."""


app = Floor()
