"""Generated booking histories around clock changes and leap days."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from application.ports.unit_of_work import UnitOfWorkFactory
from domain.analytics.days import ReportDays
from domain.bookings import Booking, BookingStatus
from domain.invoices import Invoice, InvoiceStatus
from domain.ledger import EntryKind, LedgerEntry
from domain.money import Money
from domain.occupancy import OccupancyLog
from domain.opening_hours import OpeningHours
from domain.period import Period
from domain.spaces import Space, SpaceType
from domain.subscriptions import PlanType, Subscription, SubscriptionStatus
from domain.users import Member, Role, User
from tests.entities import (
    IDS,
    a_booking,
    a_ledger_entry,
    a_log,
    a_member,
    a_space,
    a_subscription,
    a_user,
    an_invoice,
    save_all,
)

MINUTE = timedelta(minutes=1)
PLACES = [
    ("America/New_York", date(2026, 3, 7), date(2026, 3, 9)),
    ("America/New_York", date(2026, 10, 30), date(2026, 11, 3)),
    ("Europe/Istanbul", date(2016, 3, 26), date(2016, 3, 28)),
    ("Europe/Istanbul", date(2015, 11, 7), date(2015, 11, 9)),
    ("Asia/Kathmandu", date(2028, 2, 28), date(2028, 3, 1)),
    ("Asia/Kathmandu", date(1985, 12, 31), date(1986, 1, 2)),
    ("Pacific/Apia", date(2011, 12, 28), date(2012, 1, 1)),
    ("Pacific/Apia", date(2011, 12, 30), date(2011, 12, 30)),
    ("Pacific/Apia", date(2020, 4, 4), date(2020, 4, 6)),
]
"""Time zones, each with days around a clock change or a rare date."""
_HOURS = [
    None,
    OpeningHours.parse({}),
    OpeningHours.parse({day: [["00:30", "02:30"], ["09:00", "24:00"]] for day in ("sunday",)}),
    OpeningHours.parse(
        {day: [["01:07", "03:30"]] for day in ("monday", "friday", "saturday", "sunday")}
    ),
    OpeningHours.parse({day: [["00:00", "24:00"]] for day in ("tuesday", "sunday", "saturday")}),
]


@dataclass
class History:
    """Everything that happened, each space with its versions in order."""

    days: ReportDays
    now: datetime
    users: list[User] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    spaces: list[list[Space]] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    logs: list[OccupancyLog] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    ledger: list[LedgerEntry] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)

    async def store(self, unit_of_work: UnitOfWorkFactory) -> None:
        """Write the whole history to a store."""
        first = [versions[0] for versions in self.spaces]
        await save_all(
            unit_of_work,
            *self.users,
            *self.members,
            *first,
            *self.subscriptions,
            *self.bookings,
            *self.invoices,
            *self.ledger,
            *self.logs,
        )
        for versions in self.spaces:
            for version in versions[1:]:
                async with unit_of_work() as uow:
                    uow.spaces.save(version)
                    await uow.commit()


def histories() -> st.SearchStrategy[History]:
    """A strategy for histories."""
    return st.randoms(use_true_random=False).map(lambda chance: Making(chance).make())


class Making:
    """Builds a history from random choices that Hypothesis controls."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        zone, start, end = chance.choice(PLACES)
        self.days = ReportDays(start, end, ZoneInfo(zone))
        middle = datetime(start.year, start.month, start.day, 12, tzinfo=UTC)
        self.middle = middle + (end - start) / 2
        self.history = History(self.days, self.instant())

    def make(self) -> History:
        """Return the complete history."""
        for _ in range(self.chance.randint(1, 4)):
            user = a_user(
                role=self.chance.choice([Role.MEMBER, Role.MEMBER, Role.ADMIN]),
                created_at=self.instant(),
            )
            self.history.users.append(user)
            self.history.members.append(a_member(user))
        for _ in range(self.chance.randint(1, 3)):
            self._space()
        for member in self.history.members:
            self._plan(member)
        return self.history

    def instant(self, within: timedelta = timedelta(days=4)) -> datetime:
        """Return an instant around the days, often on the hour, sometimes to the microsecond."""
        minutes = self.chance.randint(-(within // MINUTE), within // MINUTE)
        grain = self.chance.choice([1, 15, 60, 60])
        instant = self.middle + (minutes // grain) * grain * MINUTE
        odd = self.chance.randint(0, 59_999_999) if self.chance.random() < 0.1 else 0
        return instant + timedelta(microseconds=odd)

    def _space(self) -> None:
        versions = [self._offer(a_space(version=1, **self._at(self.instant())))]
        for _ in range(self.chance.choice([0, 0, 1, 3])):
            last = versions[-1]
            changed = last.changed(at=self.instant(), is_active=self.chance.random() < 0.7)
            versions.append(self._offer(changed))
        self.history.spaces.append(versions)
        # The schema requires that each desk has one booking at a time.
        for desk in range(1, 4):
            start = self.instant(timedelta(days=6))
            for _ in range(self.chance.randint(0, 3)):
                end = start + self._length()
                self._booking(versions[0], desk, Period(start, end))
                start = end + self.chance.choice([timedelta(0), 15 * MINUTE, timedelta(hours=9)])

    def _at(self, instant: datetime) -> dict[str, Any]:
        return {"created_at": instant, "updated_at": instant}

    def _offer(self, space: Space) -> Space:
        kind = self.chance.choice([SpaceType.HOT_DESK, SpaceType.MEETING_ROOM])
        return replace(
            space,
            space_type=kind,
            capacity=self.chance.randint(3, 5),
            opening_hours=self.chance.choice(_HOURS),
        )

    def _length(self) -> timedelta:
        return self.chance.choice(
            [15 * MINUTE, 61 * MINUTE, timedelta(hours=7), timedelta(days=1), timedelta(days=40)]
        )

    def _booking(self, space: Space, desk: int, period: Period) -> None:
        user = self.chance.choice(self.history.users)
        status = self.chance.choice(list(BookingStatus))
        cents = self.chance.randint(1, 10_000)
        more: dict[str, Any] = {}
        if status is BookingStatus.CANCELLED:
            more["cancelled_at"] = self.instant()
        if status is BookingStatus.PENDING:
            more["hold_expires_at"] = self.instant()
        booking = a_booking(user, space, period, status=status, desk=desk, **more)
        self.history.bookings.append(booking)
        self._money(booking, cents)
        if booking.checked_in_at is not None:
            came = period.start + self.chance.randint(-15, 5) * MINUTE
            left = came + self._length() if status is BookingStatus.COMPLETED else None
            self.history.logs.append(a_log(booking, occupied_at=came, vacated_at=left))

    def _money(self, booking: Booking, cents: int) -> None:
        if self.chance.random() < 0.3:
            self.history.invoices.append(an_invoice(booking))
            return
        invoice = an_invoice(
            booking,
            id=IDS.new(),
            amount=Money(cents),
            status=InvoiceStatus.PAID,
            paid_at=self.instant(),
        )
        self.history.invoices.append(invoice)
        self._movements(invoice)

    def _movements(self, invoice: Invoice) -> None:
        """Return ledger entries of a payment: made once or, by mistake, twice, and refunded fully,
        in parts or not at all.

        Reports ignore the invoice's own times and amounts.
        """
        for _ in range(self.chance.choice([1, 1, 1, 2])):
            kind = self.chance.choice([EntryKind.CHARGE, EntryKind.OFFLINE_PAYMENT])
            self._moved(invoice, kind, invoice.amount.cents)
        for _ in range(self.chance.choice([0, 0, 1, 2])):
            self._moved(invoice, EntryKind.REFUND, self.chance.randint(1, invoice.amount.cents))

    def _moved(self, invoice: Invoice, kind: EntryKind, cents: int) -> None:
        entry = a_ledger_entry(
            invoice,
            kind=kind,
            amount=Money(cents),
            occurred_at=self.instant(),
            invoice_id=self.chance.choice([invoice.id, None]),
        )
        self.history.ledger.append(entry)

    def _plan(self, member: Member) -> None:
        if self.chance.random() < 0.3:
            return
        began = self.instant(timedelta(days=10))
        subscription = a_subscription(
            member,
            status=self.chance.choice(list(SubscriptionStatus)),
            plan_type=self.chance.choice(list(PlanType)),
            current_period=Period(began, began + timedelta(days=self.chance.randint(1, 30))),
            created_at=began,
            updated_at=began + timedelta(days=self.chance.randint(0, 12)),
        )
        self.history.subscriptions.append(subscription)
        for _ in range(self.chance.randint(0, 3)):
            self._billed(member, subscription)

    def _billed(self, member: Member, subscription: Subscription) -> None:
        status = self.chance.choice(
            [InvoiceStatus.PAID, InvoiceStatus.PAID, InvoiceStatus.OPEN, InvoiceStatus.VOID]
        )
        is_paid = status is InvoiceStatus.PAID
        invoice = Invoice(
            id=IDS.new(),  # type: ignore[arg-type]  # any id works here
            user_id=member.user_id,
            booking_id=None,
            space_id=None,
            subscription_id=subscription.id,
            amount=Money(self.chance.randint(1, 50_000)),
            status=status,
            description="A plan",
            issued_at=self.instant(),
            paid_at=self.instant() if is_paid else None,
        )
        self.history.invoices.append(invoice)
        if is_paid:
            self._movements(invoice)
