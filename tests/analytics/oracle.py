"""The reports once more, slowly: piece by piece of time, asking the clock on the wall each time."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from domain.bookings import BookingStatus
from domain.ids import SpaceId
from domain.spaces import Space
from domain.users import Role
from tests.analytics.histories import History
from tests.unit.domain.worlds import shows_open

BOOKED = {
    BookingStatus.CONFIRMED,
    BookingStatus.CHECKED_IN,
    BookingStatus.COMPLETED,
    BookingStatus.NO_SHOW,
}
MINUTE = timedelta(minutes=1)
Times = dict[object, Fraction]


class Oracle:
    """Cuts the time around the days at every instant at which anything begins or ends.

    Between two cuts nothing changes, so what is so in the middle is so throughout.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.zone = history.days.zone
        self.dates = set(history.days.dates)

    def local_day(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def is_within(self, instant: datetime) -> bool:
        return self.local_day(instant) in self.dates

    def pieces(self) -> Iterator[tuple[datetime, Fraction]]:
        """An instant within each piece of the days, and how many hours that lasts."""
        first, last = min(self.dates), max(self.dates)
        around = datetime(first.year, first.month, first.day, tzinfo=self.history.now.tzinfo)
        start = around - timedelta(days=2)
        end = start + (last - first) + timedelta(days=5)
        cuts = {start + number * 15 * MINUTE for number in range((end - start) // (15 * MINUTE))}
        cuts |= {instant for instant in self.edges() if start < instant < end}
        ordered = sorted(cuts)
        for begin, until in pairwise(ordered):
            if self.is_within(begin):
                yield begin, Fraction((until - begin) // timedelta(microseconds=1), 3_600_000_000)

    def edges(self) -> Iterator[datetime]:
        for booking in self.history.bookings:
            yield from (booking.period.start, booking.period.end)
        for log in self.history.logs:
            yield from (log.occupied_at, log.vacated_at or self.history.now)
        for versions in self.history.spaces:
            for version in versions:
                yield version.updated_at
        # Opening hours of the histories change on minutes that no grid has.
        for base in list(self._quarter_days()):
            yield base + 7 * MINUTE

    def _quarter_days(self) -> Iterator[datetime]:
        first, last = min(self.dates), max(self.dates)
        start = datetime(first.year, first.month, first.day, tzinfo=self.history.now.tzinfo)
        for number in range(-48 * 4, ((last - first).days + 3) * 24 * 4):
            yield start + number * 15 * MINUTE

    def offered(self, versions: list[Space], instant: datetime) -> int:
        """How many desks of a space could be booked then."""
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
        found: Times = defaultdict(Fraction)
        for instant, length in self.pieces():
            for versions in self.history.spaces:
                offered = self.offered(versions, instant)
                found[key(instant, versions[0].id)] += offered * length
        return found

    def booked(self, key: Callable[[datetime, SpaceId], object]) -> Times:
        found: Times = defaultdict(Fraction)
        for instant, length in self.pieces():
            for booking in self.history.bookings:
                if (
                    booking.status in BOOKED
                    and booking.period.start <= instant < booking.period.end
                ):
                    found[key(instant, booking.space_id)] += length
        return found

    def occupied(self, key: Callable[[datetime, SpaceId], object]) -> Times:
        found: Times = defaultdict(Fraction)
        for instant, length in self.pieces():
            for log in self.history.logs:
                if log.occupied_at <= instant < (log.vacated_at or self.history.now):
                    found[key(instant, log.space_id)] += length
        return found

    def taken(self, *, for_bookings: bool) -> dict[date, int]:
        found: dict[date, int] = defaultdict(int)
        for invoice in self.history.invoices:
            if invoice.paid_at is not None and (invoice.booking_id is not None) == for_bookings:
                found[self.local_day(invoice.paid_at)] += invoice.amount.cents
        return found

    def given_back(self) -> dict[date, int]:
        found: dict[date, int] = defaultdict(int)
        accepted: dict[object, int] = defaultdict(int)
        for refund in self.history.refunds:
            if refund.accepted_at is not None:
                found[self.local_day(refund.accepted_at)] += refund.amount.cents
                accepted[refund.booking_id] += refund.amount.cents
        cancelled = {booking.id: booking.cancelled_at for booking in self.history.bookings}
        for invoice in self.history.invoices:
            if invoice.paid_at is not None and invoice.booking_id is not None:
                day = self.local_day(cancelled[invoice.booking_id] or invoice.paid_at)
                found[day] += max(invoice.refunded.cents - accepted[invoice.booking_id], 0)
        return found

    def active(self) -> set[object]:
        there: set[object] = {user.id for user in self.history.users if user.role is Role.MEMBER}
        theirs = {member.id: member.user_id for member in self.history.members}
        seen: set[object] = set()
        instants = [instant for instant, _ in self.pieces()]
        for booking in self.history.bookings:
            held = (
                booking.hold_expires_at is not None and booking.hold_expires_at > self.history.now
            )
            counts = booking.status in BOOKED or held
            period = booking.period
            if counts and any(period.start <= instant < period.end for instant in instants):
                seen.add(booking.user_id)
        for subscription in self.history.subscriptions:
            end = None
            if subscription.status == "CANCELLED":
                end = min(subscription.updated_at, subscription.current_period.end)
            if self._lasts(subscription.created_at, end):
                seen.add(theirs[subscription.member_id])
        return there & seen

    def _lasts(self, begin: datetime, end: datetime | None) -> bool:
        days = self.history.days
        return days.start < days.end and begin < days.end and (end is None or end > days.start)


def sums(times: Times, keys: Iterable[object]) -> list[float]:
    """Those times as answers have them."""
    return [round(float(times.get(key, Fraction(0))), 3) for key in keys]
