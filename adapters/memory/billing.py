"""MemorySubscriptions, MemoryInvoices, MemoryRefunds: plans and money, in memory."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from heapq import nlargest, nsmallest

from adapters.memory.give_way import give_way
from adapters.memory.notes import Notes
from adapters.memory.state import State
from application.ports.invoices import InvoiceFilter
from domain.ids import BookingId, InvoiceId, MemberId, RefundId, SubscriptionId
from domain.invoices import Invoice, InvoiceStatus
from domain.refunds import Refund
from domain.subscriptions import Subscription


class MemorySubscriptions:
    """The port Subscriptions."""

    def __init__(self, state: State, notes: Notes) -> None:
        self._state = state
        self._notes = notes

    async def of_member(self, member_id: MemberId) -> Sequence[Subscription]:
        await give_way()
        found = (one for one in self._state.subscriptions.all() if one.member_id == member_id)
        return sorted(found, key=lambda one: one.id)

    async def live(self, *, after: SubscriptionId | None, limit: int) -> Sequence[Subscription]:
        await give_way()
        found = (
            one
            for one in self._state.subscriptions.all()
            if one.is_live and one.provider_subscription_id and (after is None or one.id > after)
        )
        return nsmallest(limit, found, key=lambda one: one.id)

    def add(self, subscription: Subscription) -> None:
        self._notes.insert(self._state.subscriptions, subscription)

    def save(self, subscription: Subscription) -> None:
        self._notes.next_version(self._state.subscriptions, subscription)


class MemoryInvoices:
    """The port Invoices."""

    def __init__(self, state: State, notes: Notes) -> None:
        self._state = state
        self._notes = notes

    async def of_bookings(self, booking_ids: Collection[BookingId]) -> Mapping[BookingId, Invoice]:
        await give_way()
        invoices = (self._state.invoices_by_booking.get(booking_id) for booking_id in booking_ids)
        found = (max(of_one, key=_counts_most, default=None) for of_one in invoices)
        return {invoice.booking_id: invoice for invoice in found if invoice and invoice.booking_id}

    async def get(self, invoice_id: InvoiceId) -> Invoice | None:
        await give_way()
        return self._state.invoices.get(invoice_id)

    async def list(
        self, wanted: InvoiceFilter, *, after: InvoiceId | None, limit: int
    ) -> Sequence[Invoice]:
        await give_way()
        found = (
            one
            for one in self._state.invoices.all()
            if wanted.user_id in {None, one.user_id}
            and wanted.status in {None, one.status}
            and (after is None or one.id < after)
        )
        return nlargest(limit, found, key=lambda one: one.id)

    async def unnumbered(self, *, limit: int) -> Sequence[Invoice]:
        await give_way()
        found = (one for one in self._state.invoices.all() if one.awaits_number)
        return nsmallest(limit, found, key=lambda one: (one.issued_at, one.id))

    async def last_number(self, year: int) -> int:
        await give_way()
        numbers = (one.number for one in self._state.invoices.all() if one.number)
        counts = (int(one[5:]) for one in numbers if one.startswith(f"{year}-"))
        return max(counts, default=0)

    def add(self, invoice: Invoice) -> None:
        self._notes.insert(self._state.invoices, invoice)

    def save(self, invoice: Invoice) -> None:
        self._notes.next_version(self._state.invoices, invoice)

    def save_numbers(self, numbered: Sequence[Invoice]) -> None:
        for invoice in numbered:
            self.save(invoice)


class MemoryRefunds:
    """The port Refunds."""

    def __init__(self, state: State, notes: Notes) -> None:
        self._state = state
        self._notes = notes

    async def of_booking(self, booking_id: BookingId) -> Sequence[Refund]:
        await give_way()
        return sorted(self._state.refunds_by_booking.get(booking_id), key=lambda one: one.id)

    async def get(self, refund_id: RefundId) -> Refund | None:
        await give_way()
        return self._state.refunds.get(refund_id)

    async def due(self, *, limit: int) -> Sequence[Refund]:
        await give_way()
        return nsmallest(limit, (one for one in self._state.refunds.all() if one.is_due), key=_age)

    async def to_send(self, *, at: datetime, limit: int) -> Sequence[Refund]:
        await give_way()
        found = (
            one
            for one in self._state.refunds.all()
            if one.is_due
            and not one.by_hand
            and (one.next_attempt_at is None or one.next_attempt_at <= at)
        )
        return nsmallest(limit, found, key=_age)

    async def by_hand(self, *, limit: int) -> Sequence[Refund]:
        await give_way()
        found = (one for one in self._state.refunds.all() if one.is_due and one.by_hand)
        return nsmallest(limit, found, key=_age)

    async def failing(self, *, attempts: int, limit: int) -> Sequence[Refund]:
        await give_way()
        found = (
            one for one in self._state.refunds.all() if one.is_due and one.attempts >= attempts
        )
        return nsmallest(limit, found, key=_age)

    def add(self, refund: Refund) -> None:
        self._notes.insert(self._state.refunds, refund)

    def save(self, refund: Refund) -> None:
        self._notes.next_version(self._state.refunds, refund)


def _age(refund: Refund) -> tuple[datetime, RefundId]:
    return refund.decided_at, refund.id


def _counts_most(invoice: Invoice) -> tuple[bool, InvoiceId]:
    return invoice.status is not InvoiceStatus.VOID, invoice.id
