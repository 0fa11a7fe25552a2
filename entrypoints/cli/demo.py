"""`cowork demo`: fills the database with demo data."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from adapters.security import Argon2Passwords
from entrypoints import demo_data
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, database_at_head
from entrypoints.cli.errors import CommandError
from entrypoints.demo_data.plan import MAX_BOOKINGS, MAX_DAYS_BACK
from entrypoints.settings import Settings, load_settings

_DEFAULT_PLAN = demo_data.DemoPlan()
_DEFAULT_DAYS = _DEFAULT_PLAN.days_back + _DEFAULT_PLAN.days_ahead


def demo(
    bookings: Annotated[
        int, typer.Option(min=0, max=MAX_BOOKINGS, help="Number of bookings.")
    ] = _DEFAULT_PLAN.bookings,
    days: Annotated[
        int,
        typer.Option(
            min=1,
            max=MAX_DAYS_BACK,
            help="Number of days with bookings. A quarter of them, at most 30, is in the future.",
        ),
    ] = _DEFAULT_DAYS,
    seed: Annotated[
        int,
        typer.Option(help="Random seed. On the same day, the same seed generates the same data."),
    ] = _DEFAULT_PLAN.seed,
    force: Annotated[bool, typer.Option("--force", help="Delete all existing data first.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Fill the database with demo data."""
    settings = load_settings()
    plan = demo_data.DemoPlan.for_days(days, seed=seed, bookings=bookings)
    with database_at_head(settings, data_dir) as dsn:
        try:
            _fill(dsn, settings, plan, force=force)
        except demo_data.DatabaseNotEmpty:
            raise CommandError(
                "The database already has data. Use --force to delete it first."
            ) from None
    sys.stdout.write(_account_lines())


def fill_if_empty(dsn: str, settings: Settings) -> None:
    """Load the default demo data, unless the database already has data.

    Another service that starts with the same new database may load its data first.
    """
    with suppress(demo_data.DatabaseNotEmpty):
        _fill(dsn, settings, _DEFAULT_PLAN, force=False)


def _account_lines() -> str:
    """Return the demo accounts and their password, one account a line."""
    lines = [f"  {account.email:22} {account.role}\n" for account in demo_data.DEMO_ACCOUNTS]
    return f"Log in with the password '{demo_data.DEMO_PASSWORD}' as\n" + "".join(lines)


def _fill(dsn: str, settings: Settings, plan: demo_data.DemoPlan, *, force: bool) -> None:
    if not force and asyncio.run(demo_data.has_data(dsn)):
        raise demo_data.DatabaseNotEmpty
    with _progress_bars() as on_progress:
        generated = demo_data.generate(
            plan,
            settings.house,
            now=datetime.now(UTC),
            password_hash=asyncio.run(_hash(demo_data.DEMO_PASSWORD)),
            on_progress=on_progress,
        )
        asyncio.run(demo_data.load(dsn, generated, on_progress, force=force))
    sys.stdout.write(
        f"Loaded {len(generated.spaces)} spaces, {len(generated.members)} members and "
        f"{len(generated.bookings):,} bookings.\n"
    )
    if generated.unplaced:
        sys.stdout.write(
            f"{generated.unplaced:,} more bookings did not fit: the house is fully booked.\n"
        )


async def _hash(password: str) -> str:
    passwords = Argon2Passwords(threads=1)
    try:
        return await passwords.hash(password)
    finally:
        passwords.close()


@contextmanager
def _progress_bars() -> Iterator[demo_data.ProgressCallback]:
    columns = (TextColumn("{task.description:28}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def on_progress(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield on_progress
