"""MailSystem: bookings with mails, whose workers, mail server and PostgreSQL tests can stop."""

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
from application.mails.enqueue_mail import enqueue_booking_mail
from application.mails.mail import MailType
from application.ports.unit_of_work import Stale, Unavailable
from domain.bookings import Booking
from domain.ids import BookingId
from domain.period import Period
from tests.databases import SETTINGS
from tests.entities import HOUR, a_booking, a_space, a_user, save_all
from tests.faults import short_lease_worker
from tests.mail.local_smtp_server import LocalSmtpServer, running_smtp_server
from tests.processes import SECRET

DOMAIN = "house.example"
TIMEOUT_SECONDS = 900
LATENCY_SECONDS = 0.02
"""Latency of the mail server, so that workers are killed while they send a mail."""


class MailSystem:
    """The bookings, those rolled back, and the mails that were delivered."""

    def __init__(self, directory: Path, postgres: EmbeddedPostgres, database: PostgresDatabase):
        self.booked: set[BookingId] = set()
        self.rolled_back: set[BookingId] = set()
        self.workers: list[BaseProcess] = []
        self._directory = directory
        self._postgres = postgres
        self._database = database
        self._mail_servers: list[LocalSmtpServer] = []
        self._mail_server = AsyncExitStack()
        self._random = Random(1)
        self._user = a_user(created_at=SystemClock().now())
        self._space = a_space()
        # Far enough ahead that no booking becomes a no-show or gets a reminder.
        self._first = SystemClock().now().replace(minute=0, second=0, microsecond=0) + 48 * HOUR

    def delivered(self) -> Counter[str]:
        """Count the deliveries of each mail, by Message-ID."""
        mails = (mail for server in self._mail_servers for mail in server.mails)
        return Counter(str(mail["Message-ID"]).strip() for mail in mails)

    async def attempts(self) -> dict[str, int]:
        """Return the number of attempts of each job, by the Message-ID of its mail."""
        connection = await asyncpg.connect(self._postgres.dsn)
        try:
            rows = await connection.fetch("SELECT id, attempts FROM jobs")
        finally:
            await connection.close()
        return {message_id(row["id"], DOMAIN): row["attempts"] for row in rows}

    async def is_idle(self) -> bool:
        """Return whether no job is waiting. Fails if a job was given up."""
        try:
            async with self._database.unit_of_work() as uow:
                counts = await uow.jobs.counts()
        except Unavailable:
            return False
        assert not any(count.failed for count in counts)
        return not counts

    async def book(self, stop: asyncio.Event) -> None:
        """Book until `stop` is set, one mail each. Every third booking is rolled back."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await save_all(self._database.unit_of_work, self._user, self._space)
            for hour in count():
                if stop.is_set():
                    return
                await asyncio.sleep(LATENCY_SECONDS)
                start = self._first + hour * HOUR
                booking = a_booking(self._user, self._space, Period(start, start + HOUR))
                while not await self._try_to_book(booking, commit=hour % 3 != 0):  # noqa: ASYNC110 - see wait_until
                    await asyncio.sleep(0.1)

    async def _try_to_book(self, booking: Booking, *, commit: bool) -> bool:
        """Book. Returns whether the outcome is known."""
        try:
            async with self._database.unit_of_work() as uow:
                uow.bookings.add(booking, space=self._space)
                at = SystemClock().now()
                enqueue_booking_mail(uow, MailType.BOOKING_CONFIRMED, booking, at=at)
                if not commit:
                    # An unknown user: it makes the whole commit fail.
                    uow.users.save(replace(a_user(), version=2))
                await uow.commit()
        except Unavailable:
            return False
        except Stale:
            if not commit:
                self.rolled_back.add(booking.id)
                return True
            # Already stored: the connection was lost between the commit and its result.
        self.booked.add(booking.id)
        return True

    async def open_mail_server(self) -> None:
        """Start a mail server, on the same port as before."""
        port = self._mail_servers[0].port if self._mail_servers else 0
        server = await self._mail_server.enter_async_context(running_smtp_server(port=port))
        server.replies["DATA"] = _delay
        self._mail_servers.append(server)

    async def close_mail_server(self) -> None:
        """Stop the mail server."""
        await self._mail_server.aclose()

    async def restart_postgres(self) -> None:
        """Crash PostgreSQL, and restart it."""
        [pid_file] = self._directory.rglob("postmaster.pid")
        postmaster = Postmaster.find(pid_file.parent)
        assert postmaster is not None
        await asyncio.to_thread(postmaster.stop, timeout_seconds=10, immediate=True)
        await asyncio.to_thread(self._postgres.restart_if_dead)

    async def start_worker(self) -> None:
        """Start another worker process, and wait until it has connected to the database."""
        variables = {
            "DATABASE_URL": self._postgres.dsn,
            "SECRET_KEY": SECRET,
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self._mail_servers[0].port),
            "SMTP_TLS": "none",
            "SMTP_FROM": f"office@{DOMAIN}",
            "LOG_LEVEL": "error",
        }
        self.workers.append(await asyncio.to_thread(short_lease_worker.start_worker, variables))

    async def kill_worker(self) -> None:
        """Wait for some deliveries, kill a worker, and start another one."""
        before = self.delivered().total()
        minimum = 3 + self._random.randrange(5)

        def has_progressed() -> bool:
            return self.delivered().total() >= before + minimum

        await wait_until(has_progressed)
        await asyncio.sleep(self._random.random() * LATENCY_SECONDS)
        worker = self.workers.pop(0)
        worker.kill()
        await _exit_code(worker)
        await self.start_worker()

    async def close(self) -> None:
        """Stop everything. Workers have to exit with 0 on SIGTERM."""
        for worker in self.workers:
            worker.terminate()
        exit_codes = [await _exit_code(worker) for worker in self.workers]
        await self._mail_server.aclose()
        assert all(code == 0 for code in exit_codes)


async def wait_until(condition: Callable[[], bool]) -> None:
    """Wait, up to TIMEOUT_SECONDS, for a condition that other processes fulfil."""
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not condition():  # noqa: ASYNC110 - other processes cannot notify
            await asyncio.sleep(0.02)


@asynccontextmanager
async def run_mail_system(directory: Path) -> AsyncIterator[MailSystem]:
    """Run a system with a mail server and two workers, on the data in that directory."""
    # Commits have to survive a crash of the server, but not of the machine.
    settings = SETTINGS | {"synchronous_commit": "on"}
    async with EmbeddedPostgres(directory, settings=settings, is_temporary=True) as postgres:
        database = await PostgresDatabase.connect(postgres.dsn, pool_size=4)
        system = MailSystem(directory, postgres, database)
        try:
            await system.open_mail_server()
            await system.start_worker()
            await system.start_worker()
            yield system
        finally:
            await system.close()
            await database.close()


async def _exit_code(worker: BaseProcess) -> int | None:
    await asyncio.to_thread(worker.join, 40)
    return worker.exitcode


async def _delay() -> str | None:
    await asyncio.sleep(LATENCY_SECONDS)
    return None
