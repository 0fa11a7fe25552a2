"""Memberships: the subscriptions of a third of the members, period by period."""

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
from entrypoints.demo_data.people import Person
from entrypoints.demo_data.randomness import ID_BITS, WeightedChoice, happens, uuid7_at
from entrypoints.demo_data.scenario import Scenario
from entrypoints.demo_data.simulation import Simulation
from entrypoints.demo_data.timeline import Timeline

PLAN_PRICES = {
    PlanType.HOT_DESK: Money.parse(190),
    PlanType.DEDICATED_DESK: Money.parse(340),
    PlanType.PRIVATE_OFFICE: Money.parse(1250),
}
"""Per month."""

_PLAN_PROBABILITY = 1 / 3
_TRIAL = 14 * DAY
_MAX_START_DELAY = 25 * DAY
"""Longest time from joining to the start of a plan."""
_PLANS = WeightedChoice(
    {PlanType.HOT_DESK: 68, PlanType.DEDICATED_DESK: 22, PlanType.PRIVATE_OFFICE: 10}
)
_NAMES = {
    PlanType.HOT_DESK: "Hot desk plan",
    PlanType.DEDICATED_DESK: "Dedicated desk plan",
    PlanType.PRIVATE_OFFICE: "Private office plan",
}


class _State(Enum):
    """How a membership goes."""

    RUNNING = auto()
    ENDING = auto()
    """Cancelled for the end of the current period."""
    ENDED = auto()
    UNPAID = auto()
    """The last renewal failed."""


_STATES = WeightedChoice({_State.RUNNING: 76, _State.ENDING: 6, _State.ENDED: 12, _State.UNPAID: 6})


@dataclass(slots=True)
class Membership:
    """One member's plan. `periods` are all that began before now; a trial is the first."""

    person: Person
    subscription: Subscription
    periods: list[Period]
    invoice_bits: int
    _uses: list[Simulation] = field(default_factory=list)

    def coverage(self, scenario: Scenario) -> Subscription | None:
        """Return the plan as of the booking, or None if it does not cover it or is in use."""
        created_at = scenario.created_at
        number = bisect_right(self.periods, created_at, key=attrgetter("start")) - 1
        if number < 0:
            return None
        plan = replace(
            self.subscription, status=self._status_in(number), current_period=self.periods[number]
        )
        if not plan.covers(scenario.space.space_type, scenario.period):
            return None
        # Bookings come in order of creation, so what is released by now stays released.
        self._uses = [
            simulation
            for simulation in self._uses
            if simulation.released_at is None or simulation.released_at > created_at
        ]
        is_in_use = any(
            simulation.booking.period.overlaps(scenario.period) for simulation in self._uses
        )
        return None if is_in_use else plan

    def record_use(self, simulation: Simulation) -> None:
        """Record a booking that the plan covers."""
        self._uses.append(simulation)
        latest = max(self.subscription.updated_at, simulation.booking.created_at)
        self.subscription = self.subscription.with_usage_recorded(at=latest)

    def invoices(self, zone: ZoneInfo) -> Iterator[Invoice]:
        """Yield the invoice of each period; a trial is free."""
        for number, period in enumerate(self.periods):
            status = self._status_in(number)
            if status is SubscriptionStatus.TRIALING:
                continue
            start, end = wall_clock(period.start, zone), wall_clock(period.end, zone)
            plan_name = _NAMES[self.subscription.plan_type]
            invoice = Invoice(
                id=InvoiceId(uuid7_at(period.start, self.invoice_bits + number)),
                user_id=self.person.user.id,
                booking_id=None,
                space_id=None,
                subscription_id=self.subscription.id,
                amount=PLAN_PRICES[self.subscription.plan_type],
                status=InvoiceStatus.OPEN,
                description=f"{plan_name}, {start:%Y-%m-%d} to {end:%Y-%m-%d}",
                issued_at=period.start,
            )
            is_paid = status is SubscriptionStatus.ACTIVE
            yield invoice.paid(at=period.start) if is_paid else invoice

    def _status_in(self, number: int) -> SubscriptionStatus:
        """Return the plan's status in the period of that number."""
        if self.periods[number].duration == _TRIAL:
            return SubscriptionStatus.TRIALING
        is_last = number == len(self.periods) - 1
        if is_last and self.subscription.status is SubscriptionStatus.PAST_DUE:
            return SubscriptionStatus.PAST_DUE
        return SubscriptionStatus.ACTIVE


def create_memberships(
    members: list[Person], timeline: Timeline, rng: Random
) -> dict[UserId, Membership]:
    """Return the plans of about a third of the members, which start within 25 days of joining."""
    memberships = {}
    for person in members:
        has_plan, delay = happens(_PLAN_PROBABILITY, rng), rng.random()
        plan_type, state, share = _PLANS.draw(rng), _STATES.draw(rng), rng.random()
        started_at = person.joined_at + _MAX_START_DELAY * delay
        ids = rng.getrandbits(ID_BITS), rng.getrandbits(ID_BITS)
        if has_plan and started_at < timeline.start_of_today - DAY:
            memberships[person.user.id] = _membership(
                person, plan_type, state, share, started_at, ids, timeline
            )
    return memberships


def _membership(
    person: Person,
    plan_type: PlanType,
    state: _State,
    share: float,
    started_at: datetime,
    id_bits: tuple[int, int],
    timeline: Timeline,
) -> Membership:
    periods = list(_periods(started_at, timeline))
    ended = [period for period in periods if period.end <= timeline.start_of_today]
    begun = [period for period in periods if period.start <= timeline.start_of_today]
    status, changes = SubscriptionStatus.ACTIVE, len(periods) - 1
    updated_at = periods[-1].start
    if periods[0].duration == _TRIAL:
        status = SubscriptionStatus.TRIALING
    elif state is _State.ENDED and ended:
        periods = ended[: 1 + int(share * len(ended))]
        status, changes, updated_at = SubscriptionStatus.CANCELLED, len(periods), periods[-1].end
    elif state is _State.UNPAID and len(begun) > 1:
        periods, status = begun, SubscriptionStatus.PAST_DUE
        changes = len(periods) - 1
        updated_at = periods[-1].start
    is_ending = state is _State.ENDING and status is SubscriptionStatus.ACTIVE
    subscription = Subscription(
        id=SubscriptionId(uuid7_at(started_at, id_bits[0])),
        member_id=person.member.id,
        plan_type=plan_type,
        status=status,
        provider_subscription_id=None,
        current_period=periods[-1],
        cancel_at_period_end=is_ending,
        version=1 + changes + is_ending,
        created_at=started_at,
        updated_at=updated_at,
    )
    return Membership(person, subscription, periods, id_bits[1])


def _periods(started_at: datetime, timeline: Timeline) -> Iterator[Period]:
    """Yield the periods that have begun by now: months, or a trial for a recent start."""
    if started_at > timeline.start_of_today - _TRIAL + 2 * DAY:
        yield Period(started_at, started_at + _TRIAL)
        return
    zone = timeline.house.timezone
    started = wall_clock(started_at, zone)
    start = started_at
    for month in count(1):
        end = instant_of(add_months(started, month), zone)
        yield Period(start, end)
        if end > timeline.now:
            return
        start = end
