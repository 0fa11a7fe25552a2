"""The load scenarios: each one is an endless stream of raw HTTP requests."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count, cycle, repeat
from random import Random
from typing import TypeAlias
from urllib.parse import urlencode

from tests.bench.dataset import PASSWORD, caller_email
from tests.bench.dates import DAYS_TO_BOOK, Dates, instant, midnight

Stream: TypeAlias = Iterator[bytes]
_HOURS = 24 * DAYS_TO_BOOK
_STRIDE = 1009
"""Coprime to the number of hours, so that consecutive slots are weeks apart."""


@dataclass(slots=True)
class Callers:
    """The callers' tokens, the first of them an admin's, and the spaces that they request.

    No free slot is used twice.
    """

    tokens: list[str]
    spaces: list[str]
    dates: Dates
    random: Random = field(default_factory=lambda: Random(1))
    _slots: Iterator[int] = field(default_factory=count)

    def get(self, path: str, token: str | None = None) -> bytes:
        """Return a GET request with that token, or with a random one."""
        return _request("GET", path, token or self.random.choice(self.tokens))

    def booking(self, slot: int) -> bytes:
        """Return a request to book free slot number `slot`, out of the hours of all spaces."""
        hour = slot // len(self.spaces) * _STRIDE % _HOURS
        start = midnight(self.dates.first_free) + timedelta(hours=hour)
        body = {
            "space_id": self.spaces[slot % len(self.spaces)],
            "start_time": start.isoformat(),
            "end_time": (start + timedelta(hours=1)).isoformat(),
            "notes": "bench",
        }
        return _request("POST", "/api/bookings", self.random.choice(self.tokens), body)

    def random_space_path(self) -> str:
        return f"/api/spaces/{self.random.choice(self.spaces)}"

    def next_slot(self) -> int:
        return next(self._slots)


def create(callers: Callers, _: int) -> Stream:
    """Book a free hour, a different one in each request."""
    while True:
        yield callers.booking(callers.next_slot())


def contended(callers: Callers, connections: int) -> Stream:
    """Book the same hour on all connections at once, then the next one."""
    while True:
        slot = callers.next_slot()
        for _ in range(connections):
            yield callers.booking(slot)


def availability(callers: Callers, _: int) -> Stream:
    """Get the availability of a random space for a month with 50 bookings."""
    start, end = map(instant, callers.dates.coming)
    query = urlencode({"start_time": start, "end_time": end})
    while True:
        yield callers.get(f"{callers.random_space_path()}/availability?{query}")


def bookings(callers: Callers, _: int) -> Stream:
    """List 50 of the caller's own bookings."""
    while True:
        yield callers.get("/api/bookings?limit=50")


def space(callers: Callers, _: int) -> Stream:
    """Get one space."""
    while True:
        yield callers.get(callers.random_space_path())


def spaces(callers: Callers, _: int) -> Stream:
    """List all 200 spaces."""
    while True:
        yield callers.get("/api/spaces?limit=200")


def mixed(callers: Callers, connections: int) -> Stream:
    """Mix per 100 requests: 20 create, 40 availability, 20 bookings, 10 space, 10 spaces."""
    parts = {create: 20, availability: 40, bookings: 20, spaces: 10, space: 10}
    streams = [part(callers, connections) for part in parts]
    while True:
        yield next(*callers.random.choices(streams, list(parts.values())))


def occupancy(callers: Callers, _: int) -> Stream:
    """Get the occupancy report of a month."""
    start, end = callers.dates.reported
    query = urlencode({"start_date": start, "end_date": end})
    return repeat(callers.get(f"/api/analytics/occupancy?{query}", callers.tokens[0]))


def log_in(callers: Callers, _: int) -> Stream:
    """Log in with email address and password."""
    for number in cycle(range(len(callers.tokens))):
        body = {"email": caller_email(number), "password": PASSWORD}
        yield _request("POST", "/auth/login", None, body)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A stream of requests; statuses other than `expected` count as errors.

    If `distinct`, no request is sent twice; otherwise some hundreds of requests are repeated.
    `flood` is a second stream that runs at the same time and is not measured.
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
