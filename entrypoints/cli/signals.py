"""Orderly shutdown of a command that runs until it is stopped."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType


class _Stopped(BaseException):
    """A signal requested a shutdown. Not an `Exception`, so that no handler swallows it."""


@contextmanager
def exit_on_signals() -> Iterator[None]:
    """Leave the block on SIGTERM and Ctrl-C, so that everything in it is closed.

    While uvicorn runs, it handles the signals itself, and raises them again after draining.
    """

    def stop(_: int, __: FrameType | None) -> None:
        # Further signals are ignored: they would interrupt the cleanup.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        raise _Stopped

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with suppress(_Stopped):
        yield
