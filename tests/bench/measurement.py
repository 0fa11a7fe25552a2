"""One run: a scenario against a running service, with what it cost whom."""

import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPResponse
from itertools import islice
from socket import create_connection

import psutil

from tests.bench.database import BenchServer
from tests.bench.driver import Load, driven, load_of
from tests.bench.scenarios import SCENARIOS, Callers
from tests.bench.served import Server

GOES_ROUND = 600
"""So many different requests are enough where one may be sent twice."""
MOST_PER_SECOND = 6_000
"""More than can be answered: so many requests are made where none may."""
WARM_UP_SECONDS = 1
IDLE_SECONDS = 0.03
"""CPU in a tenth of a second that background work takes."""
COUNTED_REQUESTS = 50


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU in milliseconds a request, of all processes of each."""

    service: float
    database: float
    driver: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A run's outcome."""

    load: Load
    errors: int
    cost: Cost


def measure(
    server: Server,
    postgres: BenchServer,
    callers: Callers,
    name: str,
    *,
    connections: int,
    seconds: int,
) -> Measured:
    """Let a scenario run for so long, once everything is warm."""
    _drive(server, callers, name, connections, WARM_UP_SECONDS)
    _settle(server, postgres)
    before = _cpu(server, postgres)
    load = _drive(server, callers, name, connections, seconds)
    used = [after - start for start, after in zip(before, _cpu(server, postgres), strict=True)]
    cost = Cost(*(1e3 * cpu / max(load.requests, 1) for cpu in used))
    return Measured(load, load.errors(SCENARIOS[name].expected), cost)


def _drive(server: Server, callers: Callers, name: str, connections: int, seconds: int) -> Load:
    scenario = SCENARIOS[name]
    number = MOST_PER_SECOND * seconds if scenario.distinct else GOES_ROUND
    requests = list(islice(scenario.stream(callers, connections), number))
    with ExitStack() as running:
        if scenario.flood is not None:
            others = islice(scenario.flood(callers, connections), GOES_ROUND)
            flood = driven(server.address, others, connections=connections, seconds=seconds + 1)
            running.enter_context(flood)
        drive = driven(server.address, requests, connections=connections, seconds=seconds)
        return load_of(running.enter_context(drive))


def statements_per_request(
    server: Server, postgres: BenchServer, callers: Callers, name: str, database: str
) -> float:
    """How many statements the database is sent for one request."""
    # With two connections half of the contended requests are refused.
    requests = SCENARIOS[name].stream(callers, 2)
    _send(server, islice(requests, COUNTED_REQUESTS))
    with postgres.counted(database) as calls:
        _send(server, islice(requests, COUNTED_REQUESTS))
    return calls.total() / COUNTED_REQUESTS


def _send(server: Server, requests: Iterable[bytes]) -> None:
    """One after the other, each when the one before is answered."""
    with create_connection(server.address) as connection:
        for request in requests:
            connection.sendall(request)
            answer = HTTPResponse(connection)
            answer.begin()
            answer.read()


def _settle(server: Server, postgres: BenchServer) -> None:
    """Wait until nobody works: the driver does not wait for the answers to its last requests."""
    for _ in range(50):
        before = sum(_cpu(server, postgres)[:2])
        time.sleep(0.1)
        if sum(_cpu(server, postgres)[:2]) - before < IDLE_SECONDS:
            return


def _cpu(server: Server, postgres: BenchServer) -> tuple[float, float, float]:
    """CPU seconds so far of service, database and drivers that have ended."""
    family = [server.process, *server.process.children(recursive=True)]
    backends = [postgres.process(), *postgres.process().children()]
    ended = psutil.Process().cpu_times()
    return (
        sum(map(_seconds, family)),
        sum(map(_seconds, backends)),
        float(ended.children_user + ended.children_system),
    )


def _seconds(process: psutil.Process) -> float:
    """With those of its children that have ended."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
