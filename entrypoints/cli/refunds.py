"""`cowork refunds`: manual refunds, of payments made outside Stripe."""

import sys
from typing import Annotated
from uuid import UUID

import typer

from domain.ids import RefundId
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir
from entrypoints.cli.errors import CommandError
from entrypoints.cli.use_cases import run_use_case
from entrypoints.settings import load_settings

refunds = typer.Typer(no_args_is_help=True, add_completion=False)


@refunds.callback()
def group() -> None:
    """Manage refunds of payments made outside Stripe."""


@refunds.command("list")
def list_refunds(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """List manual refunds that have not been paid back."""
    due = run_use_case(load_settings(), data_dir, lambda use_cases: use_cases.list_manual_refunds())
    for refund in due:
        sys.stdout.write(
            f"{refund.id}  {refund.amount} for booking {refund.booking_id}, "
            f"since {refund.decided_at:%Y-%m-%d %H:%M:%SZ}\n"
        )
    if not due:
        sys.stdout.write("No manual refunds are due.\n")


@refunds.command("given-back")
def given_back(
    refund_id: Annotated[
        UUID, typer.Argument(metavar="ID", help="Refund id, from `cowork refunds list`.")
    ],
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Record that a manual refund was paid back: in the ledger, the booking and its invoice."""
    refund = run_use_case(
        load_settings(),
        data_dir,
        lambda use_cases: use_cases.record_manual_refund(RefundId(refund_id)),
    )
    if refund is None:
        raise CommandError(f"No manual refund with the id {refund_id} is due.")
    sys.stdout.write(f"Recorded: {refund.amount} for booking {refund.booking_id}.\n")
