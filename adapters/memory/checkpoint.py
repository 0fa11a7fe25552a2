"""Letting the other tasks go on, as waiting for a database would."""

import asyncio


async def checkpoint() -> None:
    """Let every other task that is ready take a step.

    Without it a use case on memory would run through without a break, and tests with racing tasks
    would never see them meet.
    """
    await asyncio.sleep(0)
