"""`cowork demo`: a believable house to try things on."""

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
from entrypoints import demo as demo_house
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, database_at_head
from entrypoints.cli.failures import CommandError
from entrypoints.demo.demo_house import MOST_BOOKINGS, MOST_DAYS_BACK
from entrypoints.settings import Settings, load_settings

_USUAL = demo_house.DemoPlan()
_USUAL_DAYS = _USUAL.days_back + _USUAL.days_ahead


def demo(
    bookings: Annotated[
        int, typer.Option(min=0, max=MOST_BOOKINGS, help="How many bookings.")
    ] = _USUAL.bookings,
    days: Annotated[
        int, typer.Option(min=1, max=MOST_DAYS_BACK, help="How many days, a part of them to come.")
    ] = _USUAL_DAYS,
    seed: Annotated[
        int, typer.Option(help="The same seed gives the same house on the same day.")
    ] = _USUAL.seed,
    force: Annotated[
        bool, typer.Option("--force", help="Delete everything that is there first.")
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Fill the database with a believable house."""
    settings = load_settings()
    plan = demo_house.DemoPlan.over(days, seed=seed, bookings=bookings)
    with database_at_head(settings, data_dir) as dsn:
        try:
            _fill(dsn, settings, plan, force=force)
        except demo_house.DatabaseNotEmpty:
            raise CommandError(
                "There is data in the database already; --force deletes it first."
            ) from None
    sys.stdout.write(demo_log_ins())


def fill_if_empty(dsn: str, settings: Settings) -> None:
    """Make the usual demo house, unless there is anything already.

    It may come while the house is thought up: from another service on the same new directory.
    """
    with suppress(demo_house.DatabaseNotEmpty):
        _fill(dsn, settings, _USUAL, force=False)


def demo_log_ins() -> str:
    """Who can log in, in lines."""
    lines = [f"  {one.email:22} {one.role}\n" for one in demo_house.DEMO_LOG_INS]
    return f"Log in with the password '{demo_house.DEMO_PASSWORD}' as\n" + "".join(lines)


def _fill(dsn: str, settings: Settings, plan: demo_house.DemoPlan, *, force: bool) -> None:
    if not force and asyncio.run(demo_house.has_data(dsn)):
        raise demo_house.DatabaseNotEmpty
    with _progress() as told:
        house = demo_house.generate(
            plan,
            settings.house,
            now=datetime.now(UTC),
            password_hash=asyncio.run(_hash(demo_house.DEMO_PASSWORD)),
            progress=told,
        )
        asyncio.run(demo_house.load(dsn, house, told, force=force))
    sys.stdout.write(
        f"The demo house has {len(house.spaces)} spaces, {len(house.members)} members and "
        f"{len(house.bookings):,} bookings.\n"
    )
    if house.unplaced:
        sys.stdout.write(f"It was too full for {house.unplaced:,} more.\n")


async def _hash(password: str) -> str:
    passwords = Argon2Passwords(threads=1)
    try:
        return await passwords.hash(password)
    finally:
        passwords.close()


@contextmanager
def _progress() -> Iterator[demo_house.Progress]:
    columns = (TextColumn("{task.description:28}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield told
