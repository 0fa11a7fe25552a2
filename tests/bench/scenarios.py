"""What is asked of the service: each scenario is an endless stream of raw HTTP requests."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count, cycle, repeat
from random import Random
from typing import TypeAlias
from urllib.parse import urlencode

from tests.bench.dates import DAYS_TO_BOOK, Dates, instant, midnight
from tests.bench.house import PASSWORD, caller_email

Stream: TypeAlias = Iterator[bytes]
_HOURS = 24 * DAYS_TO_BOOK
_STRIDE = 1009
"""Prime to the number of hours: slots that follow one another are weeks apart."""


@dataclass(slots=True)
class Callers:
    """Who asks, about what; the first token is an admin's. No free slot is used twice."""

    tokens: list[str]
    spaces: list[str]
    dates: Dates
    random: Random = field(default_factory=lambda: Random(1))
    _slots: Iterator[int] = field(default_factory=count)

    def get(self, path: str, token: str | None = None) -> bytes:
        """A request of that caller, or of any."""
        return _request("GET", path, token or self.random.choice(self.tokens))

    def booking(self, slot: int) -> bytes:
        """A request for that one of the free hours of all spaces."""
        hour = slot // len(self.spaces) * _STRIDE % _HOURS
        start = midnight(self.dates.first_free) + timedelta(hours=hour)
        body = {
            "space_id": self.spaces[slot % len(self.spaces)],
            "start_time": start.isoformat(),
            "end_time": (start + timedelta(hours=1)).isoformat(),
            "notes": "bench",
        }
        return _request("POST", "/api/bookings", self.random.choice(self.tokens), body)

    def any_space(self) -> str:
        return f"/api/spaces/{self.random.choice(self.spaces)}"

    def next_slot(self) -> int:
        return next(self._slots)


def create(callers: Callers, _: int) -> Stream:
    """A booking of a free hour; each request another one."""
    while True:
        yield callers.booking(callers.next_slot())


def contended(callers: Callers, connections: int) -> Stream:
    """The same hour for all connections at once, then the next."""
    while True:
        slot = callers.next_slot()
        for _ in range(connections):
            yield callers.booking(slot)


def availability(callers: Callers, _: int) -> Stream:
    """A month of some space, with 50 bookings in it."""
    start, end = map(instant, callers.dates.coming)
    query = urlencode({"start_time": start, "end_time": end})
    while True:
        yield callers.get(f"{callers.any_space()}/availability?{query}")


def bookings(callers: Callers, _: int) -> Stream:
    """A page of 50 of one's own bookings."""
    while True:
        yield callers.get("/api/bookings?limit=50")


def space(callers: Callers, _: int) -> Stream:
    """One space."""
    while True:
        yield callers.get(callers.any_space())


def spaces(callers: Callers, _: int) -> Stream:
    """All 200 of them."""
    while True:
        yield callers.get("/api/spaces?limit=200")


def mixed(callers: Callers, connections: int) -> Stream:
    """In a hundred: 20 creates, 40 availabilities, 20 lists, 10 of one and 10 of all spaces."""
    parts = {create: 20, availability: 40, bookings: 20, spaces: 10, space: 10}
    streams = [part(callers, connections) for part in parts]
    while True:
        yield next(*callers.random.choices(streams, list(parts.values())))


def occupancy(callers: Callers, _: int) -> Stream:
    """The report of a month."""
    start, end = callers.dates.reported
    query = urlencode({"start_date": start, "end_date": end})
    return repeat(callers.get(f"/api/analytics/occupancy?{query}", callers.tokens[0]))


def log_in(callers: Callers, _: int) -> Stream:
    """Address and password to tokens."""
    for number in cycle(range(len(callers.tokens))):
        body = {"email": caller_email(number), "password": PASSWORD}
        yield _request("POST", "/auth/login", None, body)


@dataclass(frozen=True, slots=True)
class Scenario:
    """`expected` are the statuses that are no errors; `flood` is what else goes on meanwhile.

    `distinct` ones never send a request twice, the others go round some hundreds of them.
    """

    stream: Callable[[Callers, int], Stream]
    expected: tuple[int, ...] = (200,)
    distinct: bool = False
    flood: Callable[[Callers, int], Stream] | None = None


SCENARIOS = {
    "create": Scenario(create, (201,), distinct=True),
    "contended": Scenario(contended, (201, 409), distinct=True),
    "availability": Scenario(availability),
    "list": Scenario(bookings),
    "space": Scenario(space),
    "spaces": Scenario(spaces),
    "mixed": Scenario(mixed, (200, 201), distinct=True),
    "occupancy": Scenario(occupancy),
    "login": Scenario(log_in),
    "create-in-flood": Scenario(create, (201,), distinct=True, flood=log_in),
}


def _request(
    method: str, path: str, token: str | None, body: dict[str, str] | None = None
) -> bytes:
    head = [f"{method} {path} HTTP/1.1", "Host: bench.local"]
    if token is not None:
        head.append(f"Authorization: Bearer {token}")
    content = b""
    if body is not None:
        content = json.dumps(body).encode()
        head += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*head, "\r\n"]).encode() + content
