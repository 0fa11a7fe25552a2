"""types: TODO"""

from enum import Enum

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from domain.bookings import BookingStatus
from domain.invoices import InvoiceStatus
from domain.spaces import SpaceType
from domain.subscriptions import PlanType, SubscriptionStatus
from domain.users import Locale, Role

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)


def enum_type(values: type[Enum], name: str) -> pg.ENUM:
    return pg.ENUM(
        values,
        name=name,
        metadata=metadata,
        values_callable=lambda enum: [member.value for member in enum],
    )


user_role = enum_type(Role, "user_role")


user_locale = enum_type(Locale, "user_locale")


space_type = enum_type(SpaceType, "space_type")


booking_status = enum_type(BookingStatus, "booking_status")


plan_type = enum_type(PlanType, "plan_type")


subscription_status = enum_type(SubscriptionStatus, "subscription_status")


invoice_status = enum_type(InvoiceStatus, "invoice_status")


Timestamp = sa.DateTime(timezone=True)


def id_column() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid, primary_key=True)


def version_column() -> sa.Column[object]:
    return sa.Column("version", sa.Integer, nullable=False)


def time_column(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, Timestamp, nullable=nullable)


def cents_column(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def foreign_key(target: str, *, ondelete: str) -> sa.ForeignKey:
    return sa.ForeignKey(target, ondelete=ondelete)


def booking_key() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["booking_id", "space_id"],
        ["bookings.id", "bookings.space_id"],
        ondelete="RESTRICT",
        # A booking may be moved to another space; what belongs to it follows.
        onupdate="CASCADE",
    )
