"""PostgresListReader: lists for the contract, in JSON that PostgreSQL writes."""

import json
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from adapters.postgres.engine.pool import ConnectionPool
from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import Statement
from adapters.postgres.read_models.booking_list import latest_first, list_statement
from adapters.postgres.read_models.json_sql import (
    dollars,
    instant,
    json_object,
    number,
    value,
    word,
)
from adapters.postgres.repositories.spaces import filter_values, listed
from application.common.paging import Page, cut_page
from application.ports.bookings import BookingFilter, BookingPosition
from application.ports.spaces import SpaceFilter
from domain.ids import BookingId, SpaceId


class PostgresListReader:
    """Implements application.ports.list_reader.Documents."""

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections

    async def bookings(
        self, criteria: BookingFilter, *, after: BookingPosition | None, limit: int
    ) -> Page[str, BookingPosition]:
        statement, values = list_statement(
            criteria, after=after, limit=limit + 1, shown=_booking_documents
        )
        return cut_page(await self._texts(statement, values), limit, _booking_position)

    async def spaces(
        self, criteria: SpaceFilter, *, after: SpaceId | None, limit: int
    ) -> Page[str, SpaceId]:
        values = filter_values(criteria, after)
        statement = _space_documents(frozenset(values))
        texts = await self._texts(statement, values | {"limit": limit + 1})
        return cut_page(texts, limit, _space_position)

    async def _texts(self, statement: Statement, values: dict[str, Any]) -> list[str]:
        async with PostgresSession(self._connections) as connection:
            return [text for (text,) in await connection.rows(statement, **values)]


def _booking_documents(listing: sa.Select[Any]) -> sa.Select[Any]:
    """The members are those of `BookingBody`, in its order; a test holds them together."""
    row = listing.subquery("listing")
    document = json_object(
        {
            "id": word(row.c.id),
            "user_id": word(row.c.user_id),
            "space_id": word(row.c.space_id),
            "desk": number(row.c.desk),
            "start_time": instant(row.c.start_time),
            "end_time": instant(row.c.end_time),
            "status": word(row.c.status),
            "amount_usd": dollars(row.c.amount_cents),
            "paid_usd": dollars(row.c.paid_cents),
            "refunded_usd": dollars(row.c.refunded_cents),
            "covered_by_plan": value(row.c.covered_by_plan),
            "notes": value(row.c.notes),
            "hold_expires_at": instant(row.c.hold_expires_at),
            "checked_in_at": instant(row.c.checked_in_at),
            "checked_out_at": instant(row.c.checked_out_at),
            "cancelled_at": instant(row.c.cancelled_at),
            "cancel_reason": value(row.c.cancel_reason),
            "version": number(row.c.version),
            "created_at": instant(row.c.created_at),
            "updated_at": instant(row.c.updated_at),
        }
    )
    return latest_first(sa.select(document), row)


@cache
def _space_documents(names: frozenset[str]) -> Statement:
    """The members are those of `SpaceBody`, in its order; a test holds them together."""
    row = listed(names).subquery("listing")
    document = json_object(
        {
            "id": word(row.c.id),
            "name": value(row.c.name),
            "description": value(row.c.description),
            "space_type": word(row.c.space_type),
            "capacity": number(row.c.capacity),
            "hourly_rate": dollars(row.c.hourly_rate_cents),
            "daily_rate": dollars(row.c.daily_rate_cents),
            "monthly_rate": dollars(row.c.monthly_rate_cents),
            "amenities": value(row.c.amenities),
            "opening_hours": value(row.c.opening_hours),
            "is_active": value(row.c.is_active),
            "version": number(row.c.version),
            "created_at": instant(row.c.created_at),
            "updated_at": instant(row.c.updated_at),
        }
    )
    return Statement(sa.select(document).order_by(row.c.id))


def _booking_position(document: str) -> BookingPosition:
    shown = json.loads(document)
    return BookingPosition(
        datetime.fromisoformat(shown["start_time"]), BookingId(UUID(shown["id"]))
    )


def _space_position(document: str) -> SpaceId:
    return SpaceId(UUID(json.loads(document)["id"]))
