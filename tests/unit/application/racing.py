"""Running use cases concurrently, and counting their outcomes."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from typing import Any


async def later(steps: int, call: Awaitable[Any]) -> Any:
    """Start a call after the other tasks have had `steps` turns of the event loop."""
    for _ in range(steps):
        await asyncio.sleep(0)
    return await call


async def outcomes(calls: Iterable[Awaitable[Any]]) -> Counter[str]:
    """Run all calls concurrently. Returns the number of results and errors by type name."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    return Counter(type(result).__name__ for result in results)
