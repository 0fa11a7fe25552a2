"""A closed-loop load generator: concurrent clients that send without a pause."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any, TypeAlias

from tests.faults.http_connection import HttpConnection, Response

PendingResponse: TypeAlias = Coroutine[Any, Any, Response]
SendRequest: TypeAlias = Callable[[HttpConnection, int], PendingResponse]


async def load(
    url: str, clients: int, send_request: SendRequest, *, seconds: float
) -> list[Response]:
    """Run clients that send one request after the other, at least one each. Returns responses."""
    deadline, numbers = time.monotonic() + seconds, count()

    async def client() -> list[Response]:
        responses = []
        async with HttpConnection(url, {}) as connection:
            while True:
                responses.append(await send_request(connection, next(numbers)))
                if time.monotonic() >= deadline:
                    return responses

    per_client = await asyncio.gather(*(client() for _ in range(clients)))
    return [response for responses in per_client for response in responses]
