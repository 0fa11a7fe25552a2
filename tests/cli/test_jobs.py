"""`cowork jobs` shows what was given up, and has it tried again."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.postgres import PostgresDatabase
from application.ports.jobs import Job
from tests.processes import SECRET, cowork

NOW = datetime.now(UTC)
GIVEN_UP = Job.new("mail", "gone", {}, at=NOW).given_up("No such [b]mailbox[/b].", at=NOW)
WAITING = Job.new("mail", "waits", {}, at=NOW)


async def note(dsn: str, *jobs: Job) -> None:
    database = await PostgresDatabase.connect(dsn, pool_size=1)
    try:
        async with database.unit_of_work() as uow:
            for job in jobs:
                uow.jobs.add(job)
            await uow.commit()
    finally:
        await database.close()


@pytest.fixture
def variables(empty_database_18: str) -> dict[str, str]:
    return {"DATABASE_URL": empty_database_18, "SECRET_KEY": SECRET}


def test_given_up_jobs_are_shown_and_tried_again(tmp_path: Path, variables: dict[str, str]) -> None:
    def jobs(*arguments: str) -> tuple[int, str]:
        done = cowork("jobs", *arguments, cwd=tmp_path, variables=variables)
        return done.returncode, done.stdout + done.stderr

    assert jobs("list") == (0, "No job was given up.\n")
    asyncio.run(note(variables["DATABASE_URL"], GIVEN_UP, WAITING))
    status, told = jobs("list")
    assert status == 0
    assert "mail/gone" in told
    assert "No such [b]mailbox[/b]." in told
    assert "mail/waits" not in told
    assert "mail/waits" in jobs("list", "--waiting")[1]

    status, told = jobs("retry", "mail/gone", "mail/waits")
    assert (status, "1 will be tried again." in told, "mail/waits" in told) == (1, True, True)
    assert jobs("retry", "--all") == (0, "0 will be tried again.\n")
    assert jobs("list") == (0, "No job was given up.\n")
    assert jobs("retry")[0] == 2
    assert jobs("retry", "--all", "mail/gone")[0] == 2
