"""UpdateSpace: change the fields of a space."""

from typing import TypedDict

from application.audit.audit_recorder import AuditRecorder
from application.common.caller import Caller
from application.common.policy import Permission
from application.common.retry import retry_on_conflict
from application.common.versions import check_version
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.errors import DeskInUse, NotFound
from domain.ids import SpaceId
from domain.money import Money
from domain.opening_hours import OpeningHours
from domain.spaces import Space, SpaceType
from domain.tariff import Tariff


class SpaceChanges(TypedDict, total=False):
    """The fields to change. A field left out stays as it is; a rate of None is not offered."""

    name: str
    description: str
    space_type: SpaceType
    capacity: int
    hourly: Money | None
    daily: Money | None
    monthly: Money | None
    amenities: tuple[str, ...]
    opening_hours: OpeningHours | None
    is_active: bool


_RATES = frozenset({"hourly", "daily", "monthly"})


class UpdateSpace:
    """Change the fields of a space. Existing bookings keep their time and price.

    For admins; raises Forbidden; NotFound; VersionMismatch when `expected_version` is not the
    current one; InvalidValue; and DeskInUse when a desk that would be removed is still booked.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)

    @retry_on_conflict
    async def __call__(
        self,
        caller: Caller,
        space_id: SpaceId,
        changes: SpaceChanges,
        expected_version: int | None = None,
    ) -> Space:
        caller.require(Permission.MANAGE_SPACES)
        async with self._unit_of_work() as uow:
            await uow.lock_space(space_id)
            space = await uow.spaces.get(space_id)
            if space is None:
                raise NotFound("There is no such space.")
            check_version(space.version, expected_version)
            changed = self._change(space, changes)
            if changed.desks < space.desks:
                await self._check_desks_unused(uow, changed)
            uow.spaces.save(changed)
            self._audit.record(
                uow,
                AuditEvent.SPACE_CHANGED,
                space_id,
                by=caller,
                at=changed.updated_at,
                fields=sorted(changes),
            )
            await uow.commit()
        return changed

    def _change(self, space: Space, changes: SpaceChanges) -> Space:
        tariff = Tariff(
            hourly=changes.get("hourly", space.tariff.hourly),
            daily=changes.get("daily", space.tariff.daily),
            monthly=changes.get("monthly", space.tariff.monthly),
        )
        others = {name: value for name, value in changes.items() if name not in _RATES}
        return space.changed(at=self._clock.now(), tariff=tariff, **others)

    async def _check_desks_unused(self, uow: UnitOfWork, changed: Space) -> None:
        now = self._clock.now()
        for booking in await uow.bookings.upcoming(changed.id, after=now):
            if booking.desk > changed.desks and not booking.is_hold_expired(at=now):
                raise DeskInUse(f"Desk {booking.desk} is still booked.")
