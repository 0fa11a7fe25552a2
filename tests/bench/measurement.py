"""Measures a scenario against a running service: throughput, latency, and CPU by process."""

import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPResponse
from itertools import islice
from socket import create_connection

import psutil

from tests.bench.database import BenchServer
from tests.bench.driver import Load, load_of, run_driver
from tests.bench.scenarios import SCENARIOS, Callers
from tests.bench.servers import Server

REPEATED_REQUESTS = 600
"""Number of different requests in scenarios that may repeat requests."""
MAX_REQUESTS_PER_SECOND = 6_000
"""More than the service can handle: prepared per second in scenarios without repetition."""
WARM_UP_SECONDS = 1
MAX_IDLE_CPU_SECONDS = 0.03
"""CPU time in a tenth of a second that counts as idle; background work takes less."""
COUNTED_REQUESTS = 50


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU milliseconds per request, over all processes of each component."""

    service: float
    database: float
    driver: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """The result of a run."""

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
) -> Measurement:
    """Run a scenario for `seconds` after a warm-up."""
    _drive(server, callers, name, connections, WARM_UP_SECONDS)
    _wait_until_idle(server, postgres)
    before = _cpu(server, postgres)
    load = _drive(server, callers, name, connections, seconds)
    used = [after - start for start, after in zip(before, _cpu(server, postgres), strict=True)]
    cost = Cost(*(1e3 * cpu / max(load.requests, 1) for cpu in used))
    return Measurement(load, load.errors(SCENARIOS[name].expected), cost)


def _drive(server: Server, callers: Callers, name: str, connections: int, seconds: int) -> Load:
    scenario = SCENARIOS[name]
    number = MAX_REQUESTS_PER_SECOND * seconds if scenario.distinct else REPEATED_REQUESTS
    requests = list(islice(scenario.stream(callers, connections), number))
    with ExitStack() as running:
        if scenario.flood is not None:
            others = islice(scenario.flood(callers, connections), REPEATED_REQUESTS)
            flood = run_driver(server.address, others, connections=connections, seconds=seconds + 1)
            running.enter_context(flood)
        drive = run_driver(server.address, requests, connections=connections, seconds=seconds)
        return load_of(running.enter_context(drive))


def statements_per_request(
    server: Server, postgres: BenchServer, callers: Callers, name: str, database: str
) -> float:
    """Return the number of statements per request that are sent to the database."""
    # With two connections, half of the contended requests are rejected.
    requests = SCENARIOS[name].stream(callers, 2)
    _send(server, islice(requests, COUNTED_REQUESTS))
    with postgres.count_calls(database) as calls:
        _send(server, islice(requests, COUNTED_REQUESTS))
    return calls.total() / COUNTED_REQUESTS


def _send(server: Server, requests: Iterable[bytes]) -> None:
    """Send the requests one after the other, each after the response to the previous one."""
    with create_connection(server.address) as connection:
        for request in requests:
            connection.sendall(request)
            response = HTTPResponse(connection)
            response.begin()
            response.read()


def _wait_until_idle(server: Server, postgres: BenchServer) -> None:
    """Wait until all processes are idle: the driver does not wait for its last responses."""
    for _ in range(50):
        before = sum(_cpu(server, postgres)[:2])
        time.sleep(0.1)
        if sum(_cpu(server, postgres)[:2]) - before < MAX_IDLE_CPU_SECONDS:
            return


def _cpu(server: Server, postgres: BenchServer) -> tuple[float, float, float]:
    """Return the CPU seconds so far of the service, the database and all finished drivers."""
    service_processes = [server.process, *server.process.children(recursive=True)]
    backends = [postgres.process(), *postgres.process().children()]
    own_times = psutil.Process().cpu_times()
    return (
        sum(map(_seconds, service_processes)),
        sum(map(_seconds, backends)),
        float(own_times.children_user + own_times.children_system),
    )


def _seconds(process: psutil.Process) -> float:
    """Return its CPU seconds, including those of its finished children."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
