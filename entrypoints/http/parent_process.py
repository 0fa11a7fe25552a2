"""The parent of worker processes: without it, they exit."""

import asyncio
import os
import signal

PARENT_VARIABLE = "COWORK_PARENT_PID"
"""Set for worker processes: the id of the parent process."""
CHECK_INTERVAL_SECONDS = 1


async def exit_with_parent() -> None:
    """Stop this process when its parent is gone; a killed parent would leave the port in use.

    Returns immediately without PARENT_VARIABLE.
    """
    parent_pid = os.environ.get(PARENT_VARIABLE)
    if parent_pid is None:
        return
    # No signal or event reports the death of a parent, so this polls.
    while os.getppid() == int(parent_pid):  # noqa: ASYNC110
        await asyncio.sleep(CHECK_INTERVAL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
