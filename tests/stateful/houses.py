"""TwinHouses: one house in memory and one on PostgreSQL, to which the same is done."""

import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from adapters.postgres import PostgresDatabase
from application.common.caller import Caller
from application.ports.audit_log import AuditFilter
from application.ports.bookings import BookingFilter
from application.ports.spaces import SpaceFilter
from application.ports.unit_of_work import UnitOfWork
from domain.bookings import Booking
from domain.errors import DomainError
from domain.house import Confirmation
from domain.ids import BookingId
from domain.invoices import Invoice
from domain.money import ZERO, Money
from domain.spaces import Space
from domain.users import Role
from tests.entities import MONDAY
from tests.unit.application.world import World

EVERYTHING = 10_000
_ANY = SpaceFilter()
Use = Callable[[World], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Refused:
    """How a use case said no."""

    code: str
    details: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """All that can be seen of a house's bookings and money."""

    bookings: dict[BookingId, Booking]
    invoices: dict[BookingId, Invoice]
    refunds: dict[BookingId, Money]
    spaces: tuple[Space, ...]
    events: tuple[tuple[Any, ...], ...]


class TwinHouses:
    """Both houses, with the same people, spaces, ids and time."""

    def __init__(self, database: PostgresDatabase, confirmation: Confirmation) -> None:
        self._worlds = (
            World(confirmation=confirmation),
            World(confirmation=confirmation, unit_of_work=database.unit_of_work),
        )
        self.house = self._worlds[0].house
        self._seen: Seen | None = None

    def now(self) -> datetime:
        """The time in both."""
        return self._worlds[0].clock.now()

    def pass_time(self, by: timedelta) -> None:
        """Let so much time pass in both."""
        for world in self._worlds:
            world.clock.advance(by)

    async def a_caller(self, role: Role = Role.MEMBER) -> Caller:
        """The same new person in both."""
        caller: Caller = await self.same(lambda world: world.a_caller(role))
        return caller

    async def same(self, use: Use) -> Any:
        """Do it in both, which have to come to the same result or refusal; what that is."""
        self._seen = None
        in_memory, on_postgres = [await _outcome(use(world)) for world in self._worlds]
        assert on_postgres == in_memory
        return in_memory

    async def see(self) -> Seen:
        """What can be seen in both, which has to be the same."""
        # Only by what is done in them it changes; to look takes longer than to do most of it.
        if self._seen is None:
            self._seen, on_postgres = [await _see(world) for world in self._worlds]
            assert on_postgres == self._seen
        return self._seen


async def _outcome(call: Awaitable[Any]) -> Any:
    try:
        return await call
    except DomainError as refusal:
        return Refused(refusal.code, tuple(sorted(refusal.details.items())))


async def _see(world: World) -> Seen:
    async with world.unit_of_work() as uow:
        listed = await uow.bookings.list(BookingFilter(), after=None, limit=EVERYTHING)
        invoices = await uow.invoices.of_bookings([booking.id for booking in listed])
        spaces = await uow.spaces.list(_ANY, after=None, limit=EVERYTHING)
        return Seen(
            {booking.id: booking for booking in listed},
            dict(invoices),
            await _refunds(uow),
            tuple(spaces),
            await _events(uow),
        )


async def _refunds(uow: UnitOfWork) -> dict[BookingId, Money]:
    decided: defaultdict[BookingId, Money] = defaultdict(lambda: ZERO)
    for refund in await uow.refunds.due(limit=EVERYTHING):
        decided[refund.booking_id] += refund.amount
    return dict(decided)


async def _events(uow: UnitOfWork) -> tuple[tuple[Any, ...], ...]:
    entries = await uow.audit_log.list(AuditFilter(since=MONDAY), after=None, limit=EVERYTHING)
    # Several of one moment may be noted in any order.
    return tuple(
        sorted(
            (entry.at, entry.event, str(entry.subject_id), json.dumps(dict(entry.details)))
            for entry in entries
        )
    )
