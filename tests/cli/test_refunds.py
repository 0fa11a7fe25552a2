"""`cowork refunds` lists the refunds to be paid by hand and records that they were paid."""

import asyncio
from pathlib import Path

import pytest

from adapters.postgres import PostgresDatabase
from domain.bookings import BookingStatus
from domain.invoices import InvoiceStatus
from domain.ledger import EntryKind
from domain.money import Money
from domain.refunds import Refund
from tests.cli.conftest import RunHere
from tests.entities import (
    MONDAY,
    a_booking,
    a_ledger_entry,
    a_refund,
    a_space,
    a_user,
    an_invoice,
    hours,
    save_all,
)
from tests.processes import cowork


async def add_manual_refund(dsn: str) -> Refund:
    """Store a manual refund: the booking was paid at the desk and then cancelled."""
    user, space = a_user(), a_space()
    booking = a_booking(
        user, space, hours(9, 10), status=BookingStatus.CANCELLED, paid=Money(12_50)
    )
    invoice = an_invoice(booking, status=InvoiceStatus.PAID, paid_at=MONDAY)
    paid = a_ledger_entry(invoice, kind=EntryKind.OFFLINE_PAYMENT)
    refund = a_refund(booking, is_manual=True)
    database = await PostgresDatabase.connect(dsn, pool_size=1)
    try:
        await save_all(database.unit_of_work, user, space, booking, invoice, paid, refund)
    finally:
        await database.close()
    return refund


def test_a_manual_refund_is_listed_and_recorded_once(
    cowork_here: RunHere,
    set_database: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        status = cowork_here(*arguments)
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    refund = asyncio.run(add_manual_refund(set_database))
    variables = {"DATABASE_URL": set_database}
    listed = cowork("refunds", "list", cwd=tmp_path, variables=variables)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert listed.stdout == (
        f"{refund.id}  12.50 for booking {refund.booking_id}, since 2026-03-02 00:00:00Z\n"
    )
    recorded = f"Recorded: 12.50 for booking {refund.booking_id}.\n"
    assert run("refunds", "given-back", str(refund.id)) == (0, recorded)
    status, error = run("refunds", "given-back", str(refund.id))
    assert (status, "No manual refund" in error, "Traceback" in error) == (1, True, False)
    assert run("ledger", "check") == (0, "All sums agree with the ledger of 2 entries.\n")
