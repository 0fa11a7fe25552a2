"""The figures of the revenue report in memory."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from adapters.memory.state import State
from domain.analytics.days import ReportDays
from domain.analytics.revenue import RevenueFigures, SpaceTakings
from domain.bookings import Booking
from domain.ids import SpaceId
from domain.invoices import Invoice, InvoiceStatus
from domain.subscriptions import Subscription, SubscriptionStatus


def revenue_figures(state: State, days: ReportDays) -> RevenueFigures:
    """All of the figures."""
    booked: dict[int, int] = defaultdict(int)
    subscribed: dict[int, int] = defaultdict(int)
    by_space: dict[SpaceId, int] = defaultdict(int)
    for invoice in state.invoices.all():
        day = None if invoice.paid_at is None else day_of(invoice.paid_at, days)
        if day is None:
            continue
        if invoice.space_id is None:
            subscribed[day] += invoice.amount.cents
        else:
            booked[day] += invoice.amount.cents
            by_space[invoice.space_id] += invoice.amount.cents
    given_back: dict[int, int] = defaultdict(int)
    for at, cents in _refunds(state):
        day = day_of(at, days)
        if day is not None:
            given_back[day] += cents
    spaces = sorted(state.spaces.all(), key=lambda space: space.id)
    taken = [
        SpaceTakings(space.id, space.name, space.space_type, by_space[space.id])
        for space in spaces
        if space.id in by_space
    ]
    return RevenueFigures(booked, subscribed, given_back, taken, _mrr(state, days))


def day_of(instant: datetime, days: ReportDays) -> int | None:
    """The number of the day that it lies in, the first one being 0."""
    is_within = days.start <= instant < days.end
    return bisect_right(days.starts, instant) - 1 if is_within else None


def ended_at(subscription: Subscription) -> datetime | None:
    """When it ended: with its period, or when it was cancelled before that."""
    if subscription.status is not SubscriptionStatus.CANCELLED:
        return None
    return min(subscription.updated_at, subscription.current_period.end)


def is_live_at(subscription: Subscription, instant: datetime) -> bool:
    """Whether it had begun before that time and had not ended by then."""
    ended = ended_at(subscription)
    return subscription.created_at < instant and (ended is None or ended >= instant)


def _refunds(state: State) -> Iterator[tuple[datetime, int]]:
    """What was given back and when, from refunds and invoices; not from the ledger yet."""
    for refund in state.refunds.all():
        if refund.accepted_at is not None:
            yield refund.accepted_at, refund.amount.cents
    for invoice in state.invoices.all():
        if invoice.paid_at is not None and invoice.refunded:
            booking = state.bookings.get(invoice.booking_id)
            cancelled_at = None if booking is None else booking.cancelled_at
            beyond = invoice.refunded.cents - _accepted(state, booking)
            yield cancelled_at or invoice.paid_at, max(beyond, 0)


def _accepted(state: State, booking: Booking | None) -> int:
    if booking is None:
        return 0
    refunds = state.refunds_by_booking.get(booking.id)
    return sum(refund.amount.cents for refund in refunds if refund.accepted_at is not None)


def _mrr(state: State, days: ReportDays) -> int:
    live = {
        subscription.id
        for subscription in state.subscriptions.all()
        if is_live_at(subscription, days.end)
        and subscription.status is not SubscriptionStatus.TRIALING
    }
    billed: dict[object, list[Invoice]] = defaultdict(list)
    for invoice in state.invoices.all():
        if invoice.subscription_id in live and invoice.status is not InvoiceStatus.VOID:
            billed[invoice.subscription_id].append(invoice)
    return sum(_price(invoices, days.end).amount.cents for invoices in billed.values())


def _price(invoices: list[Invoice], end: datetime) -> Invoice:
    """The last invoice before that time, or else the first one after it."""
    earlier = [invoice for invoice in invoices if invoice.issued_at < end]
    if earlier:
        latest = max(invoice.issued_at for invoice in earlier)
        return min((i for i in earlier if i.issued_at == latest), key=lambda i: i.id)
    return min(invoices, key=lambda invoice: (invoice.issued_at, invoice.id))
