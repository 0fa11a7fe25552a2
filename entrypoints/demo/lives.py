"""Living a story through, step by step of the domain, as far as it has come by now."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import TypeAlias

from domain.bookings import Booking
from domain.cancellation import RefundChoice, is_free_of_charge
from domain.house import CHECK_IN_OPENS_BEFORE, House
from domain.ids import BookingId, InvoiceId, OccupancyLogId
from domain.invoices import Invoice, InvoiceStatus
from domain.occupancy import OccupancyLog
from domain.reservation import reserve
from domain.subscriptions import Subscription
from entrypoints.demo.chance import ID_BITS, uuid7
from entrypoints.demo.stories import SECOND, Fate, Story

_WORKER_COMES_AFTER = 17 * SECOND
"""How long background work takes to notice that somebody did not come, or did not pay."""

Step: TypeAlias = Callable[[datetime], None]


@dataclass(slots=True)
class Life:
    """A booking as it stands, with what belongs to it.

    `freed_at` is when it stopped occupying its slot, if it has.
    """

    story: Story
    house: House
    booking: Booking
    invoice: Invoice | None
    log: OccupancyLog | None = None
    freed_at: datetime | None = None

    @classmethod
    def begin(cls, story: Story, subscription: Subscription | None, house: House) -> "Life":
        """Book, with a plan that is not otherwise in use at that time, if there is one."""
        reservation = reserve(
            booking_id=BookingId(uuid7(story.created_at, story.id_bits)),
            invoice_id=InvoiceId(uuid7(story.created_at, story.id_bits >> ID_BITS)),
            user_id=story.person.user.id,
            space=story.space,
            desk=story.desk,
            period=story.period,
            subscription=subscription,
            notes=story.notes,
            house=house,
            now=story.created_at,
        )
        return cls(story, house, reservation.booking, reservation.invoice)

    def live(self, *, until: datetime, may_come_early: bool) -> None:
        """Take every step that is due by then, in the order of time."""
        for at, step in sorted(self._steps(may_come_early), key=itemgetter(0)):
            if at > until:
                return
            step(at)

    def _steps(self, may_come_early: bool) -> Iterator[tuple[datetime, Step]]:
        story, confirmed_at = self.story, self.story.created_at
        if self.booking.hold_expires_at is not None:
            if story.fate is Fate.ABANDONED:
                yield self.booking.hold_expires_at + _WORKER_COMES_AFTER, self._expire
                return
            confirmed_at += min(story.paid_after, self.house.booking_hold / 2)
            yield confirmed_at, self._pay_and_confirm
        if story.fate is Fate.CANCELLED:
            yield from self._steps_of_cancelling(max(story.cancelled_at, confirmed_at + SECOND))
        elif story.fate is Fate.NO_SHOW:
            missed_at = self.booking.no_show_from(self.house.no_show_grace) + _WORKER_COMES_AFTER
            yield missed_at, self._miss
            yield from self._settling(missed_at)
        else:
            yield from self._steps_of_attending(confirmed_at, may_come_early)

    def _steps_of_cancelling(self, at: datetime) -> Iterator[tuple[datetime, Step]]:
        yield at, self._cancel
        if self._is_free_of_charge(at):
            yield at + _WORKER_COMES_AFTER, self._refund
        else:
            yield from self._settling(at)

    def _steps_of_attending(
        self, confirmed_at: datetime, may_come_early: bool
    ) -> Iterator[tuple[datetime, Step]]:
        story, period = self.story, self.story.period
        earliest = max(
            period.start - (CHECK_IN_OPENS_BEFORE if may_come_early else 0 * SECOND),
            confirmed_at + SECOND,
        )
        given_up_at = self.booking.no_show_from(self.house.no_show_grace)
        latest = min(given_up_at, period.end) - SECOND
        arrives_at = max(min(period.start + story.arrives_after, latest), earliest)
        leaves_at = max(period.end - story.leaves_before, arrives_at + SECOND)
        yield arrives_at, self._check_in
        yield leaves_at, self._check_out
        yield from self._settling(arrives_at if story.is_long else leaves_at)

    def _settling(self, due_at: datetime) -> Iterator[tuple[datetime, Step]]:
        """How a bill that was not paid beforehand is paid."""
        is_owed = self.invoice is not None and self.invoice.status is InvoiceStatus.OPEN
        if is_owed and self.story.settles_after is not None:
            yield due_at + self.story.settles_after, self._pay

    def _pay_and_confirm(self, at: datetime) -> None:
        confirmed = self.booking.confirmed(at=at)
        self.booking = replace(confirmed, paid=self.booking.amount)
        self.invoice = self.invoice and self.invoice.paid(at=at)

    def _pay(self, at: datetime) -> None:
        booking = self.booking
        self.booking = replace(
            booking, paid=booking.amount, version=booking.version + 1, updated_at=at
        )
        self.invoice = self.invoice and self.invoice.paid(at=at)

    def _check_in(self, at: datetime) -> None:
        self.booking = self.booking.checked_in(at=at)
        self.log = OccupancyLog(
            id=OccupancyLogId(uuid7(at, self.story.id_bits >> 2 * ID_BITS)),
            booking_id=self.booking.id,
            space_id=self.booking.space_id,
            occupied_at=at,
        )

    def _check_out(self, at: datetime) -> None:
        self.booking = self.booking.checked_out(at=at)
        self.log = self.log and self.log.vacated(at=at)
        self.freed_at = at

    def _miss(self, at: datetime) -> None:
        self.booking = self.booking.marked_no_show(at=at, grace=self.house.no_show_grace)
        self.freed_at = at

    def _cancel(self, at: datetime) -> None:
        is_waived = self.invoice is not None and self.invoice.status is InvoiceStatus.OPEN
        if self.invoice is not None and is_waived and self._is_free_of_charge(at):
            self.invoice = self.invoice.voided()
        self.booking = self.booking.cancelled(
            at=at, reason=self.story.cancel_reason, by_admin=False
        )
        self.freed_at = at

    def _refund(self, at: datetime) -> None:
        booking, invoice = self.booking, self.invoice
        if invoice is None or not booking.paid:
            return
        self.booking = replace(
            booking, refunded=booking.paid, version=booking.version + 1, updated_at=at
        )
        self.invoice = replace(invoice, refunded=invoice.amount, version=invoice.version + 1)

    def _expire(self, at: datetime) -> None:
        self.freed_at = self.booking.hold_expires_at
        self.booking = self.booking.expired(at=at)
        self.invoice = self.invoice and self.invoice.voided()

    def _is_free_of_charge(self, at: datetime) -> bool:
        return is_free_of_charge(
            self.booking,
            at=at,
            choice=RefundChoice.POLICY,
            free_cancellation=self.house.free_cancellation,
        )
