"""`cowork jobs` lists dead jobs and retries them."""

import asyncio
from pathlib import Path

import pytest

from adapters.postgres import PostgresDatabase
from application.jobs.job import Job
from tests.cli.conftest import RunHere
from tests.processes import cowork
from tests.wall_clock import hour_in

NOW = hour_in(days=0)
DEAD = Job.new("mail", "gone", {}, at=NOW).failed("No such [b]mailbox[/b].", at=NOW)
WAITING = Job.new("mail", "waits", {}, at=NOW)


async def enqueue(dsn: str, *jobs: Job) -> None:
    database = await PostgresDatabase.connect(dsn, pool_size=1)
    try:
        async with database.unit_of_work() as uow:
            for job in jobs:
                uow.jobs.add(job)
            await uow.commit()
    finally:
        await database.close()


def test_dead_jobs_are_listed_and_retried(
    cowork_here: RunHere,
    set_database: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def jobs(*arguments: str) -> tuple[int, str]:
        status = cowork_here("jobs", *arguments)
        output = capsys.readouterr()
        return status, output.out + output.err

    variables = {"DATABASE_URL": set_database}
    listed = cowork("jobs", "list", cwd=tmp_path, variables=variables)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert listed.stdout == "No failed jobs.\n"
    asyncio.run(enqueue(set_database, DEAD, WAITING))
    status, output = jobs("list")
    assert status == 0
    assert "mail/gone" in output
    assert "No such [b]mailbox[/b]." in output
    assert "mail/waits" not in output
    assert "mail/waits" in jobs("list", "--waiting")[1]

    status, output = jobs("retry", "mail/gone", "mail/waits")
    assert (status, "Jobs requeued: 1." in output, "mail/waits" in output) == (1, True, True)
    assert jobs("retry", "--all") == (0, "Jobs requeued: 0.\n")
    assert jobs("list") == (0, "No failed jobs.\n")
    assert jobs("retry")[0] == 2
    assert jobs("retry", "--all", "mail/gone")[0] == 2
