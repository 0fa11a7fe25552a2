"""Tables of bookings and occupancy logs. Amounts are whole US cents."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.schema import constraints
from adapters.postgres.schema.types import (
    booking_key,
    booking_status,
    cents_column,
    foreign_key,
    id_column,
    metadata,
    time_column,
    version_column,
)
from domain.analytics.occupancy import COUNTED_STATUSES
from domain.bookings import OCCUPYING_STATUSES, BookingStatus

_OCCUPYING = ", ".join(f"'{status}'" for status in BookingStatus if status in OCCUPYING_STATUSES)
OCCUPIES_SLOT = f"status IN ({_OCCUPYING})"
TAKES_LONG = "end_time - start_time >= interval '24 hours'"
"""Long bookings are few. All others that overlap an instant started within the day before it."""
_BOOKED = ", ".join(f"'{status}'" for status in sorted(COUNTED_STATUSES))
IS_BOOKED = f"status IN ({_BOOKED})"
"""The bookings that reports count."""
STAYED_LONG = "vacated_at IS NULL OR vacated_at - occupied_at >= interval '24 hours'"
"""Long stays, as with `TAKES_LONG`."""

bookings = sa.Table(
    "bookings",
    metadata,
    # The key includes the space so that the table can be sharded by space.
    sa.Column("id", sa.Uuid, nullable=False),
    sa.Column("space_id", foreign_key("spaces.id", ondelete="RESTRICT"), nullable=False),
    sa.Column("user_id", foreign_key("users.id", ondelete="RESTRICT"), nullable=False),
    sa.Column("desk", sa.Integer, nullable=False),
    time_column("start_time"),
    time_column("end_time"),
    sa.Column("status", booking_status, nullable=False),
    cents_column("amount_cents"),
    cents_column("paid_cents"),
    cents_column("refunded_cents"),
    sa.Column("covered_by_plan", sa.Boolean, nullable=False),
    sa.Column("notes", sa.Text),
    time_column("hold_expires_at", nullable=True),
    time_column("checked_in_at", nullable=True),
    time_column("checked_out_at", nullable=True),
    time_column("cancelled_at", nullable=True),
    sa.Column("cancel_reason", sa.Text),
    version_column(),
    time_column("created_at"),
    time_column("updated_at"),
    sa.Column("lapsed", sa.Boolean, nullable=False),
    sa.PrimaryKeyConstraint("id", "space_id"),
    pg.ExcludeConstraint(
        (sa.column("space_id"), "="),
        (sa.column("desk"), "="),
        (sa.text("tstzrange(start_time, end_time)"), "&&"),
        where=sa.text(OCCUPIES_SLOT),
        using="gist",
        name=constraints.ONE_BOOKING_PER_DESK,
    ),
    sa.CheckConstraint("start_time < end_time", name="bookings_end_after_start"),
    sa.CheckConstraint("desk >= 1", name="bookings_desks_count_from_one"),
    sa.CheckConstraint("amount_cents >= 0", name="bookings_amount_is_not_negative"),
    sa.CheckConstraint(
        "refunded_cents BETWEEN 0 AND paid_cents", name="bookings_refund_is_what_was_paid_at_most"
    ),
    sa.CheckConstraint(
        "NOT covered_by_plan OR amount_cents = 0", name="bookings_covered_ones_cost_nothing"
    ),
    sa.CheckConstraint(
        "(status = 'PENDING') = (hold_expires_at IS NOT NULL)", name="bookings_pending_are_held"
    ),
    sa.CheckConstraint(
        "(status = 'CANCELLED') = (cancelled_at IS NOT NULL)",
        name="bookings_cancelled_have_a_time",
    ),
    sa.CheckConstraint(
        "(status IN ('CHECKED_IN', 'COMPLETED')) = (checked_in_at IS NOT NULL)",
        name="bookings_attended_have_a_check_in",
    ),
    sa.CheckConstraint(
        "(status = 'COMPLETED') = (checked_out_at IS NOT NULL)",
        name="bookings_completed_have_a_check_out",
    ),
    sa.CheckConstraint("NOT lapsed OR status = 'CANCELLED'", name="bookings_lapsed_are_cancelled"),
    sa.Index("bookings_user_id_start_time_idx", "user_id", "start_time", "id"),
    # A list is the union of one short list for each status, each read in index order.
    sa.Index("bookings_space_id_status_idx", "space_id", "status", "start_time", "id"),
    sa.Index("bookings_status_start_time_idx", "status", "start_time", "id"),
    sa.Index(
        "bookings_space_id_occupying_idx",
        "space_id",
        "start_time",
        postgresql_where=sa.text(OCCUPIES_SLOT),
    ),
    sa.Index(
        "bookings_ran_out_idx",
        "hold_expires_at",
        "id",
        postgresql_where=sa.text("status = 'PENDING'"),
    ),
    sa.Index(
        "bookings_long_idx",
        sa.text("tstzrange(start_time, end_time)"),
        postgresql_using="gist",
        postgresql_where=sa.text(TAKES_LONG),
    ),
)

occupancy_logs = sa.Table(
    "occupancy_logs",
    metadata,
    id_column(),
    sa.Column("booking_id", sa.Uuid, nullable=False),
    sa.Column("space_id", sa.Uuid, nullable=False),
    time_column("occupied_at"),
    time_column("vacated_at", nullable=True),
    booking_key(),
    sa.UniqueConstraint("booking_id", "space_id", name=constraints.ONE_LOG_PER_BOOKING),
    sa.CheckConstraint("vacated_at >= occupied_at", name="occupancy_logs_end_after_start"),
    sa.Index("occupancy_logs_space_id_occupied_at_idx", "space_id", "occupied_at"),
    sa.Index(
        "occupancy_logs_occupied_at_idx",
        "occupied_at",
        postgresql_include=["vacated_at", "space_id"],
    ),
    sa.Index(
        "occupancy_logs_long_idx",
        sa.text("tstzrange(occupied_at, vacated_at)"),
        postgresql_using="gist",
        postgresql_where=sa.text(STAYED_LONG),
    ),
)
