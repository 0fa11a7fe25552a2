"""CreateSpace: add a space. For admins; raises Forbidden, InvalidValue."""

from dataclasses import dataclass

from application.audit.audit_recorder import AuditRecorder
from application.common.caller import Caller
from application.common.policy import Permission
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.ids import SpaceId
from domain.opening_hours import OpeningHours
from domain.spaces import Space, SpaceType
from domain.tariff import Tariff


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSpace:
    """What a new space is to be."""

    name: str
    description: str
    space_type: SpaceType
    capacity: int
    tariff: Tariff
    amenities: tuple[str, ...]
    opening_hours: OpeningHours | None


class CreateSpace:
    """Add a space. For admins; raises Forbidden, InvalidValue."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids
        self._audit = AuditRecorder(ids)

    async def __call__(self, caller: Caller, new: NewSpace) -> Space:
        caller.require(Permission.MANAGE_SPACES)
        now = self._clock.now()
        space = Space(
            id=SpaceId(self._ids.new()),
            name=new.name,
            description=new.description,
            space_type=new.space_type,
            capacity=new.capacity,
            tariff=new.tariff,
            amenities=new.amenities,
            opening_hours=new.opening_hours,
            is_active=True,
            version=1,
            created_at=now,
            updated_at=now,
        )
        async with self._unit_of_work() as uow:
            uow.spaces.add(space)
            self._audit.record(uow, AuditEvent.SPACE_CREATED, space.id, by=caller, at=now)
            await uow.commit()
        return space
