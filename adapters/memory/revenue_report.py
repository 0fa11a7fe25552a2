"""revenue_figures: the figures of the revenue report, from memory."""

from bisect import bisect_right
from collections import defaultdict
from datetime import datetime

from adapters.memory.state import State
from domain.analytics.days import ReportDays
from domain.analytics.recurring_revenue import monthly_recurring_revenue
from domain.analytics.revenue import RevenueFigures, SpaceTakings
from domain.ids import SpaceId


def revenue_figures(state: State, days: ReportDays) -> RevenueFigures:
    """Return the figures of the revenue report."""
    booked: dict[int, int] = defaultdict(int)
    subscribed: dict[int, int] = defaultdict(int)
    by_space: dict[SpaceId, int] = defaultdict(int)
    refunded: dict[int, int] = defaultdict(int)
    for entry in state.ledger.all():
        day = day_of(entry.occurred_at, days)
        if day is None:
            continue
        if entry.is_refund:
            refunded[day] += entry.amount.cents
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
    mrr = monthly_recurring_revenue(state.subscriptions.all(), state.invoices.all(), days.end)
    return RevenueFigures(booked, subscribed, refunded, taken, mrr.cents)


def day_of(instant: datetime, days: ReportDays) -> int | None:
    """Return the index of the day that contains the instant, from 0; None outside the range."""
    is_within = days.start <= instant < days.end
    return bisect_right(days.starts, instant) - 1 if is_within else None
