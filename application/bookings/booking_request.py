"""BookingRequest: what somebody wants to have, and what has to be there before they can."""

from dataclasses import dataclass
from datetime import datetime

from application.common.caller import Caller
from application.common.policy import Permission
from application.ports.schedules import Slot
from application.ports.unit_of_work import UnitOfWork
from domain.errors import Forbidden, NotFound
from domain.ids import BookingId, SpaceId, UserId
from domain.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRequest:
    """What is wanted, in UTC. With `user_id` an admin books for somebody else."""

    space_id: SpaceId
    start: datetime
    end: datetime
    notes: str | None = None
    user_id: UserId | None = None

    def period(self) -> Period:
        """From start to end. Raises EndBeforeStart."""
        return Period(self.start, self.end)


def resolve_booking_user(caller: Caller, request: BookingRequest) -> UserId:
    """For whom the booking is to be. Raises Forbidden when a member names anybody."""
    if request.user_id is None:
        return caller.user_id
    if not caller.may(Permission.MANAGE_ALL_BOOKINGS):
        raise Forbidden("Only an administrator may book for somebody else.")
    return request.user_id


async def load_slot(
    uow: UnitOfWork,
    space_id: SpaceId,
    period: Period,
    user_id: UserId,
    *,
    ignoring: BookingId | None = None,
) -> Slot:
    """All that decides about the booking. Raises NotFound unless space and booker are active."""
    slot = await uow.schedules.slot(space_id, period, user_id, ignoring=ignoring)
    if slot is None or not slot.schedule.space.is_active:
        raise NotFound("There is no such space.")
    if not slot.booker_is_active:
        raise NotFound("There is no such user.")
    return slot
