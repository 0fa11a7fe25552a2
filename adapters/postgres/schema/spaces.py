"""Tables of spaces and their history."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.schema.types import (
    cents_column,
    foreign_key,
    id_column,
    metadata,
    space_type,
    time_column,
    version_column,
)
from domain.spaces import MAX_CAPACITY

spaces = sa.Table(
    "spaces",
    metadata,
    id_column(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("space_type", space_type, nullable=False),
    sa.Column("capacity", sa.Integer, nullable=False),
    cents_column("hourly_rate_cents", nullable=True),
    cents_column("daily_rate_cents", nullable=True),
    cents_column("monthly_rate_cents", nullable=True),
    sa.Column("amenities", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("opening_hours", pg.JSONB),
    sa.Column("is_active", sa.Boolean, nullable=False),
    version_column(),
    time_column("created_at"),
    time_column("updated_at"),
    sa.CheckConstraint(f"capacity BETWEEN 1 AND {MAX_CAPACITY}", name="spaces_capacity_is_bounded"),
    sa.CheckConstraint(
        "hourly_rate_cents >= 0 AND daily_rate_cents >= 0 AND monthly_rate_cents >= 0",
        name="spaces_rates_are_not_negative",
    ),
    sa.CheckConstraint(
        "num_nonnulls(hourly_rate_cents, daily_rate_cents, monthly_rate_cents) > 0",
        name="spaces_have_a_rate",
    ),
)

space_history = sa.Table(
    "space_history",
    metadata,
    sa.Column(
        "space_id", foreign_key("spaces.id", ondelete="CASCADE"), primary_key=True, nullable=False
    ),
    sa.Column("version", sa.Integer, primary_key=True, nullable=False),
    time_column("since"),
    sa.Column("desks", sa.Integer, nullable=False),
    sa.Column("opening_hours", pg.JSONB),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.CheckConstraint(
        f"desks BETWEEN 1 AND {MAX_CAPACITY}", name="space_history_desks_are_bounded"
    ),
)
