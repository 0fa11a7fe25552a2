"""CreateSpace: create a space."""

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
    """The fields of a new space."""

    name: str
    description: str
    space_type: SpaceType
    capacity: int
    tariff: Tariff
    amenities: tuple[str, ...]
    opening_hours: OpeningHours | None


class CreateSpace:
    """Create a space. For admins; raises Forbidden, InvalidValue."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids
        self._audit = AuditRecorder(ids)

    async def __call__(self, caller: Caller, new_space: NewSpace) -> Space:
        caller.require(Permission.MANAGE_SPACES)
        now = self._clock.now()
        space = Space(
            id=SpaceId(self._ids.new()),
            name=new_space.name,
            description=new_space.description,
            space_type=new_space.space_type,
            capacity=new_space.capacity,
            tariff=new_space.tariff,
            amenities=new_space.amenities,
            opening_hours=new_space.opening_hours,
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
