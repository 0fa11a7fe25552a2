"""The figures of the revenue report in memory."""

from bisect import bisect_right
from collections import defaultdict
from datetime import datetime

from adapters.memory.state import State
from domain.analytics.days import ReportDays
from domain.analytics.revenue import RevenueFigures, SpaceTakings
from domain.ids import SpaceId
from domain.invoices import Invoice, InvoiceStatus
from domain.subscriptions import Subscription, SubscriptionStatus


def revenue_figures(state: State, days: ReportDays) -> RevenueFigures:
    """All of the figures."""
    booked: dict[int, int] = defaultdict(int)
    subscribed: dict[int, int] = defaultdict(int)
    by_space: dict[SpaceId, int] = defaultdict(int)
    given_back: dict[int, int] = defaultdict(int)
    for entry in state.ledger.all():
        day = day_of(entry.occurred_at, days)
        if day is None:
            continue
        if entry.is_refund:
            given_back[day] += entry.amount.cents
        elif entry.space_id is None:
            subscribed[day] += entry.amount.cents
        else:
            booked[day] += entry.amount.cents
            by_space[entry.space_id] += entry.amount.cents
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
