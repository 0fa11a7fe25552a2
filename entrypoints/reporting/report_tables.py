"""Each report as a table: its series, one row a day or period."""

from domain.analytics.members import Membership
from domain.analytics.occupancy import Occupancy
from domain.analytics.revenue import Revenue
from entrypoints.reporting.tables import Table, usd


def occupancy_table(report: Occupancy) -> Table:
    """A row a day."""
    columns = ("date", "bookable_hours", "booked_hours", "occupied_hours", "occupancy_rate")
    rows = [
        (
            day.date.isoformat(),
            day.bookable_hours,
            day.booked_hours,
            day.occupied_hours,
            day.occupancy_rate,
        )
        for day in report.days
    ]
    return Table(f"occupancy_{rows[0][0]}_{rows[-1][0]}", columns, rows)


def revenue_table(report: Revenue) -> Table:
    """A row a period."""
    columns = ("period", "bookings_usd", "subscriptions_usd", "refunded_usd", "net_usd")
    rows = [
        (part.period, *map(usd, (part.bookings, part.subscriptions, part.refunded, part.net)))
        for part in report.series
    ]
    return Table(f"revenue_{report.whole.period.replace('/', '_')}", columns, rows)


def members_table(report: Membership) -> Table:
    """A row a day."""
    rows = [(day.date.isoformat(), day.new, day.total) for day in report.series]
    return Table(f"members_{rows[0][0]}_{rows[-1][0]}", ("date", "new", "total"), rows)
