"""The limit of the database alone: the essential statements of each scenario, run by pgbench."""

import asyncio
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

from adapters.security import Argon2Passwords
from tests.bench.database import BenchServer
from tests.bench.dataset import PASSWORD, SPACES
from tests.bench.dates import Dates, instant

# pgbench generates random numbers, not ids.
PREPARATION = (
    "CREATE TABLE some_users AS SELECT row_number() OVER (ORDER BY id)::int AS n, id FROM users",
    "ALTER TABLE some_users ADD PRIMARY KEY (n)",
    "CREATE TABLE some_spaces AS SELECT row_number() OVER (ORDER BY id)::int AS n, id FROM spaces",
    "ALTER TABLE some_spaces ADD PRIMARY KEY (n)",
    "CREATE SEQUENCE slots CACHE 1",
    "VACUUM ANALYZE some_users, some_spaces",
)
_SOME_SPACE = rf"""
\set space random(1, {SPACES})
"""
_SOME_USER = r"""
\set user random(1, 100)
"""
_INSERT = """
INSERT INTO bookings (id, space_id, user_id, desk, start_time, end_time, status, amount_cents,
    paid_cents, refunded_cents, covered_by_plan, version, created_at, updated_at, lapsed)
SELECT gen_random_uuid(), s.id, u.id, 1, t, t + interval '1 hour', 'CONFIRMED', 1000, 0, 0, false,
    1, now(), now(), false
FROM (SELECT nextval('slots') / {requests} AS n) AS slot
JOIN some_spaces s ON s.n = slot.n % {spaces} + 1
JOIN some_users u ON u.n = :user,
LATERAL (SELECT '{free}'::timestamptz + interval '1 hour' * (slot.n / {spaces})) AS l (t)
ON CONFLICT DO NOTHING RETURNING *
"""
_AVAILABILITY = """
SELECT start_time, end_time FROM bookings
WHERE space_id = (SELECT id FROM some_spaces WHERE n = :space)
    AND status IN ('PENDING', 'CONFIRMED', 'CHECKED_IN')
    AND start_time < '{end}' AND end_time > '{start}'
ORDER BY start_time
"""
_LIST = """
SELECT * FROM bookings WHERE user_id = (SELECT id FROM some_users WHERE n = :user)
ORDER BY start_time DESC, id DESC LIMIT 50
"""
_OCCUPANCY = """
SELECT date(start_time), sum(extract(epoch FROM end_time - start_time)) FROM bookings
WHERE status <> 'CANCELLED' AND start_time >= '{start}' AND start_time < '{end}' GROUP BY 1
"""


def scripts(dates: Dates, connections: int) -> dict[str, dict[str, int]]:
    """Return the statements of each scenario with their weights."""
    free = instant(dates.first_free)
    create = _SOME_USER + _INSERT.format(requests=1, spaces=SPACES, free=free)
    contended = _SOME_USER + _INSERT.format(requests=connections, spaces=SPACES, free=free)
    start, end = map(instant, dates.coming)
    availability = _SOME_SPACE + _AVAILABILITY.format(start=start, end=end)
    bookings = _SOME_USER + _LIST
    space = _SOME_SPACE + "SELECT * FROM spaces JOIN some_spaces USING (id) WHERE n = :space\n"
    spaces = f"SELECT * FROM spaces ORDER BY id LIMIT {SPACES}\n"
    start, end = map(instant, (dates.reported[0], dates.history_end))
    return {
        "create": {create: 1},
        "contended": {contended: 1},
        "availability": {availability: 1},
        "list": {bookings: 1},
        "space": {space: 1},
        "spaces": {spaces: 1},
        "mixed": {create: 20, availability: 40, bookings: 20, spaces: 10, space: 10},
        "occupancy": {_OCCUPANCY.format(start=start, end=end): 1},
    }


class DatabaseLimits:
    """The limit of each scenario, on a copy of a dataset; None if pgbench is not installed."""

    def __init__(self, server: BenchServer, bookings: int, seconds: int) -> None:
        self._server = server
        self._seconds = seconds
        self._dsn = server.dataset(bookings, "bench_limit")
        server.execute(*PREPARATION, dsn=self._dsn)

    def per_second(self, scenario: str, connections: int) -> float | None:
        """Return how often per second the database can run the statements of the scenario."""
        if scenario == "login":
            return asyncio.run(_hashes_per_second())
        weighted = scripts(self._server.dates, connections).get(scenario)
        if weighted is None or which("pgbench") is None:
            return None
        with _script_files(weighted) as options:
            command = ["pgbench", "-n", "-M", "prepared", "-j", "1", "-c", str(connections)]
            command += ["-T", str(self._seconds), *options, self._dsn]
            completed = subprocess.run(command, capture_output=True, text=True, check=False)
        match = re.search(r"tps = ([\d.]+)", completed.stdout)
        if match is None:
            raise RuntimeError(f"pgbench failed: {completed.stderr}")
        return float(match[1])


async def _hashes_per_second() -> float:
    """Return how many passwords one thread can verify per second."""
    passwords = Argon2Passwords(threads=1)
    password_hash = await passwords.hash(PASSWORD)
    started, times = time.perf_counter(), 20
    for _ in range(times):
        await passwords.verify(PASSWORD, password_hash)
    passwords.close()
    return times / (time.perf_counter() - started)


@contextmanager
def _script_files(weighted: dict[str, int]) -> Iterator[list[str]]:
    with tempfile.TemporaryDirectory() as directory:
        options = []
        for number, (script, weight) in enumerate(weighted.items()):
            path = Path(directory, f"{number}.sql")
            # Without a semicolon at the end, pgbench reads one statement per line.
            path.write_text(f"{script.rstrip()};\n")
            options += ["-f", f"{path}@{weight}"]
        yield options
