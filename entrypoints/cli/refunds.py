"""`cowork refunds`: what was paid at the desk, and has to be given back there."""

import asyncio
import sys
from typing import Annotated
from uuid import UUID

import typer

from domain.ids import RefundId
from domain.refunds import Refund
from entrypoints.cli.context import with_database
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, database_at_head
from entrypoints.cli.errors import CommandError
from entrypoints.container import Container
from entrypoints.settings import load_settings

refunds = typer.Typer(
    help="Money that has to be given back by hand.", no_args_is_help=True, add_completion=False
)


@refunds.command("list")
def list_refunds(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Show what was paid outside of Stripe and is to be given back."""
    settings = load_settings()
    with database_at_head(settings, data_dir) as dsn:
        due = asyncio.run(
            with_database(
                lambda container: container.use_cases().list_manual_refunds(),
                Container(settings=settings),
                dsn,
            )
        )
    for refund in due:
        sys.stdout.write(
            f"{refund.id}  {refund.amount} for booking {refund.booking_id}, "
            f"since {refund.decided_at:%Y-%m-%d %H:%M:%SZ}\n"
        )
    if not due:
        sys.stdout.write("Nothing is to be given back by hand.\n")


@refunds.command("given-back")
def given_back(
    refund_id: Annotated[
        UUID, typer.Argument(metavar="ID", help="As `cowork refunds list` shows it.")
    ],
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Record that it was given back, in the ledger, the booking and its invoice."""

    async def record(container: Container) -> Refund | None:
        return await container.use_cases().record_manual_refund(RefundId(refund_id))

    settings = load_settings()
    with database_at_head(settings, data_dir) as dsn:
        refund = asyncio.run(with_database(record, Container(settings=settings), dsn))
    if refund is None:
        raise CommandError(f"No refund {refund_id} is to be given back by hand.")
    sys.stdout.write(f"Recorded: {refund.amount} for booking {refund.booking_id}.\n")
