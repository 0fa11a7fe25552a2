"""A slow, independent implementation of the reports that evaluates each piece of time."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from domain.bookings import BookingStatus
from domain.ids import SpaceId
from domain.ledger import LedgerEntry
from domain.spaces import Space
from domain.subscriptions import Subscription
from domain.users import Role
from tests.analytics.histories import History
from tests.unit.domain.time_strategies import shows_open

BOOKED = {
    BookingStatus.CONFIRMED,
    BookingStatus.CHECKED_IN,
    BookingStatus.COMPLETED,
    BookingStatus.NO_SHOW,
}
MINUTE = timedelta(minutes=1)
Times = dict[object, Fraction]


class Oracle:
    """Cuts the time around the days at every instant at which something begins or ends.

    Nothing changes between two cuts, so the state in the middle holds throughout.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.zone = history.days.zone
        self.dates = set(history.days.dates)

    def local_day(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def is_within(self, instant: datetime) -> bool:
        return self.local_day(instant) in self.dates

    @cached_property
    def pieces(self) -> list[tuple[datetime, Fraction]]:
        """Return an instant within each piece of the days, and the length of the piece in hours."""
        first, last = min(self.dates), max(self.dates)
        around = datetime(first.year, first.month, first.day, tzinfo=self.history.now.tzinfo)
        start = around - timedelta(days=2)
        end = start + (last - first) + timedelta(days=5)
        cuts = {start + number * 15 * MINUTE for number in range((end - start) // (15 * MINUTE))}
        cuts |= {instant for instant in self.edges() if start < instant < end}
        ordered = sorted(cuts)
        return [
            (begin, Fraction((until - begin) // timedelta(microseconds=1), 3_600_000_000))
            for begin, until in pairwise(ordered)
            if self.is_within(begin)
        ]

    def edges(self) -> Iterator[datetime]:
        for booking in self.history.bookings:
            yield from (booking.period.start, booking.period.end)
        for log in self.history.logs:
            yield from (log.occupied_at, log.vacated_at or self.history.now)
        for versions in self.history.spaces:
            for version in versions:
                yield version.updated_at
        # Opening hours of the histories change at minutes that lie on no grid.
        for base in list(self._quarter_days()):
            yield base + 7 * MINUTE

    def _quarter_days(self) -> Iterator[datetime]:
        first, last = min(self.dates), max(self.dates)
        start = datetime(first.year, first.month, first.day, tzinfo=self.history.now.tzinfo)
        for number in range(-48 * 4, ((last - first).days + 3) * 24 * 4):
            yield start + number * 15 * MINUTE

    def offered(self, versions: list[Space], instant: datetime) -> int:
        """Return how many desks of a space could be booked at that instant."""
        latest = None
        since = versions[0].updated_at
        for version in versions:
            since = max(since, version.updated_at)
            if since <= instant:
                latest = version
        if latest is None or not latest.is_active:
            return 0
        return latest.desks if shows_open(latest.opening_hours, instant, self.zone) else 0

    def bookable(self, key: Callable[[datetime, SpaceId], object]) -> Times:
        hours: Times = defaultdict(Fraction)
        for instant, length in self.pieces:
            for versions in self.history.spaces:
                offered = self.offered(versions, instant)
                hours[key(instant, versions[0].id)] += offered * length
        return hours

    def booked(self, key: Callable[[datetime, SpaceId], object]) -> Times:
        hours: Times = defaultdict(Fraction)
        for instant, length in self.pieces:
            for booking in self.history.bookings:
                if (
                    booking.status in BOOKED
                    and booking.period.start <= instant < booking.period.end
                ):
                    hours[key(instant, booking.space_id)] += length
        return hours

    def occupied(self, key: Callable[[datetime, SpaceId], object]) -> Times:
        hours: Times = defaultdict(Fraction)
        for instant, length in self.pieces:
            for log in self.history.logs:
                if log.occupied_at <= instant < (log.vacated_at or self.history.now):
                    hours[key(instant, log.space_id)] += length
        return hours

    def moved(self, *, back: bool, for_bookings: bool | None = None) -> dict[date, int]:
        """Return cents by the local day of the ledger entry."""
        cents: dict[date, int] = defaultdict(int)
        for entry in self.history.ledger:
            is_for_booking = entry.booking_id is not None
            if entry.is_refund == back and for_bookings in {None, is_for_booking}:
                cents[self.local_day(entry.occurred_at)] += entry.amount.cents
        return cents

    def taken_for(self, key: Callable[[LedgerEntry], object]) -> dict[object, int]:
        """Return the cents received on the days, grouped by a key."""
        cents: dict[object, int] = defaultdict(int)
        for entry in self.history.ledger:
            if not entry.is_refund and self.is_within(entry.occurred_at):
                cents[key(entry)] += entry.amount.cents
        return cents

    def mrr(self) -> int:
        """Return one month of each plan that is paid for at the end, at the price valid then."""
        total = 0
        for subscription in self.live_at(self.history.days.end):
            if subscription.status != "TRIALING":
                bills = [
                    invoice
                    for invoice in self.history.invoices
                    if invoice.subscription_id == subscription.id and invoice.status != "VOID"
                ]
                bills.sort(key=lambda invoice: (invoice.issued_at, invoice.id))
                before = [bill for bill in bills if bill.issued_at < self.history.days.end]
                total += sum(bill.amount.cents for bill in before[-1:] or bills[:1])
        return total

    def live_at(self, instant: datetime) -> list[Subscription]:
        """Return the subscriptions that existed just before the instant."""
        return [
            subscription
            for subscription in self.history.subscriptions
            if subscription.created_at < instant and not self._had_ended(subscription, instant)
        ]

    def _had_ended(self, subscription: Subscription, instant: datetime) -> bool:
        end = ended_at(subscription)
        return end is not None and end < instant

    def ended_within(self) -> list[Subscription]:
        """Return the subscriptions that ended on the days."""
        return [
            subscription
            for subscription in self.history.subscriptions
            if (end := ended_at(subscription)) is not None and self.is_within(end)
        ]

    def attendance(self) -> list[bool]:
        """Return for each due booking that began on the days whether it was attended."""
        return [
            booking.status != BookingStatus.NO_SHOW
            for booking in self.history.bookings
            if booking.status in BOOKED - {BookingStatus.CONFIRMED}
            and self.is_within(booking.period.start)
        ]

    def top(self) -> list[tuple[object, int, Fraction, int]]:
        """Return members by what they booked and paid: id, number of bookings, hours, cents."""
        names = {user.id for user in self.history.users if user.role is Role.MEMBER}
        hours: Times = defaultdict(Fraction)
        seen: dict[object, set[object]] = defaultdict(set)
        for instant, length in self.pieces:
            for booking in self.history.bookings:
                period = booking.period
                if booking.status in BOOKED and period.start <= instant < period.end:
                    hours[booking.user_id] += length
                    seen[booking.user_id].add(booking.id)
        spent = self.taken_for(lambda entry: entry.user_id)
        members = [
            (who, len(seen[who]), time, spent.get(who, 0))
            for who, time in hours.items()
            if who in names
        ]
        return sorted(members, key=lambda line: (-line[2], -line[3], str(line[0])))

    def active(self) -> set[object]:
        there: set[object] = {user.id for user in self.history.users if user.role is Role.MEMBER}
        theirs = {member.id: member.user_id for member in self.history.members}
        seen: set[object] = set()
        instants = [instant for instant, _ in self.pieces]
        for booking in self.history.bookings:
            held = (
                booking.hold_expires_at is not None and booking.hold_expires_at > self.history.now
            )
            counts = booking.status in BOOKED or held
            period = booking.period
            if counts and any(period.start <= instant < period.end for instant in instants):
                seen.add(booking.user_id)
        for subscription in self.history.subscriptions:
            if self._lasts(subscription.created_at, ended_at(subscription)):
                seen.add(theirs[subscription.member_id])
        return there & seen

    def _lasts(self, begin: datetime, end: datetime | None) -> bool:
        days = self.history.days
        return days.start < days.end and begin < days.end and (end is None or end > days.start)


def ended_at(subscription: Subscription) -> datetime | None:
    """Return when a plan ends: with its period, or earlier when it is cancelled."""
    if subscription.status != "CANCELLED":
        return None
    return min(subscription.updated_at, subscription.current_period.end)
