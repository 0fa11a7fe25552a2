"""How a command that runs on and on is told to end, and ends in order."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType


class _Stopped(BaseException):
    """Somebody wants the command to end; no `except Exception` on the way may swallow that."""


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Leave the block in order at SIGTERM and Ctrl-C.

    uvicorn takes the signals over while it runs, and raises them again when it has drained.
    """

    def stop(_: int, __: FrameType | None) -> None:
        # Once is enough: what the block does on its way out shall not be broken off.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        raise _Stopped

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with suppress(_Stopped):
        yield
