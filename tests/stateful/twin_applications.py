"""An application in memory and one on PostgreSQL that execute the same calls."""

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
class Refusal:
    """The code and details of a domain error."""

    code: str
    details: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class State:
    """The observable state of bookings and money."""

    bookings: dict[BookingId, Booking]
    invoices: dict[BookingId, Invoice]
    refunds: dict[BookingId, Money]
    spaces: tuple[Space, ...]
    events: tuple[tuple[Any, ...], ...]


class TwinApplications:
    """Both applications, with the same people, spaces, ids and clock."""

    def __init__(self, database: PostgresDatabase, confirmation: Confirmation) -> None:
        self._worlds = (
            World(confirmation=confirmation),
            World(confirmation=confirmation, unit_of_work=database.unit_of_work),
        )
        self.house = self._worlds[0].house
        self._state: State | None = None

    def now(self) -> datetime:
        """Return the current time of both."""
        return self._worlds[0].clock.now()

    def pass_time(self, by: timedelta) -> None:
        """Advance both clocks."""
        for world in self._worlds:
            world.clock.advance(by)

    async def a_caller(self, role: Role = Role.MEMBER) -> Caller:
        """Create the same new user in both."""
        caller: Caller = await self.same(lambda world: world.a_caller(role))
        return caller

    async def same(self, use: Use) -> Any:
        """Execute a call in both and check that results or errors are equal. Returns the result."""
        self._state = None
        in_memory, on_postgres = [await _outcome(use(world)) for world in self._worlds]
        assert on_postgres == in_memory
        return in_memory

    async def read_state(self) -> State:
        """Return the state, which has to be equal in both."""
        # Only calls change the state, and reading it takes longer than most calls.
        if self._state is None:
            self._state, on_postgres = [await _read_state(world) for world in self._worlds]
            assert on_postgres == self._state
        return self._state


async def _outcome(call: Awaitable[Any]) -> Any:
    try:
        return await call
    except DomainError as refusal:
        return Refusal(refusal.code, tuple(sorted(refusal.details.items())))


async def _read_state(world: World) -> State:
    async with world.unit_of_work() as uow:
        listed = await uow.bookings.list(BookingFilter(), after=None, limit=EVERYTHING)
        invoices = await uow.invoices.of_bookings([booking.id for booking in listed])
        spaces = await uow.spaces.list(_ANY, after=None, limit=EVERYTHING)
        return State(
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
    # Entries of one instant have no defined order.
    return tuple(
        sorted(
            (entry.at, entry.event, str(entry.subject_id), json.dumps(dict(entry.details)))
            for entry in entries
        )
    )
