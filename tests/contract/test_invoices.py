"""Invoices: one that is not void per booking, and numbers without gaps under concurrency."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.postgres import PostgresDatabase
from application.payments.number_invoices import BATCH, NumberInvoices
from application.ports.invoices import InvoiceFilter
from application.ports.unit_of_work import Stale
from domain.house import House
from domain.ids import InvoiceId
from domain.invoices import Invoice, InvoiceStatus
from domain.period import Period
from tests.contract.conftest import Store
from tests.entities import HOUR, IDS, MONDAY, a_booking, a_space, a_user, an_invoice, save_all

MINUTE = timedelta(minutes=1)
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


async def some_invoices(store: Store, *fields: Mapping[str, Any]) -> list[Invoice]:
    """Store invoices, each for its own booking."""
    user, space = a_user(), a_space()
    bookings = [
        a_booking(user, space, Period(MONDAY + nth * HOUR, MONDAY + (nth + 1) * HOUR))
        for nth in range(len(fields))
    ]
    invoices = [
        an_invoice(booking, **changes) for booking, changes in zip(bookings, fields, strict=True)
    ]
    await save_all(store.unit_of_work, user, space, *bookings, *invoices)
    return invoices


async def numbers_of(store: Store, invoices: Sequence[Invoice]) -> list[str | None]:
    async with store.unit_of_work() as uow:
        stored = [await uow.invoices.get(invoice.id) for invoice in invoices]
    return [invoice.number if invoice else None for invoice in stored]


async def test_a_booking_has_one_invoice_that_is_not_void(store: Store) -> None:
    [void] = await some_invoices(store, {"status": InvoiceStatus.VOID})
    assert void.booking_id is not None
    current = replace(void, id=InvoiceId(IDS.new()), status=InvoiceStatus.OPEN)
    async with store.unit_of_work() as uow:
        uow.invoices.add(current)
        await uow.commit()
    async with store.unit_of_work() as uow:
        assert await uow.invoices.of_bookings([void.booking_id]) == {void.booking_id: current}
        uow.invoices.add(replace(current, id=InvoiceId(IDS.new())))
        with pytest.raises(Stale):
            await uow.commit()


async def test_lists_begin_with_the_latest_and_continue_after_an_id(store: Store) -> None:
    first, second, draft = await some_invoices(store, {}, {}, {"status": InvoiceStatus.DRAFT})
    async with store.unit_of_work() as uow:
        invoices = uow.invoices
        everything = InvoiceFilter(user_id=first.user_id)
        assert await invoices.list(everything, after=None, limit=2) == [draft, second]
        assert await invoices.list(everything, after=second.id, limit=2) == [first]
        drafts = InvoiceFilter(status=InvoiceStatus.DRAFT)
        assert await invoices.list(drafts, after=None, limit=9) == [draft]
        assert await invoices.list(InvoiceFilter(user_id=a_user().id), after=None, limit=9) == []


async def test_only_issued_invoices_await_a_number_in_the_order_of_issue(store: Store) -> None:
    late, early, _, _, _ = await some_invoices(
        store,
        {"issued_at": MONDAY + HOUR},
        {"status": InvoiceStatus.PAID, "paid_at": MONDAY},
        {"status": InvoiceStatus.DRAFT},
        {"status": InvoiceStatus.VOID},
        {"number": "2026-000001"},
    )
    async with store.unit_of_work() as uow:
        assert await uow.invoices.unnumbered(limit=9) == [early, late]
        assert await uow.invoices.unnumbered(limit=1) == [early]


async def test_the_last_number_is_that_of_its_year_and_exceeds_a_million(
    store: Store,
) -> None:
    numbers = ("2025-000002", "2026-999999", "2026-1000000", "2027-000001")
    await some_invoices(store, *({"number": number} for number in numbers))
    async with store.unit_of_work() as uow:
        last = [await uow.invoices.last_number(year) for year in (2024, 2025, 2026, 2027)]
    assert last == [0, 2, 1_000_000, 1]


async def test_numbers_are_stored_all_or_none(store: Store) -> None:
    invoices = await some_invoices(store, {}, {}, {})
    numbered = [invoice.numbered(f"2026-{nth:06d}") for nth, invoice in enumerate(invoices, 1)]
    async with store.unit_of_work() as uow:
        uow.invoices.save(invoices[1].paid(at=MONDAY))
        await uow.commit()
    async with store.unit_of_work() as uow:
        uow.invoices.save_numbers(numbered)
        with pytest.raises(Stale):
            await uow.commit()
    assert await numbers_of(store, invoices) == [None] * 3


async def test_concurrent_numbering_leaves_no_gap_and_keeps_the_order_of_each_year(
    store: Store,
) -> None:
    invoices = await some_invoices(
        store, *({"issued_at": NEW_YEAR + nth * MINUTE} for nth in range(-20, 20))
    )
    number = NumberInvoices(store.unit_of_work, House(timezone=ZoneInfo("UTC")))
    assert sum(await asyncio.gather(*(number() for _ in range(6)))) == len(invoices)
    expected = [f"{year}-{nth:06d}" for year in (2026, 2027) for nth in range(1, 21)]
    assert await numbers_of(store, invoices) == expected


async def test_a_batch_is_numbered_by_one_statement_which_reads_the_last_number_from_an_index(
    empty_database_18: str,
) -> None:
    database = await PostgresDatabase.connect(empty_database_18, pool_size=1)
    try:
        await some_invoices(database, *({} for _ in range(30)))
        async with database.unit_of_work() as uow:
            sent: list[str] = []
            connection = await uow._connection._acquire()
            connection.add_query_logger(lambda record: sent.append(record.query))
        assert (
            await NumberInvoices(database.unit_of_work, House(timezone=ZoneInfo("UTC")))()
            == 30
            < BATCH
        )
        await asyncio.sleep(0)
        assert len([sql for sql in sent if "UPDATE" in sql]) == 1
        [last] = {sql for sql in sent if "length(invoices.number)" in sql}
        async with database.unit_of_work() as uow:
            connection = await uow._connection._acquire()
            await connection.execute("SET enable_seqscan = off; SET enable_sort = off")
            plan = await connection.fetch(f"EXPLAIN {last}", "2026")
        assert "Backward using invoices_year_number_idx" in str(plan)
    finally:
        await database.close()
