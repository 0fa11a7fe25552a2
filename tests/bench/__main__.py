"""`make bench`: measures the service, and the limits of the machine for comparison.

    make bench ARGS='--scenarios list,create --bookings 100000 --seconds 5'

The first number of bookings is measured with each number of workers and connections. The others
are measured with the first of each only, to show the effect of growth. Datasets are reused by later
runs.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import servers
from tests.bench.database import BenchServer, bench_server
from tests.bench.database_limits import DatabaseLimits
from tests.bench.dates import Dates
from tests.bench.driver import load_of, run_driver
from tests.bench.measurement import measure, statements_per_request
from tests.bench.scenarios import SCENARIOS
from tests.bench.tables import Row, Setup, Start, report, write

DATABASE = "bench"


class Bench:
    """All measurements on one PostgreSQL server; the results are `rows` and `starts`."""

    def __init__(self, options: argparse.Namespace, postgres: BenchServer) -> None:
        self._options = options
        self._postgres = postgres
        self._log = options.data_dir / "service.log"
        self._statements: dict[str, float] = {}
        self.rows: list[Row] = []
        self.starts: list[Start] = []

    def run(self) -> None:
        """Run all measurements of the options."""
        first, *others = self._options.bookings
        self._count_statements(first)
        limits = self._limits(first)
        for workers in self._options.workers:
            self._measure(first, workers, self._options.connections, limits)
        for bookings in others:
            connections = self._options.connections[:1]
            limits = self._limits(bookings, connections)
            self._measure(bookings, self._options.workers[0], connections, limits)

    def baseline(self) -> float:
        """Return the requests per second of a minimal application on the same machine."""
        dsn = self._postgres.dataset(self._options.bookings[0], DATABASE)
        request = b"GET / HTTP/1.1\r\nHost: bench.local\r\n\r\n"
        options = {"connections": self._options.connections[0], "seconds": self._options.seconds}
        with (
            servers.baseline(dsn, self._log) as server,
            run_driver(server.address, [request], **options) as driver,
        ):
            return load_of(driver).per_second

    def _count_statements(self, bookings: int) -> None:
        dsn = self._postgres.dataset(bookings, DATABASE)
        # Without background work, whose statements would be counted too.
        with servers.service(dsn, self._log, options=["--no-worker"]) as server:
            callers = servers.log_in(server, self._postgres.dates)
            for name in self._options.scenarios:
                self._statements[name] = statements_per_request(
                    server, self._postgres, callers, name, DATABASE
                )

    def _limits(
        self, bookings: int, connections: list[int] | None = None
    ) -> dict[tuple[str, int], float | None]:
        limits = DatabaseLimits(self._postgres, bookings, self._options.seconds)
        return {
            (name, number): limits.per_second(name, number)
            for name in self._options.scenarios
            for number in connections or self._options.connections
        }

    def _measure(
        self,
        bookings: int,
        workers: int,
        connections: list[int],
        limits: dict[tuple[str, int], float | None],
    ) -> None:
        dsn = self._postgres.dataset(bookings, DATABASE)
        with servers.service(dsn, self._log, workers=workers) as server:
            callers = servers.log_in(server, self._postgres.dates)
            for number in connections:
                setup = Setup(bookings, workers, number)
                for name in self._options.scenarios:
                    _log_progress(f"{setup}: {name}")
                    seconds = self._options.seconds
                    measured = measure(
                        server, self._postgres, callers, name, connections=number, seconds=seconds
                    )
                    doubles = None
                    if name == "contended":
                        doubles = self._postgres.double_bookings(dsn)
                    references = self._statements.get(name), limits.get((name, number))
                    self.rows.append(Row(setup, name, measured, *references, doubles))
            memory = server.peak_memory()
            self.starts.append(Start(bookings, workers, server.cold_start, memory))


def main() -> None:
    options = _options()
    options.data_dir.mkdir(exist_ok=True)
    with bench_server(options.data_dir, Dates.around(datetime.now(UTC).date())) as postgres:
        bench = Bench(options, postgres)
        bench.run()
        figures = report(bench.rows, bench.starts, bench.baseline(), postgres.version())
    sys.stdout.write(figures)
    if options.write:
        write(figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--scenarios", type=_names, default=list(SCENARIOS))
    parser.add_argument("--bookings", type=_numbers, default=[100_000, 10_000, 1_000_000])
    parser.add_argument("--workers", type=_numbers, default=[1, 2])
    parser.add_argument("--connections", type=_numbers, default=[16, 64])
    parser.add_argument("--seconds", type=int, default=3, help="duration of each run")
    parser.add_argument(
        "--data-dir", type=Path, default=Path(".bench"), help="directory of the datasets"
    )
    parser.add_argument(
        "--write", action="store_true", help="write the results to docs/performance.md too"
    )
    return parser.parse_args()


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(SCENARIOS):
        known = ", ".join(SCENARIOS)
        raise argparse.ArgumentTypeError(
            f"unknown: {', '.join(sorted(unknown))}; choose from {known}"
        )
    return names


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _log_progress(message: str) -> None:
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
