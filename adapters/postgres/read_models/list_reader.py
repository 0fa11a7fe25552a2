"""PostgresListReader: pages of lists in JSON that PostgreSQL builds (ADR 12)."""

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
    json_object,
    json_value,
    money,
    number,
    string,
    timestamp,
)
from adapters.postgres.repositories.spaces import filter_values, list_select
from application.common.paging import Page, cut_page
from application.ports.bookings import BookingFilter, BookingPosition
from application.ports.spaces import SpaceFilter
from domain.ids import BookingId, SpaceId


class PostgresListReader:
    """Implements application.ports.list_reader.ListReader."""

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections

    async def bookings(
        self, criteria: BookingFilter, *, after: BookingPosition | None, limit: int
    ) -> Page[str, BookingPosition]:
        statement, values = list_statement(
            criteria, after=after, limit=limit + 1, projection=_booking_objects
        )
        return cut_page(await self._texts(statement, values), limit, _booking_position)

    async def spaces(
        self, criteria: SpaceFilter, *, after: SpaceId | None, limit: int
    ) -> Page[str, SpaceId]:
        values = filter_values(criteria, after)
        statement = _space_objects(frozenset(values))
        texts = await self._texts(statement, values | {"limit": limit + 1})
        return cut_page(texts, limit, _space_position)

    async def _texts(self, statement: Statement, values: dict[str, Any]) -> list[str]:
        async with PostgresSession(self._connections) as session:
            return [text for (text,) in await session.rows(statement, **values)]


def _booking_objects(listing: sa.Select[Any]) -> sa.Select[Any]:
    """Return the JSON of the listed bookings, with the members of `BookingBody` in its order."""
    row = listing.subquery("listing")
    text = json_object(
        {
            "id": string(row.c.id),
            "user_id": string(row.c.user_id),
            "space_id": string(row.c.space_id),
            "desk": number(row.c.desk),
            "start_time": timestamp(row.c.start_time),
            "end_time": timestamp(row.c.end_time),
            "status": string(row.c.status),
            "amount_usd": money(row.c.amount_cents),
            "paid_usd": money(row.c.paid_cents),
            "refunded_usd": money(row.c.refunded_cents),
            "covered_by_plan": json_value(row.c.covered_by_plan),
            "notes": json_value(row.c.notes),
            "hold_expires_at": timestamp(row.c.hold_expires_at),
            "checked_in_at": timestamp(row.c.checked_in_at),
            "checked_out_at": timestamp(row.c.checked_out_at),
            "cancelled_at": timestamp(row.c.cancelled_at),
            "cancel_reason": json_value(row.c.cancel_reason),
            "version": number(row.c.version),
            "created_at": timestamp(row.c.created_at),
            "updated_at": timestamp(row.c.updated_at),
        }
    )
    return latest_first(sa.select(text), row)


@cache
def _space_objects(names: frozenset[str]) -> Statement:
    """Return the JSON of the listed spaces, with the members of `SpaceBody` in its order."""
    row = list_select(names).subquery("listing")
    text = json_object(
        {
            "id": string(row.c.id),
            "name": json_value(row.c.name),
            "description": json_value(row.c.description),
            "space_type": string(row.c.space_type),
            "capacity": number(row.c.capacity),
            "hourly_rate": money(row.c.hourly_rate_cents),
            "daily_rate": money(row.c.daily_rate_cents),
            "monthly_rate": money(row.c.monthly_rate_cents),
            "amenities": json_value(row.c.amenities),
            "opening_hours": json_value(row.c.opening_hours),
            "is_active": json_value(row.c.is_active),
            "version": number(row.c.version),
            "created_at": timestamp(row.c.created_at),
            "updated_at": timestamp(row.c.updated_at),
        }
    )
    return Statement(sa.select(text).order_by(row.c.id))


def _booking_position(text: str) -> BookingPosition:
    booking = json.loads(text)
    return BookingPosition(
        datetime.fromisoformat(booking["start_time"]), BookingId(UUID(booking["id"]))
    )


def _space_position(text: str) -> SpaceId:
    return SpaceId(UUID(json.loads(text)["id"]))
