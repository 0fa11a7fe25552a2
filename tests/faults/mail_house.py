"""A house that books and mails, whose workers, mail server and PostgreSQL can be taken away."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import asyncpg

from adapters.embedded import EmbeddedPostgres
from adapters.embedded.postmaster import Postmaster
from adapters.mail.message import message_id
from adapters.postgres import PostgresDatabase
from adapters.system import SystemClock
from application.mails.note_mail import note_booking_mail
from application.ports.mailer import Occasion
from application.ports.unit_of_work import Stale, Unavailable
from domain.bookings import Booking
from domain.ids import BookingId
from domain.period import Period
from tests.databases import SETTINGS
from tests.entities import HOUR, a_booking, a_space, a_user, given
from tests.faults import hasty_worker
from tests.mail.mail_server import MailServer, running_mail_server
from tests.processes import SECRET

DOMAIN = "house.example"
LONGEST_SECONDS = 900
LATENCY_SECONDS = 0.02
"""How long the mail server takes, so that workers are killed with a mail in hand."""


class House:
    """What was booked, what was rolled back, and what has arrived."""

    def __init__(self, directory: Path, postgres: EmbeddedPostgres, database: PostgresDatabase):
        self.booked: set[BookingId] = set()
        self.rolled_back: set[BookingId] = set()
        self.workers: list[BaseProcess] = []
        self._directory = directory
        self._postgres = postgres
        self._database = database
        self._mail_servers: list[MailServer] = []
        self._mail_server = AsyncExitStack()
        self._random = Random(1)
        self._user = a_user(created_at=SystemClock().now())
        self._space = a_space()
        # So far ahead that nobody is late for it, or has to be reminded of it.
        self._first = SystemClock().now().replace(minute=0, second=0, microsecond=0) + 48 * HOUR

    def arrived(self) -> Counter[str]:
        """How often each mail arrived, by its Message-ID."""
        mails = (mail for server in self._mail_servers for mail in server.mails)
        return Counter(str(mail["Message-ID"]).strip() for mail in mails)

    async def attempts(self) -> dict[str, int]:
        """How often each mail that is due was tried, by its Message-ID."""
        connection = await asyncpg.connect(self._postgres.dsn)
        try:
            rows = await connection.fetch("SELECT id, attempts FROM jobs")
        finally:
            await connection.close()
        return {message_id(row["id"], DOMAIN): row["attempts"] for row in rows}

    async def is_all_done(self) -> bool:
        """Whether no job waits any more."""
        try:
            async with self._database.unit_of_work() as uow:
                counts = await uow.jobs.counts()
        except Unavailable:
            return False
        assert not any(one.given_up for one in counts)
        return not counts

    async def book(self, is_enough: asyncio.Event) -> None:
        """Book on and on, with a mail each; every third is rolled back in the end."""
        async with asyncio.timeout(LONGEST_SECONDS):
            await given(self._database.unit_of_work, self._user, self._space)
            for hour in count():
                if is_enough.is_set():
                    return
                await asyncio.sleep(LATENCY_SECONDS)
                start = self._first + hour * HOUR
                booking = a_booking(self._user, self._space, Period(start, start + HOUR))
                while not await self._is_booked(booking, keep=hour % 3 != 0):  # noqa: ASYNC110 - see until
                    await asyncio.sleep(0.1)

    async def _is_booked(self, booking: Booking, *, keep: bool) -> bool:
        """Book, and whether it is known how that ended."""
        try:
            async with self._database.unit_of_work() as uow:
                uow.bookings.add(booking, space=self._space)
                at = SystemClock().now()
                note_booking_mail(uow, Occasion.BOOKING_CONFIRMED, booking, at=at)
                if not keep:
                    # Somebody who is not there: all of it is refused with this.
                    uow.users.save(replace(a_user(), version=2))
                await uow.commit()
        except Unavailable:
            return False
        except Stale:
            if not keep:
                self.rolled_back.add(booking.id)
                return True
            # It was there already: the connection broke after the commit and before its answer.
        self.booked.add(booking.id)
        return True

    async def open_mail_server(self) -> None:
        """Have it listen, on the same port as before."""
        port = self._mail_servers[0].port if self._mail_servers else 0
        server = await self._mail_server.enter_async_context(running_mail_server(port=port))
        server.answers["DATA"] = _after_a_while
        self._mail_servers.append(server)

    async def close_mail_server(self) -> None:
        """Have nobody listen."""
        await self._mail_server.aclose()

    async def restart_postgres(self) -> None:
        """End it as a crash does, and start it again."""
        [pid_file] = self._directory.rglob("postmaster.pid")
        postmaster = Postmaster.of(pid_file.parent)
        assert postmaster is not None
        await asyncio.to_thread(postmaster.stop, within_seconds=10, abruptly=True)
        await asyncio.to_thread(self._postgres.start_again_if_dead)

    async def start_worker(self) -> None:
        """One more worker process, which has found the database."""
        variables = {
            "DATABASE_URL": self._postgres.dsn,
            "SECRET_KEY": SECRET,
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self._mail_servers[0].port),
            "SMTP_TLS": "none",
            "SMTP_FROM": f"office@{DOMAIN}",
            "LOG_LEVEL": "error",
        }
        self.workers.append(await asyncio.to_thread(hasty_worker.start_worker, variables))

    async def kill_worker(self) -> None:
        """Kill one that has got on, and start another in its place."""
        before = self.arrived().total()
        waited = 3 + self._random.randrange(5)

        def has_got_on() -> bool:
            return self.arrived().total() >= before + waited

        await until(has_got_on)
        await asyncio.sleep(self._random.random() * LATENCY_SECONDS)
        worker = self.workers.pop(0)
        worker.kill()
        await _ended(worker)
        await self.start_worker()

    async def close(self) -> None:
        """End what still runs; a worker that is told to end does."""
        for worker in self.workers:
            worker.terminate()
        ended = [await _ended(worker) for worker in self.workers]
        await self._mail_server.aclose()
        assert all(status == 0 for status in ended)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens in other processes, but not for ever."""
    async with asyncio.timeout(LONGEST_SECONDS):
        while not condition():  # noqa: ASYNC110 - other processes tell of nothing
            await asyncio.sleep(0.02)


@asynccontextmanager
async def a_house(directory: Path) -> AsyncIterator[House]:
    """One with a mail server and two workers, on the data in that directory."""
    # What was committed has to be there after a crash of the server, though not of the machine.
    settings = SETTINGS | {"synchronous_commit": "on"}
    async with EmbeddedPostgres(directory, settings=settings, is_temporary=True) as postgres:
        database = await PostgresDatabase.connect(postgres.dsn, pool_size=4)
        house = House(directory, postgres, database)
        try:
            await house.open_mail_server()
            await house.start_worker()
            await house.start_worker()
            yield house
        finally:
            await house.close()
            await database.close()


async def _ended(worker: BaseProcess) -> int | None:
    await asyncio.to_thread(worker.join, 40)
    return worker.exitcode


async def _after_a_while() -> str | None:
    await asyncio.sleep(LATENCY_SECONDS)
    return None
