"""The plans that a third of the members have, period by period, and how each goes."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from itertools import count
from operator import attrgetter
from random import Random
from zoneinfo import ZoneInfo

from domain.ids import InvoiceId, SubscriptionId, UserId
from domain.invoices import Invoice, InvoiceStatus
from domain.local_time import DAY, add_months, instant_of, wall_clock
from domain.money import Money
from domain.period import Period
from domain.subscriptions import PlanType, Subscription, SubscriptionStatus
from entrypoints.demo.chance import ID_BITS, Choice, happens, uuid7
from entrypoints.demo.demo_house import Season
from entrypoints.demo.lives import Life
from entrypoints.demo.people import Person
from entrypoints.demo.stories import Story

PLAN_PRICES = {
    PlanType.HOT_DESK: Money.parse(190),
    PlanType.DEDICATED_DESK: Money.parse(340),
    PlanType.PRIVATE_OFFICE: Money.parse(1250),
}
"""By the month."""

_WITH_A_PLAN = 1 / 3
_TRIAL = 14 * DAY
_FIRST_WEEKS = 25 * DAY
_PLANS = Choice({PlanType.HOT_DESK: 68, PlanType.DEDICATED_DESK: 22, PlanType.PRIVATE_OFFICE: 10})
_NAMES = {
    PlanType.HOT_DESK: "Hot desk plan",
    PlanType.DEDICATED_DESK: "Dedicated desk plan",
    PlanType.PRIVATE_OFFICE: "Private office plan",
}


class _Course(Enum):
    """How a membership goes."""

    RUNNING = auto()
    ENDING = auto()
    """Cancelled for the end of the period that runs now."""
    ENDED = auto()
    UNPAID = auto()
    """The last renewal failed."""


_COURSES = Choice({_Course.RUNNING: 76, _Course.ENDING: 6, _Course.ENDED: 12, _Course.UNPAID: 6})


@dataclass(slots=True)
class Membership:
    """One member's plan. `periods` are all that there have been by now, a trial the first."""

    person: Person
    subscription: Subscription
    periods: list[Period]
    invoice_bits: int
    _uses: list[Life] = field(default_factory=list)

    def coverage(self, story: Story) -> Subscription | None:
        """The plan as it stood when the booking was made, if it was not in use for its time."""
        at = story.created_at
        number = bisect_right(self.periods, at, key=attrgetter("start")) - 1
        if number < 0:
            return None
        as_it_was = replace(
            self.subscription, status=self._standing(number), current_period=self.periods[number]
        )
        if not as_it_was.covers(story.space.space_type, story.period):
            return None
        # Bookings come in the order in which they were made, so what is freed by now stays so.
        self._uses = [life for life in self._uses if life.freed_at is None or life.freed_at > at]
        is_in_use = any(life.booking.period.overlaps(story.period) for life in self._uses)
        return None if is_in_use else as_it_was

    def use(self, life: Life) -> None:
        """Count a booking that it covers."""
        self._uses.append(life)
        latest = max(self.subscription.updated_at, life.booking.created_at)
        self.subscription = self.subscription.with_usage_recorded(at=latest)

    def invoices(self, zone: ZoneInfo) -> Iterator[Invoice]:
        """What was billed, period by period; a trial costs nothing."""
        for number, period in enumerate(self.periods):
            standing = self._standing(number)
            if standing is SubscriptionStatus.TRIALING:
                continue
            start, end = wall_clock(period.start, zone), wall_clock(period.end, zone)
            plan = _NAMES[self.subscription.plan_type]
            invoice = Invoice(
                id=InvoiceId(uuid7(period.start, self.invoice_bits + number)),
                user_id=self.person.user.id,
                booking_id=None,
                space_id=None,
                subscription_id=self.subscription.id,
                amount=PLAN_PRICES[self.subscription.plan_type],
                status=InvoiceStatus.OPEN,
                description=f"{plan}, {start:%Y-%m-%d} to {end:%Y-%m-%d}",
                issued_at=period.start,
            )
            is_paid = standing is SubscriptionStatus.ACTIVE
            yield invoice.paid(at=period.start) if is_paid else invoice

    def _standing(self, number: int) -> SubscriptionStatus:
        """How the plan stood, or stands, during that period."""
        if self.periods[number].duration == _TRIAL:
            return SubscriptionStatus.TRIALING
        is_last = number == len(self.periods) - 1
        if is_last and self.subscription.status is SubscriptionStatus.PAST_DUE:
            return SubscriptionStatus.PAST_DUE
        return SubscriptionStatus.ACTIVE


def enrol(members: list[Person], season: Season, rolled: Random) -> dict[UserId, Membership]:
    """A plan for each third member or so, begun in their first weeks."""
    memberships = {}
    for person in members:
        has_plan, waits = happens(_WITH_A_PLAN, rolled), rolled.random()
        plan_type, course, share = _PLANS.of(rolled), _COURSES.of(rolled), rolled.random()
        began_at = person.joined_at + _FIRST_WEEKS * waits
        ids = rolled.getrandbits(ID_BITS), rolled.getrandbits(ID_BITS)
        if has_plan and began_at < season.daybreak - DAY:
            memberships[person.user.id] = _membership(
                person, plan_type, course, share, began_at, ids, season
            )
    return memberships


def _membership(
    person: Person,
    plan_type: PlanType,
    course: _Course,
    share: float,
    began_at: datetime,
    id_bits: tuple[int, int],
    season: Season,
) -> Membership:
    periods = list(_periods(began_at, season))
    over = [period for period in periods if period.end <= season.daybreak]
    begun = [period for period in periods if period.start <= season.daybreak]
    status, changes = SubscriptionStatus.ACTIVE, len(periods) - 1
    updated_at = periods[-1].start
    if periods[0].duration == _TRIAL:
        status = SubscriptionStatus.TRIALING
    elif course is _Course.ENDED and over:
        periods = over[: 1 + int(share * len(over))]
        status, changes, updated_at = SubscriptionStatus.CANCELLED, len(periods), periods[-1].end
    elif course is _Course.UNPAID and len(begun) > 1:
        periods, status, changes = begun, SubscriptionStatus.PAST_DUE, len(begun) - 1
        updated_at = periods[-1].start
    is_ending = course is _Course.ENDING and status is SubscriptionStatus.ACTIVE
    subscription = Subscription(
        id=SubscriptionId(uuid7(began_at, id_bits[0])),
        member_id=person.member.id,
        plan_type=plan_type,
        status=status,
        provider_subscription_id=None,
        current_period=periods[-1],
        cancel_at_period_end=is_ending,
        version=1 + changes + is_ending,
        created_at=began_at,
        updated_at=updated_at,
    )
    return Membership(person, subscription, periods, id_bits[1])


def _periods(began_at: datetime, season: Season) -> Iterator[Period]:
    """The periods that have begun by now: months, or for those who came lately, a trial."""
    if began_at > season.daybreak - _TRIAL + 2 * DAY:
        yield Period(began_at, began_at + _TRIAL)
        return
    zone = season.house.timezone
    began = wall_clock(began_at, zone)
    start = began_at
    for month in count(1):
        end = instant_of(add_months(began, month), zone)
        yield Period(start, end)
        if end > season.now:
            return
        start = end
