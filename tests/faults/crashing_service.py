"""A service that kills itself at a given step of creating a booking.

It is configured by the same variables as the real one, and forked from a process that has already
created it. It reports its URL, and for each booking request the names of its steps: before and
after each call of a port, and during a commit.
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
COMMIT_DELAY_SECONDS = 0.002
"""Long enough to send a commit, and usually too short to receive the result."""

_is_booking: ContextVar[bool] = ContextVar("is_booking", default=False)


class Steps:
    """Counts the steps of a booking, and kills the process at step `crash_at`."""

    def __init__(self, crash_at: int, reports: Connection) -> None:
        self._crash_at = crash_at
        self._reports = reports
        self._count = 0

    def reach(self, name: str) -> None:
        """Report the next step, or kill the process there."""
        if not _is_booking.get():
            return
        if self._count == self._crash_at:
            crash()
        self._reports.send(name)
        self._count += 1

    async def commit(self, commit: Callable[[], Awaitable[None]]) -> None:
        """Commit. One of the steps is in between, when the client cannot know the outcome."""
        self.reach("before commit")
        if _is_booking.get() and self._count == self._crash_at:
            asyncio.get_running_loop().call_later(COMMIT_DELAY_SECONDS, crash)
            await commit()
            crash()
        self.reach("during commit")
        await commit()
        self.reach("after commit")


def crash() -> None:
    """Kill this process without any cleanup."""
    os.kill(os.getpid(), signal.SIGKILL)


class InstrumentedUnitOfWork:
    """A unit of work in which every call is a step."""

    def __init__(self, uow: Any, steps: Steps) -> None:
        self._uow = uow
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        if name == "commit":
            return lambda: self._steps.commit(self._uow.commit)
        return InstrumentedRepository(name, getattr(self._uow, name), self._steps)


class InstrumentedRepository:
    """A repository in which every call is a step."""

    def __init__(self, name: str, repository: Any, steps: Steps) -> None:
        self._name = name
        self._repository = repository
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._repository, name)
        if not asyncio.iscoroutinefunction(method):
            return method

        async def call(*arguments: Any, **named: Any) -> Any:
            self._steps.reach(f"before {self._name}.{name}")
            result = await method(*arguments, **named)
            self._steps.reach(f"after {self._name}.{name}")
            return result

        return call


def crashing_app(steps: Steps, variables: Mapping[str, str]) -> Any:
    """Return the application, instrumented to reach these steps with each booking request."""
    # Already imported in the fork server; the starting process does not need it.
    from tests.faults.preloaded_service import APP, CONTAINER  # noqa: PLC0415

    CONTAINER.settings.override(providers.Object(read_settings(variables)))

    @asynccontextmanager
    async def unit_of_work() -> Any:
        async with CONTAINER.database().unit_of_work() as uow:
            yield InstrumentedUnitOfWork(uow, steps)

    CONTAINER.use_cases.add_kwargs(unit_of_work=providers.Object(unit_of_work))

    async def instrumented(scope: Any, receive: Any, send: Any) -> None:
        _is_booking.set(scope.get("path") == "/api/bookings" and scope.get("method") == "POST")
        await APP(scope, receive, send)

    return instrumented


def serve(crash_at: int, variables: Mapping[str, str], reports: Connection) -> None:
    """Serve on a free port, and crash at that step."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        reports.send(f"http://127.0.0.1:{listener.getsockname()[1]}")
        app = crashing_app(Steps(crash_at, reports), variables)
        uvicorn.Server(uvicorn.Config(app, log_config=None)).run([listener])


@dataclass(slots=True)
class CrashingService:
    """A running service that crashes at a step."""

    url: str
    _reports: Connection

    def steps(self) -> list[str]:
        """Return the steps reported so far; complete once the service has responded or crashed."""
        names = []
        try:
            while self._reports.poll():
                names.append(self._reports.recv())
        except EOFError:
            pass
        return names


@contextmanager
def crashing_at(step: int, variables: Mapping[str, str]) -> Iterator[CrashingService]:
    """Run a service that crashes at that step. It is killed at the end of the block."""
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([__name__, "tests.faults.preloaded_service"])
    reader, writer = forks.Pipe(duplex=False)
    process = forks.Process(target=serve, args=(step, dict(variables), writer))
    process.start()
    writer.close()
    try:
        assert reader.poll(START_SECONDS)
        yield CrashingService(reader.recv(), reader)
    finally:
        process.kill()
        process.join()
        reader.close()
