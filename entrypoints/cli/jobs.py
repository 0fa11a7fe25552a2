"""`cowork jobs`: background jobs that failed permanently."""

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from application.jobs.job import Job, JobId
from application.use_cases import UseCases
from domain.refunds import Refund
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir
from entrypoints.cli.errors import CommandError
from entrypoints.cli.use_cases import run_use_case
from entrypoints.settings import load_settings

jobs = typer.Typer(no_args_is_help=True, add_completion=False)


@jobs.callback()
def group() -> None:
    """List and retry background jobs that failed permanently."""


@jobs.command("list")
def list_jobs(
    waiting: Annotated[bool, typer.Option("--waiting", help="Include pending jobs.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """List jobs that failed permanently, and refunds that keep failing."""

    async def read(use_cases: UseCases) -> tuple[Sequence[Job], Sequence[Refund]]:
        return await use_cases.list_jobs(waiting=waiting), await use_cases.list_failing_refunds()

    listed_jobs, refunds = run_use_case(load_settings(), data_dir, read)
    if not listed_jobs and not refunds:
        sys.stdout.write("No failed jobs.\n" if not waiting else "No failed or pending jobs.\n")
        return
    Console(width=None if sys.stdout.isatty() else 200).print(_table(listed_jobs, refunds))


@jobs.command()
def retry(
    job_ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Job ids, from `cowork jobs list`."),
    ] = None,
    retry_all: Annotated[bool, typer.Option("--all", help="Retry all failed jobs.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Retry jobs that failed permanently, starting with the first attempt."""
    if bool(job_ids) == retry_all:
        raise typer.BadParameter("Expected job ids or --all.")

    async def requeue(use_cases: UseCases) -> Sequence[JobId]:
        if retry_all:
            return await use_cases.retry_jobs.all()
        return await use_cases.retry_jobs([JobId(job_id) for job_id in job_ids or []])

    requeued = run_use_case(load_settings(), data_dir, requeue)
    missing = [job_id for job_id in job_ids or [] if job_id not in requeued]
    sys.stdout.write(f"Jobs requeued: {len(requeued)}.\n")
    if missing:
        raise CommandError(f"No failed job has the id {', '.join(missing)}.")


def _table(listed_jobs: Sequence[Job], refunds: Sequence[Refund]) -> Table:
    ids = Column("job", overflow="fold")
    table = Table(ids, "state", "enqueued", "attempts", "next attempt", "last error")
    for job in listed_jobs:
        table.add_row(
            job.id,
            "pending" if job.failed_at is None else "failed",
            _time(job.enqueued_at),
            str(job.attempts),
            "" if job.failed_at else _time(job.due_at),
            # Text, because brackets in a server's reply are not rich's markup.
            Text(job.last_error or ""),
        )
    for refund in refunds:
        table.add_row(
            f"refund/{refund.id}",
            "retrying",
            _time(refund.decided_at),
            str(refund.attempts),
            _time(refund.next_attempt_at) if refund.next_attempt_at else "",
            f"{refund.amount} for booking {refund.booking_id}: see the log for Stripe's reason",
        )
    return table


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%SZ}"
