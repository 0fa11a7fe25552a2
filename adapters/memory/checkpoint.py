"""A yield to the event loop, as waiting for a database would be."""

import asyncio


async def checkpoint() -> None:
    """Let every other ready task run a step.

    Without it a use case in memory would run without interruption, and tests of concurrent tasks
    would never see a race.
    """
    await asyncio.sleep(0)
