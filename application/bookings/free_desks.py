"""Finding free desks: what stands in the way of a booking, and what only seems to."""

from datetime import datetime

from application.bookings.alternatives import find_alternatives
from application.bookings.giving_up import GivingUp
from application.ports.ids import Ids
from application.ports.schedules import Slot
from application.ports.unit_of_work import Stale, UnitOfWork
from domain.errors import BookingConflict
from domain.house import House
from domain.ids import BookingId
from domain.period import Period


class FreeDesks:
    """Finds the desks that can be taken for a period."""

    def __init__(self, ids: Ids, house: House) -> None:
        self._giving_up = GivingUp(ids)
        self._house = house

    async def find(
        self,
        uow: UnitOfWork,
        slot: Slot,
        period: Period,
        *,
        now: datetime,
        moving: BookingId | None = None,
    ) -> list[int]:
        """The numbers of the free desks of the slot; `moving` is the booking that is to be moved.

        Raises BookingConflict with alternatives when there is none. Holds that ran out do not stand
        in the way, but their rows do: they are cleared in a commit of their own, and then it raises
        Stale, for that the slot be read again.
        """
        free_desks = slot.schedule.free_desks(period, at=now)
        if not free_desks:
            raise BookingConflict(
                "The space is already booked for a part of this period.",
                alternatives=await find_alternatives(
                    uow, slot.schedule.space, period, self._house, now=now, ignoring=moving
                ),
            )
        if ran_out := slot.schedule.expired_holds(period, at=now):
            await self._giving_up.clear(uow, ran_out, at=now)
            raise Stale("Holds were cleared; the slot has to be read again.")
        return free_desks
