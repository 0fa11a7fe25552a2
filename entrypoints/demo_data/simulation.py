"""Simulation: runs a scenario through the domain's own transitions, up to now."""

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
from entrypoints.demo_data.randomness import ID_BITS, uuid7_at
from entrypoints.demo_data.scenario import SECOND, Outcome, Scenario

_WORKER_DELAY = 17 * SECOND
"""Time until background work handles a no-show, an expired hold or a refund."""

Step: TypeAlias = Callable[[datetime], None]


@dataclass(slots=True)
class Simulation:
    """A booking with its invoice and occupancy log, after the steps taken so far.

    `released_at` is when the booking stopped occupying its slot, if it has.
    """

    scenario: Scenario
    house: House
    booking: Booking
    invoice: Invoice | None
    log: OccupancyLog | None = None
    released_at: datetime | None = None

    @classmethod
    def start(
        cls, scenario: Scenario, subscription: Subscription | None, house: House
    ) -> "Simulation":
        """Make the booking. `subscription` covers it, if it is set and includes the space."""
        reservation = reserve(
            booking_id=BookingId(uuid7_at(scenario.created_at, scenario.id_bits)),
            invoice_id=InvoiceId(uuid7_at(scenario.created_at, scenario.id_bits >> ID_BITS)),
            user_id=scenario.person.user.id,
            space=scenario.space,
            desk=scenario.desk,
            period=scenario.period,
            subscription=subscription,
            notes=scenario.notes,
            house=house,
            now=scenario.created_at,
        )
        return cls(scenario, house, reservation.booking, reservation.invoice)

    def run(self, *, until: datetime, may_arrive_early: bool) -> None:
        """Take every step that is due at `until`, in order of time."""
        for at, step in sorted(self._steps(may_arrive_early), key=itemgetter(0)):
            if at > until:
                return
            step(at)

    def _steps(self, may_arrive_early: bool) -> Iterator[tuple[datetime, Step]]:
        scenario, confirmed_at = self.scenario, self.scenario.created_at
        if self.booking.hold_expires_at is not None:
            if scenario.outcome is Outcome.ABANDONED:
                yield self.booking.hold_expires_at + _WORKER_DELAY, self._expire
                return
            confirmed_at += min(scenario.paid_after, self.house.booking_hold / 2)
            yield confirmed_at, self._pay_and_confirm
        if scenario.outcome is Outcome.CANCELLED:
            yield from self._cancellation(max(scenario.cancelled_at, confirmed_at + SECOND))
        elif scenario.outcome is Outcome.NO_SHOW:
            marked_at = self.booking.no_show_from(self.house.no_show_grace) + _WORKER_DELAY
            yield marked_at, self._mark_no_show
            yield from self._settlement(marked_at)
        else:
            yield from self._attendance(confirmed_at, may_arrive_early)

    def _cancellation(self, at: datetime) -> Iterator[tuple[datetime, Step]]:
        yield at, self._cancel
        if self._is_free_of_charge(at):
            yield at + _WORKER_DELAY, self._refund
        else:
            yield from self._settlement(at)

    def _attendance(
        self, confirmed_at: datetime, may_arrive_early: bool
    ) -> Iterator[tuple[datetime, Step]]:
        scenario, period = self.scenario, self.scenario.period
        earliest = max(
            period.start - (CHECK_IN_OPENS_BEFORE if may_arrive_early else 0 * SECOND),
            confirmed_at + SECOND,
        )
        no_show_from = self.booking.no_show_from(self.house.no_show_grace)
        latest = min(no_show_from, period.end) - SECOND
        arrives_at = max(min(period.start + scenario.arrives_after, latest), earliest)
        leaves_at = max(period.end - scenario.leaves_before, arrives_at + SECOND)
        yield arrives_at, self._check_in
        yield leaves_at, self._check_out
        yield from self._settlement(arrives_at if scenario.is_long else leaves_at)

    def _settlement(self, due_at: datetime) -> Iterator[tuple[datetime, Step]]:
        """Yield the payment of an invoice that is not paid in advance."""
        is_open = self.invoice is not None and self.invoice.status is InvoiceStatus.OPEN
        if is_open and self.scenario.settles_after is not None:
            yield due_at + self.scenario.settles_after, self._pay

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
            id=OccupancyLogId(uuid7_at(at, self.scenario.id_bits >> 2 * ID_BITS)),
            booking_id=self.booking.id,
            space_id=self.booking.space_id,
            occupied_at=at,
        )

    def _check_out(self, at: datetime) -> None:
        self.booking = self.booking.checked_out(at=at)
        self.log = self.log and self.log.vacated(at=at)
        self.released_at = at

    def _mark_no_show(self, at: datetime) -> None:
        self.booking = self.booking.marked_no_show(at=at, grace=self.house.no_show_grace)
        self.released_at = at

    def _cancel(self, at: datetime) -> None:
        is_open = self.invoice is not None and self.invoice.status is InvoiceStatus.OPEN
        if self.invoice is not None and is_open and self._is_free_of_charge(at):
            self.invoice = self.invoice.voided()
        self.booking = self.booking.cancelled(
            at=at, reason=self.scenario.cancel_reason, by_admin=False
        )
        self.released_at = at

    def _refund(self, at: datetime) -> None:
        booking, invoice = self.booking, self.invoice
        if invoice is None or not booking.paid:
            return
        self.booking = replace(
            booking, refunded=booking.paid, version=booking.version + 1, updated_at=at
        )
        self.invoice = replace(invoice, refunded=invoice.amount, version=invoice.version + 1)

    def _expire(self, at: datetime) -> None:
        self.released_at = self.booking.hold_expires_at
        self.booking = self.booking.expired(at=at)
        self.invoice = self.invoice and self.invoice.voided()

    def _is_free_of_charge(self, at: datetime) -> bool:
        return is_free_of_charge(
            self.booking,
            at=at,
            choice=RefundChoice.POLICY,
            free_cancellation=self.house.free_cancellation,
        )
