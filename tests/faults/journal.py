"""Journal: people who go on booking whatever happens, and what each of them was told.

It is compared with the database in the end: what was acknowledged is there, whole; what is there
was asked for, and asked for by the same key again gives the same answer.
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

from tests.faults.wire import Answer, Line, LineCut
from tests.wall_clock import hour_in

PERSON = {"email": "ada@example.com", "password": "a horse and a battery", "full_name": "Ada"}
HOUR = timedelta(hours=1)
LONGEST_ANSWER_SECONDS = 3
SLACK_SECONDS = 2
"""What a machine that does other things as well may add to it."""
PAUSE_SECONDS = 0.01

_WHOLE = """
SELECT b.id::text, (SELECT count(*) FROM invoices i WHERE i.booking_id = b.id) AS invoices,
    (SELECT count(*) FROM idempotency_keys k WHERE k.key = b.notes) AS keys
FROM bookings b
"""


@dataclass(slots=True)
class Journal:
    """What was told: `made` bookings by their id, and the times at which others were refused."""

    url: str
    rooms: list[str]
    bearer: dict[str, str]
    made: list[str] = field(default_factory=list)
    unknown: int = 0
    never_sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[Answer] = field(default_factory=list)
    _is_enough: bool = False
    _bodies: dict[str, Iterator[dict[str, Any]]] = field(default_factory=dict)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator["Journal"]:
        """People book on and on during the block."""
        self._is_enough = False
        async with asyncio.TaskGroup() as people:
            for room in self.rooms:
                people.create_task(self._book(room))
            try:
                yield self
            finally:
                self._is_enough = True

    async def has_got_on(self, by: int = 5, *, within: float = 60) -> float:
        """When so many more were made, and how long that took."""
        began, wanted = time.monotonic(), len(self.made) + by
        async with asyncio.timeout(within):
            while len(self.made) < wanted:  # noqa: ASYNC110 - it is others who get on
                await asyncio.sleep(0.005)
        return time.monotonic() - began

    async def is_refused(self, by: int = 5, *, within: float = 60) -> None:
        """When so many more were refused."""
        wanted = self.statuses[503] + by
        async with asyncio.timeout(within):
            while self.statuses[503] < wanted:  # noqa: ASYNC110 - it is others who are refused
                await asyncio.sleep(0.005)

    async def _book(self, room: str) -> None:
        async with Line(self.url, self.bearer) as line:
            for body in self._bodies.setdefault(room, bookings_of(room)):
                if self._is_enough:
                    return
                await self._book_once(line, body)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _book_once(self, line: Line, body: dict[str, Any]) -> None:
        try:
            answer = await line.ask(
                "POST", "/api/bookings", body, {"Idempotency-Key": body["notes"]}
            )
        except LineCut as cut:
            self.unknown += cut.was_sent
            self.never_sent += not cut.was_sent
            return
        self.statuses[answer.status] += 1
        self.seconds.append(answer.seconds)
        if answer.status == 201:
            self.made.append(answer.said["id"])
        elif not is_sound_refusal(answer):
            self.wrong.append(answer)

    async def compare(self, dsn: str) -> None:
        """The judge."""
        connection = await asyncpg.connect(dsn)
        try:
            rows = {row["id"]: tuple(row)[1:] for row in await connection.fetch(_WHOLE)}
        finally:
            await connection.close()
        assert not self.wrong, self.wrong[:3]
        assert len(set(self.made)) == len(self.made)
        lost = set(self.made) - rows.keys()
        assert not lost, f"{len(lost)} of {len(self.made)} acknowledged bookings are not there."
        half = {booking: parts for booking, parts in rows.items() if parts != (1, 1)}
        assert not half, half
        # Of what was refused or not answered, nobody was told what became of it.
        assert len(rows) - len(self.made) <= self.unknown + self.statuses[503]
        assert max(self.seconds) <= LONGEST_ANSWER_SECONDS + SLACK_SECONDS
        print(f"{self}")  # noqa: T201 - for who measures

    async def rows(self, dsn: str) -> int:
        """How many bookings there are, acknowledged or not."""
        connection = await asyncpg.connect(dsn)
        try:
            return int(await connection.fetchval("SELECT count(*) FROM bookings"))
        finally:
            await connection.close()

    def __str__(self) -> str:
        return (
            f"{len(self.made)} acknowledged, {self.statuses[503]} refused with 503, "
            f"{self.unknown} cut off, {self.never_sent} never sent; "
            f"slowest answer {max(self.seconds):.2f} s"
        )


def is_sound_refusal(answer: Answer) -> bool:
    """Whether it is the problem that tells to try again soon."""
    return (
        answer.status == 503
        and answer.headers["content-type"] == "application/problem+json"
        and int(answer.headers["retry-after"]) > 0
        and answer.said["code"] == "unavailable"
    )


def bookings_of(room: str) -> Iterator[dict[str, Any]]:
    """Bookings of one hour after the other, each with a name of its own."""
    first = hour_in(days=1)
    for number in count():
        start = first + number * HOUR
        yield {
            "space_id": room,
            "start_time": start.isoformat(),
            "end_time": (start + HOUR).isoformat(),
            "notes": f"{room}-{number}",
        }


async def a_journal(url: str, dsn: str, *, people: int = 8) -> Journal:
    """One of a house in which each of so many people has a room to book."""
    async with Line(url, {}) as line:
        signed_up = await line.ask("POST", "/auth/signup", PERSON)
        assert signed_up.status == 201, signed_up.body
        bearer = {"Authorization": f"Bearer {signed_up.said['access_token']}"}
        connection = await asyncpg.connect(dsn)
        await connection.execute("UPDATE users SET role = 'ADMIN'")
        await connection.close()
        rooms = []
        for number in range(people):
            room = {"name": f"Room {number}", "space_type": "MEETING_ROOM", "capacity": 4}
            made = await line.ask("POST", "/api/spaces", room | {"hourly_rate": 10}, bearer)
            assert made.status == 201, made.body
            rooms.append(made.said["id"])
    return Journal(url, rooms, bearer)
