"""A service that kills itself at a given step of creating a booking.

It is set by the same variables as the real one, and forked from a process that has made it. It
tells its address, and with each booking that it is asked for the names of the steps it comes by:
before and after each call of a port, and while a commit is on its way.
"""

import asyncio
import multiprocessing
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import uvicorn
from dependency_injector import providers

from entrypoints.settings import read_settings

START_SECONDS = 60
COMMIT_SECONDS = 0.002
"""Long enough for a commit to be sent, and mostly too short for its answer to be there."""

_books: ContextVar[bool] = ContextVar("books", default=False)


class Steps:
    """Counts the steps of a booking, and dies at one of them."""

    def __init__(self, last: int, told: Connection) -> None:
        self._last = last
        self._told = told
        self._taken = 0

    def take(self, name: str) -> None:
        """Come to the next step, and perhaps no further."""
        if not _books.get():
            return
        if self._taken == self._last:
            die()
        self._told.send(name)
        self._taken += 1

    async def commit(self, commit: Callable[[], Awaitable[None]]) -> None:
        """Commit; one step is on the way there, when nobody knows what has become of it."""
        self.take("before commit")
        if _books.get() and self._taken == self._last:
            asyncio.get_running_loop().call_later(COMMIT_SECONDS, die)
            await commit()
            die()
        self.take("during commit")
        await commit()
        self.take("after commit")


def die() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


class WatchedUnitOfWork:
    """A unit of work whose every call is a step."""

    def __init__(self, uow: Any, steps: Steps) -> None:
        self._uow = uow
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        if name == "commit":
            return lambda: self._steps.commit(self._uow.commit)
        return WatchedRepository(name, getattr(self._uow, name), self._steps)


class WatchedRepository:
    """A repository whose every call is a step."""

    def __init__(self, name: str, repository: Any, steps: Steps) -> None:
        self._name = name
        self._repository = repository
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._repository, name)
        if not asyncio.iscoroutinefunction(method):
            return method

        async def call(*arguments: Any, **named: Any) -> Any:
            self._steps.take(f"before {self._name}.{name}")
            result = await method(*arguments, **named)
            self._steps.take(f"after {self._name}.{name}")
            return result

        return call


def dying_app(steps: Steps, variables: Mapping[str, str]) -> Any:
    """The application, which takes those steps with each booking it is asked for."""
    # It is there already in the process that this one was forked from, and not for who starts it.
    from tests.faults.made_service import APP, CONTAINER  # noqa: PLC0415

    CONTAINER.settings.override(providers.Object(read_settings(variables)))

    @asynccontextmanager
    async def unit_of_work() -> Any:
        async with CONTAINER.database().unit_of_work() as uow:
            yield WatchedUnitOfWork(uow, steps)

    CONTAINER.use_cases.unit_of_work.override(providers.Object(unit_of_work))

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        _books.set(scope.get("path") == "/api/bookings" and scope.get("method") == "POST")
        await APP(scope, receive, send)

    return watched


def serve(last_step: int, variables: Mapping[str, str], told: Connection) -> None:
    """Serve on a free port, until that step."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        told.send(f"http://127.0.0.1:{listener.getsockname()[1]}")
        app = dying_app(Steps(last_step, told), variables)
        uvicorn.Server(uvicorn.Config(app, log_config=None)).run([listener])


@dataclass(slots=True)
class Dying:
    """A running one. `steps` are those that it has come by."""

    url: str
    _told: Connection

    def steps(self) -> list[str]:
        """What it has told so far; all, once it has answered or died."""
        names = []
        try:
            while self._told.poll():
                names.append(self._told.recv())
        except EOFError:
            pass
        return names


@contextmanager
def dying_at(step: int, variables: Mapping[str, str]) -> Iterator[Dying]:
    """A service that dies at that step, ended with the block at the latest."""
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([__name__, "tests.faults.made_service"])
    told, tells = forks.Pipe(duplex=False)
    process = forks.Process(target=serve, args=(step, dict(variables), tells))
    process.start()
    tells.close()
    try:
        assert told.poll(START_SECONDS)
        yield Dying(told.recv(), told)
    finally:
        process.kill()
        process.join()
        told.close()
