"""member_figures: the figures of the members report, from memory."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from adapters.memory.revenue_report import day_of
from adapters.memory.state import State
from domain.analytics.days import ReportDays
from domain.analytics.members import MAX_TOP_MEMBERS, MemberFigures, TopMember
from domain.analytics.occupancy import COUNTED_STATUSES
from domain.analytics.recurring_revenue import ended_at, is_live_at
from domain.analytics.usage import MICROSECOND
from domain.bookings import BookingStatus
from domain.ids import UserId
from domain.users import Role, User

_EXPECTED = COUNTED_STATUSES - {BookingStatus.CONFIRMED}


def member_figures(state: State, days: ReportDays, now: datetime) -> MemberFigures:
    """Return the figures of the members report."""
    members = {user.id: user for user in state.users.all() if user.role is Role.MEMBER}
    joined = Counter(day_of(user.created_at, days) for user in members.values())
    del joined[None]
    subscribed = [
        subscription
        for subscription in state.subscriptions.all()
        if is_live_at(subscription, days.start)
    ]
    ended = [
        subscription
        for subscription in state.subscriptions.all()
        if (end := ended_at(subscription)) is not None and days.start <= end < days.end
    ]
    expected = [
        booking.status
        for booking in state.bookings.all()
        if booking.status in _EXPECTED and days.start <= booking.period.start < days.end
    ]
    return MemberFigures(
        earlier=sum(user.created_at < days.start for user in members.values()),
        joined={day: count for day, count in joined.items() if day is not None},
        active=len(members.keys() & set(_active(state, days, now))),
        by_plan=Counter(
            subscription.plan_type
            for subscription in state.subscriptions.all()
            if is_live_at(subscription, days.end)
        ),
        subscribed_before=len(subscribed),
        of_those_ended=sum(subscription in ended for subscription in subscribed),
        ended=len(ended),
        expected=len(expected),
        no_shows=expected.count(BookingStatus.NO_SHOW),
        top=_top(state, members, days),
    )


def _active(state: State, days: ReportDays, now: datetime) -> Iterator[UserId]:
    if days.start == days.end:
        return
    for booking in state.bookings.all():
        counts = booking.status in COUNTED_STATUSES or (
            booking.hold_expires_at is not None and booking.hold_expires_at > now
        )
        if counts and booking.period.start < days.end and booking.period.end > days.start:
            yield booking.user_id
    for subscription in state.subscriptions.all():
        end = ended_at(subscription)
        if subscription.created_at < days.end and (end is None or end > days.start):
            member = state.members.get(subscription.member_id)
            if member is not None:
                yield member.user_id


def _top(state: State, members: dict[UserId, User], days: ReportDays) -> list[TopMember]:
    uses: Counter[UserId] = Counter()
    times: dict[UserId, int] = defaultdict(int)
    for booking in state.bookings.all():
        start, end = max(booking.period.start, days.start), min(booking.period.end, days.end)
        if booking.status in COUNTED_STATUSES and booking.user_id in members and start < end:
            uses[booking.user_id] += 1
            times[booking.user_id] += (end - start) // MICROSECOND
    spent: dict[UserId, int] = defaultdict(int)
    for entry in state.ledger.all():
        if not entry.is_refund and days.start <= entry.occurred_at < days.end:
            spent[entry.user_id] += entry.amount.cents
    candidates = [
        TopMember(user_id, members[user_id].full_name, count, times[user_id], spent[user_id])
        for user_id, count in uses.items()
    ]
    candidates.sort(key=lambda member: (-member.booked, -member.spent, member.user_id))
    return candidates[:MAX_TOP_MEMBERS]
