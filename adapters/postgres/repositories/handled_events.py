"""PostgresHandledEvents: implements application.ports.handled_events.HandledEvents."""

from datetime import datetime

import sqlalchemy as sa

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import Statement, insert_row
from adapters.postgres.schema.billing import (
    stripe_events,
)

_HAS = Statement(
    sa.select(stripe_events).where(stripe_events.c.event_id == sa.bindparam("event_id"))
)
_ADD = insert_row(stripe_events)


class PostgresHandledEvents:
    """Implements application.ports.handled_events.HandledEvents."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def has(self, event_id: str) -> bool:
        return await self._session.row(_HAS, event_id=event_id) is not None

    def add(self, event_id: str, event_type: str, *, at: datetime) -> None:
        values = {"event_id": event_id, "type": event_type, "handled_at": at}
        self._session.write(_ADD, values)
