"""BookingHistory: clients that book continuously during faults, and a record of their responses.

At the end it is compared with the database: every acknowledged booking is stored, complete, and
the database has no booking that was not requested.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import asyncpg

from tests.faults.http_connection import ConnectionLost, HttpConnection, Response
from tests.wall_clock import hour_in

ADMIN = {"email": "ada@example.com", "password": "a horse and a battery", "full_name": "Ada"}
HOUR = timedelta(hours=1)
MAX_RESPONSE_SECONDS = 3
TOLERANCE_SECONDS = 2
"""Added to time limits, because the machine may be busy with other work."""
PAUSE_SECONDS = 0.01

_STORED_BOOKINGS = """
SELECT b.id::text, (SELECT count(*) FROM invoices i WHERE i.booking_id = b.id) AS invoices,
    (SELECT count(*) FROM idempotency_keys k WHERE k.key = b.notes) AS keys
FROM bookings b
"""


@dataclass(slots=True)
class BookingHistory:
    """The responses: ids of the `acknowledged` bookings, counts by status, and response times."""

    url: str
    rooms: list[str]
    bearer: dict[str, str]
    acknowledged: list[str] = field(default_factory=list)
    cut_off: int = 0
    not_sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    unexpected: list[Response] = field(default_factory=list)
    _is_stopping: bool = False
    _bodies: dict[str, Iterator[dict[str, Any]]] = field(default_factory=dict)

    @asynccontextmanager
    async def booking(self) -> AsyncIterator["BookingHistory"]:
        """Run the clients during the block."""
        self._is_stopping = False
        async with asyncio.TaskGroup() as clients:
            for room in self.rooms:
                clients.create_task(self._book(room))
            try:
                yield self
            finally:
                self._is_stopping = True

    async def wait_for_bookings(self, count: int = 5, *, within_seconds: float = 60) -> float:
        """Wait for `count` more acknowledged bookings. Returns the seconds that took."""
        started, target = time.monotonic(), len(self.acknowledged) + count
        async with asyncio.timeout(within_seconds):
            while len(self.acknowledged) < target:  # noqa: ASYNC110 - other tasks book
                await asyncio.sleep(0.005)
        return time.monotonic() - started

    async def wait_for_rejections(self, count: int = 5, *, within_seconds: float = 60) -> None:
        """Wait for `count` more responses with status 503."""
        target = self.statuses[503] + count
        async with asyncio.timeout(within_seconds):
            while self.statuses[503] < target:  # noqa: ASYNC110 - other tasks book
                await asyncio.sleep(0.005)

    async def _book(self, room: str) -> None:
        async with HttpConnection(self.url, self.bearer) as connection:
            for body in self._bodies.setdefault(room, hourly_bookings(room)):
                if self._is_stopping:
                    return
                await self._book_once(connection, body)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _book_once(self, connection: HttpConnection, body: dict[str, Any]) -> None:
        try:
            response = await connection.request(
                "POST", "/api/bookings", body, {"Idempotency-Key": body["notes"]}
            )
        except ConnectionLost as error:
            self.cut_off += error.was_sent
            self.not_sent += not error.was_sent
            return
        self.statuses[response.status] += 1
        self.seconds.append(response.seconds)
        if response.status == 201:
            self.acknowledged.append(response.json["id"])
        elif not is_valid_rejection(response):
            self.unexpected.append(response)

    async def verify(self, dsn: str) -> None:
        """Compare the history with the database."""
        connection = await asyncpg.connect(dsn)
        try:
            rows = {row["id"]: tuple(row)[1:] for row in await connection.fetch(_STORED_BOOKINGS)}
        finally:
            await connection.close()
        assert not self.unexpected, self.unexpected[:3]
        assert len(set(self.acknowledged)) == len(self.acknowledged)
        lost = set(self.acknowledged) - rows.keys()
        assert not lost, f"{len(lost)} of {len(self.acknowledged)} acknowledged bookings are lost."
        incomplete = {booking: parts for booking, parts in rows.items() if parts != (1, 1)}
        assert not incomplete, incomplete
        # A booking with a 503 or without a response may or may not be stored.
        assert len(rows) - len(self.acknowledged) <= self.cut_off + self.statuses[503]
        assert max(self.seconds) <= MAX_RESPONSE_SECONDS + TOLERANCE_SECONDS
        print(f"{self}")  # noqa: T201 - a measured figure

    async def count_stored(self, dsn: str) -> int:
        """Return the number of stored bookings, acknowledged or not."""
        connection = await asyncpg.connect(dsn)
        try:
            return int(await connection.fetchval("SELECT count(*) FROM bookings"))
        finally:
            await connection.close()

    def __str__(self) -> str:
        return (
            f"{len(self.acknowledged)} acknowledged, {self.statuses[503]} rejected with 503, "
            f"{self.cut_off} cut off, {self.not_sent} not sent; "
            f"slowest response {max(self.seconds):.2f} s"
        )


def is_valid_rejection(response: Response) -> bool:
    """Return whether it is a 503 problem that asks the client to retry later."""
    return (
        response.status == 503
        and response.headers["content-type"] == "application/problem+json"
        and int(response.headers["retry-after"]) > 0
        and response.json["code"] == "unavailable"
    )


def hourly_bookings(room: str) -> Iterator[dict[str, Any]]:
    """Yield request bodies for one hour after the other, each with a unique note."""
    first = hour_in(days=1)
    for number in count():
        start = first + number * HOUR
        yield {
            "space_id": room,
            "start_time": start.isoformat(),
            "end_time": (start + HOUR).isoformat(),
            "notes": f"{room}-{number}",
        }


async def new_history(url: str, dsn: str, *, rooms: int = 8) -> BookingHistory:
    """Sign up an admin and create `rooms` rooms. Returns a history with one client per room."""
    async with HttpConnection(url, {}) as connection:
        signed_up = await connection.request("POST", "/auth/signup", ADMIN)
        assert signed_up.status == 201, signed_up.body
        bearer = {"Authorization": f"Bearer {signed_up.json['access_token']}"}
        database = await asyncpg.connect(dsn)
        await database.execute("UPDATE users SET role = 'ADMIN'")
        await database.close()
        room_ids = []
        for number in range(rooms):
            room = {"name": f"Room {number}", "space_type": "MEETING_ROOM", "capacity": 4}
            created = await connection.request(
                "POST", "/api/spaces", room | {"hourly_rate": 10}, bearer
            )
            assert created.status == 201, created.body
            room_ids.append(created.json["id"])
    return BookingHistory(url, room_ids, bearer)
