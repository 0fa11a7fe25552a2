"""DemoData: everything that is generated."""

from dataclasses import dataclass
from datetime import datetime

from domain.bookings import Booking
from domain.invoices import Invoice
from domain.occupancy import OccupancyLog
from domain.spaces import Space
from domain.subscriptions import Subscription
from domain.users import Member, User
from entrypoints.demo_data.plan import DemoPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoData:
    """The state of the house at `now`. Each list is in the order of creation."""

    plan: DemoPlan
    now: datetime
    users: list[User]
    members: list[Member]
    spaces: list[Space]
    subscriptions: list[Subscription]
    bookings: list[Booking]
    occupancy_logs: list[OccupancyLog]
    invoices: list[Invoice]
    unplaced: int
    """Number of planned bookings that found no free desk because the house is full."""
