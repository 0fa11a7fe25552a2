"""`cowork jobs`: what the worker could not do, and having it tried again."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from application.jobs.job import Job, JobId
from domain.refunds import Refund
from entrypoints.cli.context import with_database
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, database_at_head
from entrypoints.cli.errors import CommandError
from entrypoints.container import Container
from entrypoints.settings import load_settings

jobs = typer.Typer(
    help="Background jobs that were given up.", no_args_is_help=True, add_completion=False
)

Found = TypeVar("Found")


@jobs.command("list")
def list_jobs(
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Those that are still to be done as well.")
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Show the jobs that were given up, and the refunds that keep failing."""

    async def read(container: Container) -> tuple[Sequence[Job], Sequence[Refund]]:
        use_cases = container.use_cases()
        return await use_cases.list_jobs(waiting=waiting), await use_cases.list_failing_refunds()

    found, refunds = _with_container(data_dir, read)
    if not found and not refunds:
        sys.stdout.write("No job was given up.\n" if not waiting else "There is nothing to do.\n")
        return
    Console(width=None if sys.stdout.isatty() else 200).print(_table(found, refunds))


@jobs.command()
def retry(
    job_ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="As `cowork jobs list` shows them."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that were given up.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Have jobs tried again that were given up."""
    if bool(job_ids) == everything:
        raise typer.BadParameter("Name the jobs, or say --all.")

    async def revive(container: Container) -> Sequence[JobId]:
        retry_jobs = container.use_cases().retry_jobs
        if everything:
            return await retry_jobs.all()
        return await retry_jobs([JobId(one) for one in job_ids or []])

    revived = _with_container(data_dir, revive)
    missing = [one for one in job_ids or [] if one not in revived]
    sys.stdout.write(f"{len(revived)} will be tried again.\n")
    if missing:
        raise CommandError(f"Not given up, or not there: {', '.join(missing)}.")


def _with_container(data_dir: DataDir, use: Callable[[Container], Awaitable[Found]]) -> Found:
    settings = load_settings()
    with database_at_head(settings, data_dir) as dsn:
        return asyncio.run(with_database(use, Container(settings=settings), dsn))


def _table(found: Sequence[Job], refunds: Sequence[Refund]) -> Table:
    ids = Column("job", overflow="fold")
    table = Table(ids, "state", "noted", "attempts", "next", "last error")
    for job in found:
        table.add_row(
            job.id,
            "waiting" if job.failed_at is None else "given up",
            _time(job.enqueued_at),
            str(job.attempts),
            "" if job.failed_at else _time(job.due_at),
            # What a mail server says is no mark-up.
            Text(job.last_error or ""),
        )
    for refund in refunds:
        table.add_row(
            f"refund/{refund.id}",
            "failing",
            _time(refund.decided_at),
            str(refund.attempts),
            _time(refund.next_attempt_at) if refund.next_attempt_at else "",
            f"{refund.amount} for booking {refund.booking_id}: the log has Stripe's reasons",
        )
    return table


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%SZ}"
