"""Metadata, enum types and column helpers of all tables.

Every invariant of the domain that SQL can state is a constraint of a table. Amounts are whole US
cents, times are `timestamptz`. The code recognizes a constraint by its name (`constraints`).
"""

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
    """Return a PostgreSQL enum of the values."""
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
    """Return the primary key column `id`, a UUID."""
    return sa.Column("id", sa.Uuid, primary_key=True)


def version_column() -> sa.Column[object]:
    """Return the column `version`, which counts changes of the row."""
    return sa.Column("version", sa.Integer, nullable=False)


def time_column(name: str, *, nullable: bool = False) -> sa.Column[object]:
    """Return a `timestamptz` column."""
    return sa.Column(name, Timestamp, nullable=nullable)


def cents_column(name: str, *, nullable: bool = False) -> sa.Column[object]:
    """Return a column of whole US cents."""
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def foreign_key(target: str, *, ondelete: str) -> sa.ForeignKey:
    """Return a foreign key to `target`."""
    return sa.ForeignKey(target, ondelete=ondelete)


def booking_key() -> sa.ForeignKeyConstraint:
    """Return the foreign key to a booking, whose key includes its space."""
    return sa.ForeignKeyConstraint(
        ["booking_id", "space_id"],
        ["bookings.id", "bookings.space_id"],
        ondelete="RESTRICT",
        # A booking may be moved to another space; what belongs to it follows.
        onupdate="CASCADE",
    )
