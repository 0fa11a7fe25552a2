"""Formats the results as Markdown, for the terminal and for docs/performance.md."""

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

import psutil

from tests.bench import driver
from tests.bench.measurement import Measurement

PERFORMANCE = Path(__file__).parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- figures: make bench ARGS=--write -->", "<!-- end of figures -->"
_NONE = "-"
_HEADINGS = (
    *("", "requests/s", "p50 ms", "p99 ms", "errors", "statements"),
    *("CPU ms: service", "database", "driver", "limit/s", "of limit"),
)


@dataclass(frozen=True, slots=True)
class Setup:
    """The configuration of a measurement."""

    bookings: int
    workers: int
    connections: int

    def __str__(self) -> str:
        workers = "1 worker" if self.workers == 1 else f"{self.workers} workers"
        return f"{self.bookings:,} bookings, {workers}, {self.connections} connections"


@dataclass(frozen=True, slots=True)
class Row:
    """A table row. `limit` is the requests per second that the database alone can do."""

    setup: Setup
    scenario: str
    measurement: Measurement
    statements: float | None
    limit: float | None
    double_bookings: int | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """The start-up time of the service, and the peak memory of each of its processes in MB."""

    bookings: int
    workers: int
    seconds: float
    memory: Sequence[int]


def report(rows: Sequence[Row], starts: Iterable[Start], baseline: float, postgres: str) -> str:
    """Return the whole report."""
    parts = [_environment(postgres)]
    for setup, group in groupby(rows, key=lambda row: row.setup):
        parts.append(f"**{setup}**")
        parts.append(_table(_HEADINGS, [_cells(row) for row in group]))
    if len({row.setup.bookings for row in rows}) > 1:
        parts.append("**Growth of the dataset**")
        parts.append(_growth(rows))
    parts.append(f"Minimal ASGI application that reads one row: {baseline:,.0f} requests/s.")
    doubles = [row.double_bookings for row in rows if row.double_bookings is not None]
    if doubles:
        parts.append(f"Double bookings in all contended runs: {sum(doubles)}.")
    headings = ("bookings", "workers", "cold start s", "peak memory per process, MB")
    cells = [
        (f"{start.bookings:,}", str(start.workers), f"{start.seconds:.2f}", _list(start.memory))
        for start in starts
    ]
    parts.append(_table(headings, cells))
    return "\n\n".join(parts) + "\n"


def write(figures: str) -> None:
    """Replace the figures in docs/performance.md."""
    before, _, rest = PERFORMANCE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PERFORMANCE.write_text(f"{before}{BEGIN}\n\n{figures}\n{END}{after}")


def _environment(postgres: str) -> str:
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    packages = ", ".join(f"{name} {version(name)}" for name in ("uvicorn", "litestar", "asyncpg"))
    load = os.getloadavg()[0]
    return (
        f"Commit {commit.stdout.strip() or 'unknown'}; {_processor()}, {os.cpu_count()} cores, "
        f"{psutil.virtual_memory().total >> 30} GB; {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, PostgreSQL {postgres}, {packages}; "
        f"driven by {driver.NAME}. Load average of the last minute: {load:.1f}."
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _cells(row: Row) -> tuple[str, ...]:
    load, cost = row.measurement.load, row.measurement.cost
    return (
        row.scenario,
        f"{load.per_second:,.0f}",
        f"{load.p50_ms:.1f}",
        f"{load.p99_ms:.1f}",
        str(row.measurement.errors),
        _NONE if row.statements is None else f"{row.statements:.1f}",
        f"{cost.service:.2f}",
        f"{cost.database:.2f}",
        f"{cost.driver:.2f}",
        _NONE if row.limit is None else f"{row.limit:,.0f}",
        _NONE if row.limit is None else f"{load.per_second / row.limit:.0%}",
    )


def _growth(rows: Sequence[Row]) -> str:
    """Return a table of requests per second and CPU, without the driver's, by dataset size."""
    sizes = sorted({row.setup.bookings for row in rows})
    measurements = {(row.scenario, row.setup): row.measurement for row in rows}
    workers, connections = rows[0].setup.workers, rows[0].setup.connections
    lines = []
    for scenario in dict.fromkeys(row.scenario for row in rows):
        by_size = [measurements[scenario, Setup(size, workers, connections)] for size in sizes]
        speeds = [result.load.per_second for result in by_size]
        costs = [result.cost.service + result.cost.database for result in by_size]
        change = f"{speeds[-1] / speeds[0] - 1:+.0%}" if speeds[0] else _NONE
        texts = [f"{speed:,.0f}" for speed in speeds], [f"{cost:.2f}" for cost in costs]
        lines.append([scenario, *texts[0], change, *texts[1]])
    labels = [f"{size:,}" for size in sizes]
    headings = [
        "requests/s with bookings:",
        *labels,
        "change",
        *(f"CPU ms: {label}" for label in labels),
    ]
    return _table(headings, lines)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table with aligned columns, which is readable in a terminal too."""
    lines = [list(headings), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    first, *others = (
        " | ".join(
            cell.ljust(width) if number == 0 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )
    rule = "|".join(
        "-" * (width + 2) if number == 0 else "-" * (width + 1) + ":"
        for number, width in enumerate(widths)
    )
    return "\n".join([f"| {first} |", f"|{rule}|", *(f"| {line} |" for line in others)])


def _list(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
