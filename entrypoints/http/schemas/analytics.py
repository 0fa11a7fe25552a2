"""Response bodies of `/api/analytics`. Hours and rates have at most four decimal places."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.analytics.members import Membership
from domain.analytics.occupancy import Occupancy
from domain.analytics.revenue import Revenue
from domain.money import decimal_string
from domain.spaces import SpaceType
from domain.subscriptions import PlanType

Day = Annotated[date, Meta(description="Day in the house's time zone.")]
StartDate = Annotated[date, Meta(description="First day of the range.")]
EndDate = Annotated[date, Meta(description="Last day of the range (inclusive).")]
Timezone = Annotated[
    str,
    Meta(
        description="Time zone in which days are counted, an IANA name.",
        examples=["Europe/Istanbul"],
    ),
]
BookedHours = Annotated[
    float,
    Meta(description="Hours of CONFIRMED, CHECKED_IN, COMPLETED and NO_SHOW bookings."),
]
BookableHours = Annotated[float, Meta(description="Number of desks times opening hours.")]
OccupancyRate = Annotated[
    float,
    Meta(
        description="Booked hours divided by bookable hours, 0 to 1. 0 if nothing was bookable.",
        examples=[0.625],
    ),
]
BookingsUsd = Annotated[
    str, Meta(description="Payments for bookings, in US dollars.", examples=["1250.00"])
]
SubscriptionsUsd = Annotated[
    str, Meta(description="Payments for plans, in US dollars.", examples=["800.00"])
]
RefundedUsd = Annotated[str, Meta(description="Refunds, in US dollars.", examples=["36.00"])]
NetUsd = Annotated[
    str,
    Meta(
        description="Payments minus refunds, in US dollars. May be negative.", examples=["2014.00"]
    ),
]


class DayOccupancyBody(msgspec.Struct, frozen=True):
    """The occupancy of a day."""

    date: Day
    bookable_hours: BookableHours
    booked_hours: BookedHours
    occupied_hours: Annotated[float, Meta(description="Hours between check-in and check-out.")]
    occupancy_rate: OccupancyRate


class SpaceOccupancyBody(msgspec.Struct, frozen=True):
    """The occupancy of a space over the whole range."""

    space_id: Annotated[UUID, Meta(description="ID of the space.")]
    name: Annotated[str, Meta(description="Name of the space.")]
    booked_hours: BookedHours
    bookable_hours: BookableHours
    occupancy_rate: OccupancyRate


class HourOccupancyBody(msgspec.Struct, frozen=True):
    """The occupancy of an hour of the week."""

    weekday: Annotated[int, Meta(description="Day of the week, 0 (Monday) to 6 (Sunday).")]
    hour: Annotated[int, Meta(description="Hour of the day in the house's time zone, 0 to 23.")]
    occupancy_rate: OccupancyRate


class OccupancyBody(msgspec.Struct, frozen=True):
    """Occupancy by day, by space, and by hour of the week."""

    start_date: StartDate
    end_date: EndDate
    timezone: Timezone
    days: Annotated[list[DayOccupancyBody], Meta(description="One entry for each day.")]
    spaces: Annotated[
        list[SpaceOccupancyBody],
        Meta(description="One entry for each space, in order of creation."),
    ]
    heatmap: Annotated[
        list[HourOccupancyBody],
        Meta(description="One entry for each of the 168 hours of a week."),
    ]


class TakingsBody(msgspec.Struct, frozen=True):
    """Revenue of a day, week or month."""

    period: Annotated[
        str,
        Meta(
            description="The day, ISO week or month, depending on `group_by`.",
            examples=["2026-03-01", "2026-W09", "2026-03"],
        ),
    ]
    bookings_usd: BookingsUsd
    subscriptions_usd: SubscriptionsUsd
    refunded_usd: RefundedUsd
    net_usd: NetUsd


class SpaceTakingsBody(msgspec.Struct, frozen=True):
    """Revenue of a space."""

    space_id: Annotated[UUID, Meta(description="ID of the space.")]
    name: Annotated[str, Meta(description="Name of the space.")]
    bookings_usd: BookingsUsd


class TypeTakingsBody(msgspec.Struct, frozen=True):
    """Revenue of all spaces of a type."""

    space_type: Annotated[SpaceType, Meta(description="Type of space.")]
    bookings_usd: BookingsUsd


class RevenueBody(msgspec.Struct, frozen=True):
    """Revenue, counted on the day on which the money moved."""

    start_date: StartDate
    end_date: EndDate
    timezone: Timezone
    total_usd: Annotated[
        str, Meta(description="All payments, in US dollars, before refunds.", examples=["2050.00"])
    ]
    refunded_usd: RefundedUsd
    net_usd: NetUsd
    bookings_usd: BookingsUsd
    subscriptions_usd: SubscriptionsUsd
    mrr_usd: Annotated[
        str,
        Meta(
            description=(
                "Monthly recurring revenue, in US dollars: the monthly price of the subscriptions "
                "that are ACTIVE or PAST_DUE at the end of the range."
            ),
            examples=["2400.00"],
        ),
    ]
    series: Annotated[
        list[TakingsBody],
        Meta(description="One entry for each day, week or month, depending on `group_by`."),
    ]
    by_space: Annotated[list[SpaceTakingsBody], Meta(description="Revenue of each space.")]
    by_space_type: Annotated[
        list[TypeTakingsBody], Meta(description="Revenue of each type of space.")
    ]


class PlanBody(msgspec.Struct, frozen=True):
    """The number of subscriptions to a plan."""

    plan_type: Annotated[PlanType, Meta(description="The plan.")]
    subscriptions: Annotated[int, Meta(description="Number of subscriptions to the plan.")]


class MemberDayBody(msgspec.Struct, frozen=True):
    """Member accounts on a day."""

    date: Day
    new: Annotated[int, Meta(description="Member accounts created on this day.")]
    total: Annotated[int, Meta(description="Member accounts at the end of this day.")]


class TopMemberBody(msgspec.Struct, frozen=True):
    """One of the members with the most booked hours."""

    user_id: Annotated[UUID, Meta(description="ID of the user.")]
    full_name: Annotated[str, Meta(description="Full name of the user.")]
    bookings: Annotated[int, Meta(description="Number of bookings in the range.")]
    booked_hours: BookedHours
    spent_usd: Annotated[
        str,
        Meta(
            description="Payments in the range, in US dollars, before refunds.",
            examples=["420.00"],
        ),
    ]


class MembershipBody(msgspec.Struct, frozen=True):
    """Member accounts, activity, plans, churn and no-shows."""

    start_date: StartDate
    end_date: EndDate
    timezone: Timezone
    total: Annotated[int, Meta(description="Member accounts at the end of the range.")]
    active: Annotated[
        int, Meta(description="Members with a booking or a subscription in the range.")
    ]
    new: Annotated[int, Meta(description="Member accounts created in the range.")]
    by_plan: Annotated[list[PlanBody], Meta(description="Number of subscriptions to each plan.")]
    churned: Annotated[int, Meta(description="Subscriptions that ended in the range.")]
    churn_rate: Annotated[
        float,
        Meta(
            description=(
                "Share of the subscriptions at the beginning of the range that ended in it, 0 to 1."
            )
        ),
    ]
    no_show_rate: Annotated[
        float,
        Meta(
            description=(
                "Share of NO_SHOW in the bookings that start in the range and are CHECKED_IN, "
                "COMPLETED or NO_SHOW, 0 to 1."
            )
        ),
    ]
    series: Annotated[list[MemberDayBody], Meta(description="One entry for each day.")]
    top: Annotated[
        list[TopMemberBody],
        Meta(description="Up to 10 members, most booked hours first."),
    ]


def occupancy_body(report: Occupancy, timezone: str) -> OccupancyBody:
    """Return the response body for the report."""
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
        [
            HourOccupancyBody(cell.weekday, cell.hour, float(cell.occupancy_rate))
            for cell in report.heatmap
        ],
    )


def revenue_body(report: Revenue, start: date, end: date, timezone: str) -> RevenueBody:
    """Return the response body for the report."""
    whole = report.whole
    return RevenueBody(
        start_date=start,
        end_date=end,
        timezone=timezone,
        total_usd=decimal_string(whole.total),
        refunded_usd=decimal_string(whole.refunded),
        net_usd=decimal_string(whole.net),
        bookings_usd=decimal_string(whole.bookings),
        subscriptions_usd=decimal_string(whole.subscriptions),
        mrr_usd=decimal_string(report.mrr),
        series=[
            TakingsBody(
                part.period,
                decimal_string(part.bookings),
                decimal_string(part.subscriptions),
                decimal_string(part.refunded),
                decimal_string(part.net),
            )
            for part in report.series
        ],
        by_space=[
            SpaceTakingsBody(space.space_id, space.name, decimal_string(space.bookings))
            for space in report.by_space
        ],
        by_space_type=[
            TypeTakingsBody(space_type, decimal_string(cents))
            for space_type, cents in report.by_space_type.items()
        ],
    )


def membership_body(report: Membership, timezone: str) -> MembershipBody:
    """Return the response body for the report."""
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
                decimal_string(member.spent),
            )
            for member in report.top
        ],
    )
