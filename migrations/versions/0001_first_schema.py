"""The first schema: users, spaces, bookings, subscriptions and invoices.

Revision 0001, the first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ENUMS = (
    "user_role",
    "user_locale",
    "space_type",
    "booking_status",
    "plan_type",
    "subscription_status",
    "invoice_status",
)

# A unit of work does all its writes in one statement, which calls this function with the expected
# and the actual number of written rows. If they differ, a concurrent unit of work was faster, and
# the whole statement fails.
# (It contains no percent sign, because Alembic doubles those when it prints SQL.)
REQUIRE_WRITTEN = """
CREATE FUNCTION require_written(expected bigint, written bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF written <> expected THEN
        RAISE EXCEPTION USING
            ERRCODE = 'CW001', MESSAGE = 'wrote ' || written || ' of ' || expected || ' rows';
    END IF;
END
$$
"""


def upgrade() -> None:
    """Upgrade to this revision."""
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(REQUIRE_WRITTEN)
    op.create_table(
        "spaces",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "space_type",
            postgresql.ENUM(
                "HOT_DESK", "DEDICATED_DESK", "PRIVATE_OFFICE", "MEETING_ROOM", name="space_type"
            ),
            nullable=False,
        ),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("hourly_rate_cents", sa.BigInteger(), nullable=True),
        sa.Column("daily_rate_cents", sa.BigInteger(), nullable=True),
        sa.Column("monthly_rate_cents", sa.BigInteger(), nullable=True),
        sa.Column("amenities", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("opening_hours", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("capacity BETWEEN 1 AND 1000", name="spaces_capacity_is_bounded"),
        sa.CheckConstraint(
            "hourly_rate_cents >= 0 AND daily_rate_cents >= 0 AND monthly_rate_cents >= 0",
            name="spaces_rates_are_not_negative",
        ),
        sa.CheckConstraint(
            "num_nonnulls(hourly_rate_cents, daily_rate_cents, monthly_rate_cents) > 0",
            name="spaces_have_a_rate",
        ),
        sa.PrimaryKeyConstraint("id", name="spaces_pkey"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column(
            "role",
            postgresql.ENUM("MEMBER", "ADMIN", "SUPER_ADMIN", name="user_role"),
            nullable=False,
        ),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("locale", postgresql.ENUM("en", "tr", name="user_locale"), nullable=False),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email <> '' AND length(email) <= 254", name="users_email_is_bounded"),
        sa.PrimaryKeyConstraint("id", name="users_pkey"),
        sa.UniqueConstraint("email", name="users_one_per_email"),
    )
    op.create_table(
        "bookings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("space_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("desk", sa.Integer(), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            postgresql.ENUM(
                "PENDING",
                "CONFIRMED",
                "CHECKED_IN",
                "COMPLETED",
                "CANCELLED",
                "NO_SHOW",
                name="booking_status",
            ),
            nullable=False,
        ),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("paid_cents", sa.BigInteger(), nullable=False),
        sa.Column("refunded_cents", sa.BigInteger(), nullable=False),
        sa.Column("covered_by_plan", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("hold_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("space_id"), "="),
            (sa.column("desk"), "="),
            (sa.text("tstzrange(start_time, end_time)"), "&&"),
            where=sa.text("status IN ('PENDING', 'CONFIRMED', 'CHECKED_IN')"),
            using="gist",
            name="bookings_one_per_desk",
        ),
        sa.CheckConstraint(
            "(status = 'CANCELLED') = (cancelled_at IS NOT NULL)",
            name="bookings_cancelled_have_a_time",
        ),
        sa.CheckConstraint(
            "(status = 'COMPLETED') = (checked_out_at IS NOT NULL)",
            name="bookings_completed_have_a_check_out",
        ),
        sa.CheckConstraint(
            "(status = 'PENDING') = (hold_expires_at IS NOT NULL)", name="bookings_pending_are_held"
        ),
        sa.CheckConstraint(
            "(status IN ('CHECKED_IN', 'COMPLETED')) = (checked_in_at IS NOT NULL)",
            name="bookings_attended_have_a_check_in",
        ),
        sa.CheckConstraint(
            "NOT covered_by_plan OR amount_cents = 0", name="bookings_covered_ones_cost_nothing"
        ),
        sa.CheckConstraint("amount_cents >= 0", name="bookings_amount_is_not_negative"),
        sa.CheckConstraint("desk >= 1", name="bookings_desks_count_from_one"),
        sa.CheckConstraint(
            "refunded_cents BETWEEN 0 AND paid_cents",
            name="bookings_refund_is_what_was_paid_at_most",
        ),
        sa.CheckConstraint("start_time < end_time", name="bookings_end_after_start"),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name="bookings_space_id_fkey", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="bookings_user_id_fkey", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", "space_id", name="bookings_pkey"),
    )
    op.create_index(
        "bookings_space_id_start_time_idx",
        "bookings",
        ["space_id", "start_time", "id"],
        unique=False,
    )
    op.create_index("bookings_start_time_idx", "bookings", ["start_time", "id"], unique=False)
    op.create_index(
        "bookings_user_id_start_time_idx", "bookings", ["user_id", "start_time", "id"], unique=False
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("stripe_customer_id", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="members_user_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="members_pkey"),
        sa.UniqueConstraint("stripe_customer_id", name="members_one_per_stripe_customer"),
        sa.UniqueConstraint("user_id", name="members_one_per_user"),
    )
    op.create_table(
        "refresh_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("client_address", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("expires_at > created_at", name="refresh_sessions_expire_after_start"),
        sa.CheckConstraint(
            "octet_length(token_hash) = 32", name="refresh_sessions_token_is_hashed"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="refresh_sessions_user_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="refresh_sessions_pkey"),
        sa.UniqueConstraint("token_hash", name="refresh_sessions_one_per_token"),
    )
    op.create_index("refresh_sessions_user_id_idx", "refresh_sessions", ["user_id"], unique=False)
    op.create_table(
        "occupancy_logs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("space_id", sa.Uuid(), nullable=False),
        sa.Column("occupied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vacated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("vacated_at >= occupied_at", name="occupancy_logs_end_after_start"),
        sa.ForeignKeyConstraint(
            ["booking_id", "space_id"],
            ["bookings.id", "bookings.space_id"],
            name="occupancy_logs_booking_id_space_id_fkey",
            onupdate="CASCADE",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="occupancy_logs_pkey"),
        sa.UniqueConstraint("booking_id", "space_id", name="occupancy_logs_one_per_booking"),
    )
    op.create_index(
        "occupancy_logs_space_id_occupied_at_idx",
        "occupancy_logs",
        ["space_id", "occupied_at"],
        unique=False,
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column(
            "plan_type",
            postgresql.ENUM("HOT_DESK", "DEDICATED_DESK", "PRIVATE_OFFICE", name="plan_type"),
            nullable=False,
        ),
        sa.Column(
            "status",
            postgresql.ENUM(
                "TRIALING", "ACTIVE", "PAST_DUE", "CANCELLED", name="subscription_status"
            ),
            nullable=False,
        ),
        sa.Column("stripe_subscription_id", sa.Text(), nullable=True),
        sa.Column("current_period_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("current_period_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancel_at_period_end", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "current_period_start < current_period_end", name="subscriptions_end_after_start"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="subscriptions_member_id_fkey", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="subscriptions_pkey"),
        sa.UniqueConstraint(
            "stripe_subscription_id", name="subscriptions_one_per_stripe_subscription"
        ),
    )
    op.create_index("subscriptions_member_id_idx", "subscriptions", ["member_id"], unique=False)
    op.create_index(
        "subscriptions_one_live_per_member",
        "subscriptions",
        ["member_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'CANCELLED'"),
    )
    op.create_table(
        "invoices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("space_id", sa.Uuid(), nullable=True),
        sa.Column("subscription_id", sa.Uuid(), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("refunded_cents", sa.BigInteger(), nullable=False),
        sa.Column(
            "status",
            postgresql.ENUM(
                "DRAFT", "OPEN", "PAID", "VOID", "UNCOLLECTIBLE", name="invoice_status"
            ),
            nullable=False,
        ),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'PAID') = (paid_at IS NOT NULL)", name="invoices_paid_ones_have_a_time"
        ),
        sa.CheckConstraint(
            "(booking_id IS NULL) = (space_id IS NULL)", name="invoices_name_booking_and_space"
        ),
        sa.CheckConstraint(
            "num_nonnulls(booking_id, subscription_id) = 1", name="invoices_are_for_one_thing"
        ),
        sa.CheckConstraint(
            "refunded_cents BETWEEN 0 AND amount_cents",
            name="invoices_refund_is_the_amount_at_most",
        ),
        sa.ForeignKeyConstraint(
            ["booking_id", "space_id"],
            ["bookings.id", "bookings.space_id"],
            name="invoices_booking_id_space_id_fkey",
            onupdate="CASCADE",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name="invoices_subscription_id_fkey",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="invoices_user_id_fkey", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="invoices_pkey"),
        sa.UniqueConstraint("booking_id", "space_id", name="invoices_one_per_booking"),
    )
    op.create_index("invoices_subscription_id_idx", "invoices", ["subscription_id"], unique=False)
    op.create_index("invoices_user_id_idx", "invoices", ["user_id"], unique=False)


def downgrade() -> None:
    """Downgrade to the previous revision."""
    op.drop_index("invoices_user_id_idx", table_name="invoices")
    op.drop_index("invoices_subscription_id_idx", table_name="invoices")
    op.drop_table("invoices")
    op.drop_index(
        "subscriptions_one_live_per_member",
        table_name="subscriptions",
        postgresql_where=sa.text("status <> 'CANCELLED'"),
    )
    op.drop_index("subscriptions_member_id_idx", table_name="subscriptions")
    op.drop_table("subscriptions")
    op.drop_index("occupancy_logs_space_id_occupied_at_idx", table_name="occupancy_logs")
    op.drop_table("occupancy_logs")
    op.drop_index("refresh_sessions_user_id_idx", table_name="refresh_sessions")
    op.drop_table("refresh_sessions")
    op.drop_table("members")
    op.drop_index("bookings_user_id_start_time_idx", table_name="bookings")
    op.drop_index("bookings_start_time_idx", table_name="bookings")
    op.drop_index("bookings_space_id_start_time_idx", table_name="bookings")
    op.drop_table("bookings")
    op.drop_table("users")
    op.drop_table("spaces")
    for name in ENUMS:
        op.execute(f"DROP TYPE {name}")
    op.execute("DROP FUNCTION require_written(bigint, bigint)")
    # The extension stays: it may be older than this schema, or in use by others.
