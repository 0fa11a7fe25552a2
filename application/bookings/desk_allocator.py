"""DeskAllocator: the free desks of a slot, or the alternatives when there are none."""

from datetime import datetime

from application.bookings.alternatives import find_alternatives
from application.ports.schedules import Slot
from application.ports.unit_of_work import UnitOfWork
from domain.errors import BookingConflict
from domain.house import House
from domain.ids import BookingId
from domain.period import Period


class DeskAllocator:
    """Finds the desks that a booking can take."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def allocate(
        self,
        uow: UnitOfWork,
        slot: Slot,
        period: Period,
        *,
        now: datetime,
        moving: BookingId | None = None,
    ) -> list[int]:
        """Return the free desks of the slot; `moving` is the booking that moves there, if any.

        Raises BookingConflict with alternatives when no desk is free.
        """
        free_desks = slot.schedule.free_desks(period, at=now)
        if not free_desks:
            raise BookingConflict(
                "The space is already booked for a part of this period.",
                alternatives=await find_alternatives(
                    uow, slot.schedule.space, period, self._house, now=now, ignoring=moving
                ),
            )
        return free_desks
