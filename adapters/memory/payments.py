"""MemoryCheckouts, MemoryLedger, MemoryHandledEvents: payments, in memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import nsmallest
from itertools import islice

from adapters.memory.give_way import give_way
from adapters.memory.notes import Notes
from adapters.memory.state import HandledEvent, State
from application.ports.ledger import LedgerMismatch
from domain.checkouts import UNSETTLED_STATUSES, Checkout
from domain.ids import BookingId, CheckoutId, UserId
from domain.ledger import LedgerEntry, ProviderPayment
from domain.money import ZERO, Money


class MemoryCheckouts:
    """The port Checkouts."""

    def __init__(self, state: State, notes: Notes) -> None:
        self._state = state
        self._notes = notes

    async def get(self, checkout_id: CheckoutId) -> Checkout | None:
        await give_way()
        return self._state.checkouts.get(checkout_id)

    async def of_booking(self, booking_id: BookingId) -> Sequence[Checkout]:
        await give_way()
        return sorted(self._state.checkouts_by_booking.get(booking_id), key=lambda one: one.id)

    async def current_plan(self, user_id: UserId) -> Checkout | None:
        await give_way()
        return self._state.current_checkout.get((None, user_id))

    async def unsettled(self, *, after: CheckoutId | None, limit: int) -> Sequence[Checkout]:
        await give_way()
        found = (
            one
            for one in self._state.checkouts.all()
            if one.status in UNSETTLED_STATUSES and (after is None or one.id > after)
        )
        return nsmallest(limit, found, key=lambda one: one.id)

    def add(self, checkout: Checkout) -> None:
        self._notes.insert(self._state.checkouts, checkout)

    def save(self, checkout: Checkout) -> None:
        self._notes.next_version(self._state.checkouts, checkout)


class MemoryLedger:
    """The port Ledger."""

    def __init__(self, state: State, notes: Notes) -> None:
        self._state = state
        self._notes = notes

    async def of_source(self, source: str) -> LedgerEntry | None:
        await give_way()
        return self._state.entry_by_source.get(source)

    async def of_booking(self, booking_id: BookingId) -> Sequence[LedgerEntry]:
        await give_way()
        return sorted(self._state.entries_by_booking.get(booking_id), key=lambda one: one.id)

    async def of_payment(self, payment_id: str) -> Sequence[LedgerEntry]:
        await give_way()
        return sorted(self._state.entries_by_payment.get(payment_id), key=lambda one: one.id)

    async def payment(self, payment_id: str) -> ProviderPayment | None:
        await give_way()
        return self._state.payments.get(payment_id)

    async def count(self) -> int:
        await give_way()
        return len(self._state.ledger)

    async def mismatches(self, *, limit: int) -> Sequence[LedgerMismatch]:
        await give_way()
        return list(islice(self._mismatches(), limit))

    def add(self, entry: LedgerEntry) -> None:
        self._notes.insert(self._state.ledger, entry)

    def add_payment(self, payment: ProviderPayment) -> None:
        self._notes.insert(self._state.payments, payment)

    def save_payment(self, payment: ProviderPayment) -> None:
        self._notes.next_version(self._state.payments, payment)

    def _mismatches(self) -> Iterator[LedgerMismatch]:
        for booking in self._state.bookings.all():
            entries = list(self._state.entries_by_booking.get(booking.id))
            for what, recorded, refunds in (
                ("paid", booking.paid, False),
                ("refunded", booking.refunded, True),
            ):
                ledger = _sum(entries, refunds=refunds)
                if recorded != ledger:
                    yield LedgerMismatch(
                        subject="booking",
                        id=booking.id,
                        what=what,
                        recorded=recorded,
                        ledger=ledger,
                    )
        for invoice in self._state.invoices.all():
            entries = list(self._state.entries_by_invoice.get(invoice.id))
            paid = invoice.amount if invoice.paid_at is not None else ZERO
            for what, recorded, refunds in (
                ("paid", paid, False),
                ("refunded", invoice.refunded, True),
            ):
                ledger = _sum(entries, refunds=refunds)
                if recorded != ledger:
                    yield LedgerMismatch(
                        subject="invoice",
                        id=invoice.id,
                        what=what,
                        recorded=recorded,
                        ledger=ledger,
                    )


class MemoryHandledEvents:
    """The port HandledEvents."""

    def __init__(self, state: State, notes: Notes) -> None:
        self._state = state
        self._notes = notes

    async def has(self, event_id: str) -> bool:
        await give_way()
        return self._state.handled_events.get(event_id) is not None

    def add(self, event_id: str, event_type: str, *, at: datetime) -> None:
        del event_type, at  # They are for people who look into a database.
        self._notes.insert(self._state.handled_events, HandledEvent(event_id))


def _sum(entries: Sequence[LedgerEntry], *, refunds: bool) -> Money:
    return sum((one.amount for one in entries if one.is_refund is refunds), ZERO)
