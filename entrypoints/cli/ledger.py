"""`cowork ledger check`: whether every sum of money agrees with the book of its movements."""

import asyncio
import sys

import typer

from application.payments.check_ledger import LedgerReport
from application.ports.ledger import LedgerMismatch
from domain.refunds import Refund
from entrypoints.cli.context import with_database
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, database_at_head
from entrypoints.cli.errors import CommandError
from entrypoints.container import Container
from entrypoints.settings import load_settings

ledger = typer.Typer(
    help="The book of all money that moved.", no_args_is_help=True, add_completion=False
)


@ledger.callback()
def _every_ledger_command() -> None:
    """Keep `check` a subcommand although it is the only one."""


@ledger.command()
def check(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Compare what bookings and invoices say was paid and refunded with the ledger."""
    settings = load_settings()
    with database_at_head(settings, data_dir) as dsn:
        report = asyncio.run(with_database(_report, Container(settings=settings), dsn))
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


async def _report(container: Container) -> LedgerReport:
    return await container.use_cases().check_ledger()


def _mismatch_line(mismatch: LedgerMismatch) -> str:
    return (
        f"{mismatch.subject} {mismatch.id}: {mismatch.what} is {mismatch.recorded}, "
        f"the ledger says {mismatch.ledger}."
    )


def _manual_refund_line(refund: Refund) -> str:
    return (
        f"To be given back by hand: {refund.amount} for booking {refund.booking_id} "
        f"(then: cowork refunds given-back {refund.id})."
    )
