"""The worker's tasks in a host's event loop, as docs/embedding.md has them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.postgres import PostgresDatabase
from domain.bookings import BookingStatus
from domain.period import Period
from tests.embedding.conftest import Environment, load_example
from tests.entities import HOUR, a_booking, a_member, a_space, a_user, given


@pytest.fixture
async def database(empty_database_18: str) -> AsyncIterator[PostgresDatabase]:
    database = await PostgresDatabase.connect(empty_database_18, pool_size=1)
    yield database
    await database.close()


async def test_a_host_expires_holds_and_sends_mails(
    empty_database_18: str,
    database: PostgresDatabase,
    base_install: Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = datetime.now(UTC)
    tomorrow = Period(now + 23 * HOUR, now + 24 * HOUR)
    later = Period(now + 48 * HOUR, now + 49 * HOUR)
    room, guest = a_space(), a_user()
    hold: dict[str, Any] = {
        "status": BookingStatus.PENDING,
        "hold_expires_at": now - timedelta(minutes=1),
    }
    unpaid = a_booking(guest, room, later, **hold)
    confirmed = a_booking(guest, room, tomorrow)
    await given(database.unit_of_work, room, guest, a_member(guest), confirmed, unpaid)

    monkeypatch.setenv("DATABASE_URL", empty_database_18)
    monkeypatch.syspath_prepend(base_install.packages)
    program = load_example("Background jobs", tmp_path / "jobs.py")
    stop = asyncio.Event()
    documented = program.send_mail

    async def send_mail(job: Any) -> None:
        await documented(job)
        stop.set()

    monkeypatch.setattr(program, "send_mail", send_mail)
    async with asyncio.timeout(30):
        await program.work(stop)

    assert "Mail: reminder\n" in capsys.readouterr().out
    async with database.unit_of_work() as uow:
        expired = await uow.bookings.get(unpaid.id)
    assert expired is not None
    assert expired.status is BookingStatus.CANCELLED
