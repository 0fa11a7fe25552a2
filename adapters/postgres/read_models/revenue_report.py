"""The figures of the revenue report: ledger entries of the range, and MRR at its end."""

from collections.abc import Sequence

import asyncpg
import sqlalchemy as sa

from adapters.postgres.engine.pool import Connection
from adapters.postgres.engine.statement import Statement
from adapters.postgres.read_models.report_sql import RANGE_END, RANGE_START, day_of, values_of
from adapters.postgres.schema.billing import invoices, ledger_entries, subscriptions
from adapters.postgres.schema.spaces import spaces
from domain.analytics.days import ReportDays
from domain.analytics.revenue import RevenueFigures, SpaceTakings
from domain.ids import SpaceId
from domain.invoices import InvoiceStatus
from domain.ledger import EntryKind
from domain.spaces import SpaceType
from domain.subscriptions import SubscriptionStatus

MOVED_IN_RANGE = (
    ledger_entries.c.occurred_at >= RANGE_START,
    ledger_entries.c.occurred_at < RANGE_END,
)
IS_REFUND: sa.ColumnElement[bool] = ledger_entries.c.kind == sa.literal_column(
    f"'{EntryKind.REFUND}'"
)
_ZERO: sa.ColumnElement[int] = sa.literal_column("0")


def _sums() -> Statement:
    """Sum the entries by day and by space in one pass. Entries without a space are for plans."""
    entry = (
        sa.select(
            day_of(ledger_entries.c.occurred_at).label("day"),
            ledger_entries.c.space_id,
            IS_REFUND.label("is_refund"),
            ledger_entries.c.amount_cents,
        )
        .where(*MOVED_IN_RANGE)
        .subquery("entry")
    )
    is_for_plan = entry.c.space_id.is_(None)
    cents = sa.func.sum(entry.c.amount_cents)
    return Statement(
        sa.select(
            sa.func.grouping(entry.c.day),
            entry.c.day,
            entry.c.space_id,
            cents.filter(~entry.c.is_refund, ~is_for_plan),
            cents.filter(~entry.c.is_refund, is_for_plan),
            cents.filter(entry.c.is_refund),
        ).group_by(sa.func.grouping_sets(sa.tuple_(entry.c.day), sa.tuple_(entry.c.space_id)))
    )


ENDED_AT = sa.case(
    (
        subscriptions.c.status == SubscriptionStatus.CANCELLED,
        sa.func.least(subscriptions.c.updated_at, subscriptions.c.current_period_end),
    ),
)
"""When a subscription ended, else NULL; the rule is `recurring_revenue.ended_at`."""
LIVE_AT_END = sa.and_(
    subscriptions.c.created_at < RANGE_END, sa.or_(ENDED_AT.is_(None), ENDED_AT >= RANGE_END)
)
"""The rule is `recurring_revenue.is_live_at`."""

# The rule is `recurring_revenue.monthly_price`.
_price = (
    sa.select(invoices.c.amount_cents)
    .where(
        invoices.c.subscription_id == subscriptions.c.id,
        invoices.c.status != InvoiceStatus.VOID,
    )
    .order_by(
        (invoices.c.issued_at < RANGE_END).desc(),
        sa.case((invoices.c.issued_at < RANGE_END, invoices.c.issued_at)).desc(),
        invoices.c.issued_at,
        invoices.c.id,
    )
    .limit(1)
    .correlate(subscriptions)
    .scalar_subquery()
)
_SUMS = _sums()
# The rule is `recurring_revenue.counts_for_mrr`.
_MRR = Statement(
    sa.select(sa.func.coalesce(sa.func.sum(_price), _ZERO)).where(
        LIVE_AT_END, subscriptions.c.status != SubscriptionStatus.TRIALING
    )
)
_SPACES = Statement(
    sa.select(spaces.c.id, spaces.c.name, spaces.c.space_type).order_by(spaces.c.id)
)


async def read(connection: Connection, days: ReportDays) -> RevenueFigures:
    """Read all figures in the connection's transaction."""
    values = values_of(days)

    async def rows(statement: Statement) -> Sequence[asyncpg.Record]:
        return await connection.fetch(statement.sql, *statement.arguments(values))

    by_day: dict[int, int] = {}
    subscribed: dict[int, int] = {}
    refunded: dict[int, int] = {}
    by_space: dict[SpaceId, int] = {}
    for is_by_space, day, space_id, booked, for_plans, refunds in await rows(_SUMS):
        if not is_by_space:
            by_day[day - 1] = int(booked or 0)
            subscribed[day - 1] = int(for_plans or 0)
            refunded[day - 1] = int(refunds or 0)
        elif booked:
            by_space[space_id] = int(booked)
    takings = [
        SpaceTakings(space_id, name, SpaceType(space_type), by_space[space_id])
        for space_id, name, space_type in await rows(_SPACES)
        if space_id in by_space
    ]
    [[mrr]] = await rows(_MRR)
    return RevenueFigures(by_day, subscribed, refunded, takings, int(mrr))
