"""PostgresSubscriptions: implements application.ports.subscriptions.Subscriptions."""

from collections.abc import Sequence
from functools import cache

import sqlalchemy as sa

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import Statement, insert_row, update_row
from adapters.postgres.mappers.subscription import subscription_from, subscription_row
from adapters.postgres.schema.billing import subscriptions
from domain.ids import MemberId, SubscriptionId
from domain.subscriptions import Subscription

_OF_MEMBER = Statement(
    sa.select(subscriptions)
    .where(subscriptions.c.member_id == sa.bindparam("member_id"))
    .order_by(subscriptions.c.id)
)


@cache
def _live(*, is_first: bool) -> Statement:
    after = () if is_first else (subscriptions.c.id > sa.bindparam("after"),)
    return Statement(
        sa.select(subscriptions)
        .where(
            subscriptions.c.status != sa.literal_column("'CANCELLED'"),
            subscriptions.c.stripe_subscription_id.is_not(None),
            *after,
        )
        .order_by(subscriptions.c.id)
        .limit(sa.bindparam("limit"))
    )


_ADD = insert_row(subscriptions)
_SAVE = update_row(subscriptions)


class PostgresSubscriptions:
    """Implements application.ports.subscriptions.Subscriptions."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def of_member(self, member_id: MemberId) -> Sequence[Subscription]:
        rows = await self._session.rows(_OF_MEMBER, member_id=member_id)
        return [subscription_from(row) for row in rows]

    async def live(self, *, after: SubscriptionId | None, limit: int) -> Sequence[Subscription]:
        statement = _live(is_first=after is None)
        rows = await self._session.rows(statement, after=after, limit=limit)
        return [subscription_from(row) for row in rows]

    def add(self, subscription: Subscription) -> None:
        self._session.write(_ADD, subscription_row(subscription))

    def save(self, subscription: Subscription) -> None:
        self._session.write(_SAVE, subscription_row(subscription))
