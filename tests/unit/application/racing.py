"""Running use cases against each other, and counting what came of it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from typing import Any


async def later(steps: int, call: Awaitable[Any]) -> Any:
    """Start a call only after everybody else has had so many steps."""
    for _ in range(steps):
        await asyncio.sleep(0)
    return await call


async def outcomes(calls: Iterable[Awaitable[Any]]) -> Counter[str]:
    """Start all at once; how many ended with a result of, or in an error of, each type."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    return Counter(type(result).__name__ for result in results)
