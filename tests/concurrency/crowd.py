"""Crowd: many clients at once, each on a connection of its own."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

import asyncpg

from domain.users import Role
from tests.faults.http_connection import HttpConnection, Response
from tests.processes import Serving
from tests.wall_clock import hour_in

PASSWORD = "a horse and a battery"
CLIENTS = 64
"""How many call at once."""
_TODAY_AT_NINE = hour_in(days=0, at=9)

Call: TypeAlias = Callable[[HttpConnection], Awaitable[Response]]


@dataclass(slots=True)
class Crowd:
    """People at a running service, on connections that stay open, and its database's address."""

    served: Serving
    dsn: str
    clients: list[HttpConnection]

    async def run(self, *statements: str) -> None:
        """Do something to the database itself."""
        connection = await asyncpg.connect(self.dsn)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def count(self, question: str, *values: Any) -> int:
        """A number that the database knows."""
        return int(await self.ask(question, *values))

    async def ask(self, question: str, *values: Any) -> Any:
        """Anything that it knows."""
        connection = await asyncpg.connect(self.dsn)
        try:
            return await connection.fetchval(question, *values)
        finally:
            await connection.close()

    async def a_person(self, role: Role = Role.MEMBER) -> dict[str, str]:
        """The headers of somebody with an account of that role."""
        email = f"{role.lower()}-{time.monotonic_ns()}@example.com"
        person = {"email": email, "password": PASSWORD, "full_name": "Ada Lovelace"}
        made = await self.clients[0].request("POST", "/auth/signup", person)
        assert made.status == 201, made.body
        await self.run(f"UPDATE users SET role = '{role}' WHERE email = '{email}'")
        return {"Authorization": f"Bearer {made.json['access_token']}"}

    async def a_space(self, **fields: Any) -> str:
        """The id of a room that is always open and costs nothing."""
        sound = {"name": "Room", "space_type": "MEETING_ROOM", "capacity": 4, "hourly_rate": 0}
        admin = await self.a_person(Role.ADMIN)
        made = await self.clients[0].request("POST", "/api/spaces", sound | fields, admin)
        assert made.status == 201, made.body
        return str(made.json["id"])

    async def at_once(self, calls: Iterable[Call]) -> list[Response]:
        """Make all calls at the same moment; further ones than there are clients follow on."""
        waiting = list(calls)
        queues = [waiting[n :: len(self.clients)] for n in range(len(self.clients))]
        answers = await asyncio.gather(
            *(_in_turn(client, queue) for client, queue in zip(self.clients, queues, strict=True))
        )
        return [answer for answered in answers for answer in answered]


async def _in_turn(client: HttpConnection, calls: Iterable[Call]) -> list[Response]:
    return [await call(client) for call in calls]


@asynccontextmanager
async def connected(served: Serving, dsn: str) -> AsyncIterator[Crowd]:
    """A crowd of CLIENTS, each on a connection that is open already."""
    async with AsyncExitStack() as until_left:
        clients = [
            await until_left.enter_async_context(HttpConnection(served.url, {}))
            for _ in range(CLIENTS)
        ]
        for client in clients:
            await client.request("GET", "/health/live")
        yield Crowd(served, dsn, clients)


def tally(answers: Iterable[Response]) -> Counter[tuple[int, str | None]]:
    """How many got which answer, and the code of a refusal."""
    return Counter(
        (answer.status, answer.json["code"] if answer.status >= 400 else None) for answer in answers
    )


def slot(day: int, minutes: int = 0, length: int = 60) -> dict[str, str]:
    """A period that begins so many minutes after nine, so many days from now."""
    start = _TODAY_AT_NINE + timedelta(days=day, minutes=minutes)
    end = start + timedelta(minutes=length)
    return {"start_time": start.isoformat(), "end_time": end.isoformat()}


def book(person: dict[str, str], space_id: str, period: dict[str, str]) -> Call:
    """A call that books."""
    return post("/api/bookings", {"space_id": space_id} | period, person)


def post(path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Call:
    """A call that posts."""
    return lambda client: client.request("POST", path, body, headers)
