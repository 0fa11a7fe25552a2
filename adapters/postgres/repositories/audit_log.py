"""PostgresAuditLog: implements application.ports.audit_log.AuditLog."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import Statement, insert_row
from adapters.postgres.mappers.audit_entry import audit_entry_from, audit_entry_row
from adapters.postgres.schema.identity import audit_log
from application.ports.audit_log import AuditFilter, AuditPosition
from domain.audit import AuditEntry

_ADD = insert_row(audit_log)
_CRITERIA: dict[str, sa.ColumnElement[bool]] = {
    "actor_id": audit_log.c.actor_id == sa.bindparam("actor_id"),
    "subject_id": audit_log.c.subject_id == sa.bindparam("subject_id"),
    "event": audit_log.c.event == sa.bindparam("event"),
    "since": audit_log.c.at >= sa.bindparam("since"),
    "before": audit_log.c.at < sa.bindparam("before"),
    "after_at": sa.tuple_(audit_log.c.at, audit_log.c.id)
    < sa.tuple_(
        sa.bindparam("after_at", type_=audit_log.c.at.type),
        sa.bindparam("after_id", type_=audit_log.c.id.type),
    ),
}


class PostgresAuditLog:
    """Implements application.ports.audit_log.AuditLog."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def list(
        self, criteria: AuditFilter, *, after: AuditPosition | None, limit: int
    ) -> Sequence[AuditEntry]:
        values: dict[str, Any] = {
            "actor_id": criteria.actor_id,
            "subject_id": criteria.subject_id,
            "event": criteria.event,
            "since": criteria.since,
            "before": criteria.before,
            "after_at": after and after.at,
        }
        values = {name: value for name, value in values.items() if value is not None}
        statement = _list(frozenset(values))
        if after is not None:
            values["after_id"] = after.id
        rows = await self._session.rows(statement, **values, limit=limit)
        return [audit_entry_from(row) for row in rows]

    def add(self, entry: AuditEntry) -> None:
        self._session.write(_ADD, audit_entry_row(entry))


@cache
def _list(names: frozenset[str]) -> Statement:
    return Statement(
        sa.select(audit_log)
        .where(*(_CRITERIA[name] for name in sorted(names)))
        .order_by(audit_log.c.at.desc(), audit_log.c.id.desc())
        .limit(sa.bindparam("limit"))
    )
