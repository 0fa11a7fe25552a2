"""BookingRequest: the requested slot, and the reads and checks that precede every booking."""

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
    """A requested slot; times are UTC. With `user_id`, an admin books for another user."""

    space_id: SpaceId
    start: datetime
    end: datetime
    notes: str | None = None
    user_id: UserId | None = None

    def period(self) -> Period:
        """Return the period from start to end. Raises EndBeforeStart."""
        return Period(self.start, self.end)


def resolve_booking_user(caller: Caller, request: BookingRequest) -> UserId:
    """Return the user of the booking. Raises Forbidden when a member sets `user_id`."""
    if request.user_id is None:
        return caller.user_id
    if not caller.may(Permission.MANAGE_ALL_BOOKINGS):
        raise Forbidden("Only an administrator may book for another user.")
    return request.user_id


async def load_slot(
    uow: UnitOfWork,
    space_id: SpaceId,
    period: Period,
    user_id: UserId,
    *,
    ignoring: BookingId | None = None,
) -> Slot:
    """Return the slot, read at one instant. Raises NotFound unless space and user are active."""
    slot = await uow.schedules.slot(space_id, period, user_id, ignoring=ignoring)
    if slot is None or not slot.schedule.space.is_active:
        raise NotFound("There is no such space.")
    if not slot.booker_is_active:
        raise NotFound("There is no such user.")
    return slot
