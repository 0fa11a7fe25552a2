"""CreateBooking: somebody gets a desk or a space for a period, or learns why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from application.bookings.alternatives import find_alternatives
from application.bookings.giving_up import give_up
from application.caller import Caller
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.schedules import Slot
from application.ports.unit_of_work import Stale, UnitOfWork, UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.booking_rules import check_booking_time
from domain.bookings import Booking
from domain.errors import BookingConflict, Forbidden, NotFound
from domain.house import House
from domain.ids import BookingId, InvoiceId, SpaceId, UserId
from domain.period import Period
from domain.reservation import reserve
from domain.schedule import choose_desk


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRequest:
    """What is wanted, in UTC. With `user_id` an admin books for somebody else."""

    space_id: SpaceId
    start: datetime
    end: datetime
    notes: str | None = None
    user_id: UserId | None = None


class CreateBooking:
    """Book a free slot, at the price that the rules of the house give it now.

    Optimistic: it decides on what it read, and the commit fails when that no longer holds, because
    somebody else got the desk, the plan was used elsewhere, or the space was changed. Then it all
    begins anew. So of any number of callers who want the last desk, exactly one gets it, and the
    others are refused with a reason.

    Raises Forbidden when a member names a user, NotFound for an unknown or inactive space or user,
    the HouseRule that is broken, and BookingConflict with alternatives.
    """

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, house: House
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids
        self._house = house

    @retried_when_stale
    async def __call__(self, caller: Caller, request: BookingRequest) -> Booking:
        user_id = _booker(caller, request)
        period = Period(request.start, request.end)
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            slot = await uow.schedules.slot(request.space_id, period, user_id)
            if slot is None or not slot.schedule.space.is_active:
                raise NotFound("There is no such space.")
            if not slot.booker_is_active:
                raise NotFound("There is no such user.")
            space = slot.schedule.space
            check_booking_time(period, space, self._house, now=now, by_admin=caller.runs_the_house)
            free_desks = await self._free_desks(uow, slot, period, now)
            booking = self._reserve(uow, slot, free_desks, period, user_id, request.notes, now)
            await uow.commit()
            return booking

    async def _free_desks(
        self, uow: UnitOfWork, slot: Slot, period: Period, now: datetime
    ) -> list[int]:
        free_desks = slot.schedule.free_desks(period, at=now)
        if not free_desks:
            raise BookingConflict(
                "The space is already booked for a part of this period.",
                alternatives=await find_alternatives(
                    uow, slot.schedule.space, period, self._house, now=now
                ),
            )
        if ran_out := slot.schedule.expired_holds(period, at=now):
            await self._expire(uow, ran_out, now)
        return free_desks

    async def _expire(self, uow: UnitOfWork, ran_out: Sequence[BookingId], now: datetime) -> None:
        """Clear holds that ran out, and that nobody has cleared yet, out of the way."""
        invoices = await uow.invoices.of_bookings(ran_out)
        for booking_id in ran_out:
            booking = await uow.bookings.get(booking_id)
            if booking is not None and booking.hold_ran_out(at=now):
                expired = booking.expired(at=now)
                give_up(uow, expired, invoices.get(booking_id), free_of_charge=True)
        await uow.commit()
        raise Stale("Holds were cleared; the slot has to be read again.")

    def _reserve(
        self,
        uow: UnitOfWork,
        slot: Slot,
        free_desks: list[int],
        period: Period,
        user_id: UserId,
        notes: str | None,
        now: datetime,
    ) -> Booking:
        booking_id = BookingId(self._ids.new())
        space = slot.schedule.space
        reservation = reserve(
            booking_id=booking_id,
            invoice_id=InvoiceId(self._ids.new()),
            user_id=user_id,
            space=space,
            desk=choose_desk(free_desks, booking_id),
            period=period,
            subscription=None if slot.plan_in_use else slot.subscription,
            notes=notes,
            house=self._house,
            now=now,
        )
        uow.bookings.add(reservation.booking, space=space)
        if reservation.invoice is not None:
            uow.invoices.add(reservation.invoice)
        if reservation.covered_by is not None:
            uow.subscriptions.save(reservation.covered_by)
        return reservation.booking


def _booker(caller: Caller, request: BookingRequest) -> UserId:
    if request.user_id is None:
        return caller.user_id
    if not caller.runs_the_house:
        raise Forbidden("Only an administrator may book for somebody else.")
    return request.user_id
