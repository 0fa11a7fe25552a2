"""`cowork jobs` shows what was given up, and has it tried again."""

import asyncio
from pathlib import Path

import pytest

from adapters.postgres import PostgresDatabase
from application.jobs.job import Job
from tests.cli.conftest import RunHere
from tests.processes import cowork
from tests.wall_clock import hour_in

NOW = hour_in(days=0)
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


def test_given_up_jobs_are_shown_and_tried_again(
    cowork_here: RunHere,
    set_database: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def jobs(*arguments: str) -> tuple[int, str]:
        status = cowork_here("jobs", *arguments)
        told = capsys.readouterr()
        return status, told.out + told.err

    variables = {"DATABASE_URL": set_database}
    told_by_a_process = cowork("jobs", "list", cwd=tmp_path, variables=variables)
    assert (told_by_a_process.returncode, told_by_a_process.stderr) == (0, "")
    assert told_by_a_process.stdout == "No job was given up.\n"
    asyncio.run(note(set_database, GIVEN_UP, WAITING))
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
