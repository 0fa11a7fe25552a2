"""Load: many clients at once, none of whom pauses."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any, TypeAlias

from tests.faults.wire import Answer, Line

Asking: TypeAlias = Coroutine[Any, Any, Answer]
Ask: TypeAlias = Callable[[Line, int], Asking]


async def load(url: str, clients: int, ask: Ask, *, seconds: float) -> list[Answer]:
    """So many clients, each of which asks again as soon as it has its answer."""
    until, numbers = time.monotonic() + seconds, count()

    async def client() -> list[Answer]:
        answers = []
        async with Line(url, {}) as line:
            while time.monotonic() < until:
                answers.append(await ask(line, next(numbers)))
        return answers

    return [one for its in await asyncio.gather(*(client() for _ in range(clients))) for one in its]
