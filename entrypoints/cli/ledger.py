"""`cowork ledger`: the ledger of all payments and refunds."""

import sys

import typer

from application.ports.ledger import LedgerMismatch
from domain.refunds import Refund
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir
from entrypoints.cli.errors import CommandError
from entrypoints.cli.use_cases import run_use_case
from entrypoints.settings import load_settings

ledger = typer.Typer(no_args_is_help=True, add_completion=False)


@ledger.callback()
def group() -> None:
    """Verify the payment ledger."""


@ledger.command()
def check(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Compare the paid and refunded amounts of bookings and invoices with the ledger.

    Prints every difference, and exits with 1 if there is one. Also lists manual refunds.
    """
    report = run_use_case(load_settings(), data_dir, lambda use_cases: use_cases.check_ledger())
    for refund in report.manual_refunds:
        sys.stdout.write(f"{_manual_refund_line(refund)}\n")
    for mismatch in report.mismatches:
        sys.stdout.write(f"{_mismatch_line(mismatch)}\n")
    if not report.agrees:
        raise CommandError(
            f"{len(report.mismatches)} sums do not agree with the ledger of {report.entries} "
            "entries."
        )
    sys.stdout.write(f"All sums agree with the ledger of {report.entries} entries.\n")


def _mismatch_line(mismatch: LedgerMismatch) -> str:
    return (
        f"{mismatch.subject} {mismatch.id}: {mismatch.what} is {mismatch.recorded}, "
        f"but {mismatch.ledger} in the ledger."
    )


def _manual_refund_line(refund: Refund) -> str:
    return (
        f"Manual refund: pay back {refund.amount} for booking {refund.booking_id}, then run "
        f"`cowork refunds given-back {refund.id}`."
    )
