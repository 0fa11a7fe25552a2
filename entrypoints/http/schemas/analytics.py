"""Bodies of `/api/analytics`. Hours and rates are numbers with at most four places."""

from datetime import date
from uuid import UUID

import msgspec

from domain.analytics.members import Membership
from domain.analytics.occupancy import Occupancy
from domain.analytics.revenue import Revenue
from domain.spaces import SpaceType
from domain.subscriptions import PlanType
from entrypoints.tabular import usd


class DayOccupancyBody(msgspec.Struct, frozen=True):
    """One local day."""

    date: date
    bookable_hours: float
    booked_hours: float
    occupied_hours: float
    occupancy_rate: float


class SpaceOccupancyBody(msgspec.Struct, frozen=True):
    """One space over the whole range."""

    space_id: UUID
    name: str
    booked_hours: float
    bookable_hours: float
    occupancy_rate: float


class HourOccupancyBody(msgspec.Struct, frozen=True):
    """An hour of the clock on a weekday; Monday is 0."""

    weekday: int
    hour: int
    occupancy_rate: float


class OccupancyBody(msgspec.Struct, frozen=True):
    """How full the house was."""

    start_date: date
    end_date: date
    timezone: str
    days: list[DayOccupancyBody]
    spaces: list[SpaceOccupancyBody]
    heatmap: list[HourOccupancyBody]


class TakingsBody(msgspec.Struct, frozen=True):
    """Money taken and given back in one day, week or month."""

    period: str
    bookings_usd: str
    subscriptions_usd: str
    refunded_usd: str
    net_usd: str


class SpaceTakingsBody(msgspec.Struct, frozen=True):
    """What was taken for one space."""

    space_id: UUID
    name: str
    bookings_usd: str


class TypeTakingsBody(msgspec.Struct, frozen=True):
    """What was taken for all spaces of a type."""

    space_type: SpaceType
    bookings_usd: str


class RevenueBody(msgspec.Struct, frozen=True):
    """Money by the day it moved."""

    start_date: date
    end_date: date
    timezone: str
    total_usd: str
    refunded_usd: str
    net_usd: str
    bookings_usd: str
    subscriptions_usd: str
    mrr_usd: str
    series: list[TakingsBody]
    by_space: list[SpaceTakingsBody]
    by_space_type: list[TypeTakingsBody]


class PlanBody(msgspec.Struct, frozen=True):
    """How many have a plan."""

    plan_type: PlanType
    subscriptions: int


class MemberDayBody(msgspec.Struct, frozen=True):
    """How many joined on a day, and how many there were at its end."""

    date: date
    new: int
    total: int


class TopMemberBody(msgspec.Struct, frozen=True):
    """One of those who booked most."""

    user_id: UUID
    full_name: str
    bookings: int
    booked_hours: float
    spent_usd: str


class MembershipBody(msgspec.Struct, frozen=True):
    """Who came, who went, who was there most."""

    start_date: date
    end_date: date
    timezone: str
    total: int
    active: int
    new: int
    by_plan: list[PlanBody]
    churned: int
    churn_rate: float
    no_show_rate: float
    series: list[MemberDayBody]
    top: list[TopMemberBody]


def occupancy_body(report: Occupancy, timezone: str) -> OccupancyBody:
    """The report as its answer."""
    return OccupancyBody(
        report.days[0].date,
        report.days[-1].date,
        timezone,
        [
            DayOccupancyBody(
                day.date,
                float(day.bookable_hours),
                float(day.booked_hours),
                float(day.occupied_hours),
                float(day.occupancy_rate),
            )
            for day in report.days
        ],
        [
            SpaceOccupancyBody(
                space.space_id,
                space.name,
                float(space.booked_hours),
                float(space.bookable_hours),
                float(space.occupancy_rate),
            )
            for space in report.spaces
        ],
        [HourOccupancyBody(at.weekday, at.hour, float(at.occupancy_rate)) for at in report.heatmap],
    )


def revenue_body(report: Revenue, start: date, end: date, timezone: str) -> RevenueBody:
    """The report as its answer."""
    whole = report.whole
    return RevenueBody(
        start_date=start,
        end_date=end,
        timezone=timezone,
        total_usd=usd(whole.total),
        refunded_usd=usd(whole.refunded),
        net_usd=usd(whole.net),
        bookings_usd=usd(whole.bookings),
        subscriptions_usd=usd(whole.subscriptions),
        mrr_usd=usd(report.mrr),
        series=[
            TakingsBody(
                part.period,
                usd(part.bookings),
                usd(part.subscriptions),
                usd(part.refunded),
                usd(part.net),
            )
            for part in report.series
        ],
        by_space=[
            SpaceTakingsBody(space.space_id, space.name, usd(space.bookings))
            for space in report.by_space
        ],
        by_space_type=[
            TypeTakingsBody(kind, usd(cents)) for kind, cents in report.by_space_type.items()
        ],
    )


def membership_body(report: Membership, timezone: str) -> MembershipBody:
    """The report as its answer."""
    return MembershipBody(
        start_date=report.series[0].date,
        end_date=report.series[-1].date,
        timezone=timezone,
        total=report.total,
        active=report.active,
        new=report.new,
        by_plan=[PlanBody(plan, count) for plan, count in report.by_plan.items()],
        churned=report.churned,
        churn_rate=float(report.churn_rate),
        no_show_rate=float(report.no_show_rate),
        series=[MemberDayBody(day.date, day.new, day.total) for day in report.series],
        top=[
            TopMemberBody(
                member.user_id,
                member.full_name,
                member.bookings,
                float(member.booked_hours),
                usd(member.spent),
            )
            for member in report.top
        ],
    )
