"""The tables, and every invariant of the domain that SQL can state.

Amounts are whole US cents. Times are `timestamptz`. A constraint's name tells what it holds, and is
what the code knows it by; those that another unit of work can run into are named in `constraints`.
"""

from enum import Enum

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres import constraints
from domain.analytics.occupancy import COUNTED_STATUSES
from domain.bookings import OCCUPYING_STATUSES, BookingStatus
from domain.invoices import InvoiceStatus
from domain.spaces import LARGEST_CAPACITY, SpaceType
from domain.subscriptions import PlanType, SubscriptionStatus
from domain.users import Locale, Role

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)


def _enum(values: type[Enum], name: str) -> pg.ENUM:
    return pg.ENUM(
        values,
        name=name,
        metadata=metadata,
        values_callable=lambda enum: [member.value for member in enum],
    )


user_role = _enum(Role, "user_role")
user_locale = _enum(Locale, "user_locale")
space_type = _enum(SpaceType, "space_type")
booking_status = _enum(BookingStatus, "booking_status")
plan_type = _enum(PlanType, "plan_type")
subscription_status = _enum(SubscriptionStatus, "subscription_status")
invoice_status = _enum(InvoiceStatus, "invoice_status")

_Time = sa.DateTime(timezone=True)


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid, primary_key=True)


def _version() -> sa.Column[object]:
    return sa.Column("version", sa.Integer, nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, _Time, nullable=nullable)


def _cents(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _owner(target: str, *, ondelete: str) -> sa.ForeignKey:
    return sa.ForeignKey(target, ondelete=ondelete)


users = sa.Table(
    "users",
    metadata,
    _id(),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("full_name", sa.Text, nullable=False),
    sa.Column("role", user_role, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("locale", user_locale, nullable=False),
    sa.Column("reminders", sa.Boolean, nullable=False),
    _version(),
    _time("created_at"),
    _time("updated_at"),
    sa.Column("credentials_version", sa.Integer, nullable=False),
    # The address and the name as `search_key` has them, so that one way of folding counts.
    sa.Column("search_text", sa.Text, nullable=False),
    sa.UniqueConstraint("email", name=constraints.ONE_USER_PER_EMAIL),
    sa.CheckConstraint("email <> '' AND length(email) <= 254", name="users_email_is_bounded"),
)

members = sa.Table(
    "members",
    metadata,
    _id(),
    sa.Column("user_id", _owner("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("phone", sa.Text),
    sa.Column("company", sa.Text),
    sa.Column("stripe_customer_id", sa.Text),
    _version(),
    _time("created_at"),
    _time("updated_at"),
    sa.UniqueConstraint("user_id", name=constraints.ONE_MEMBER_PER_USER),
    sa.UniqueConstraint("stripe_customer_id", name=constraints.ONE_MEMBER_PER_STRIPE_CUSTOMER),
)

refresh_sessions = sa.Table(
    "refresh_sessions",
    metadata,
    _id(),
    sa.Column("user_id", _owner("users.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),
    sa.Column("user_agent", sa.Text),
    sa.Column("client_address", sa.Text),
    _time("created_at"),
    _time("last_used_at"),
    _time("expires_at"),
    sa.Column("credentials_version", sa.Integer, nullable=False),
    _version(),
    _time("ended_at", nullable=True),
    sa.UniqueConstraint("token_hash", name=constraints.ONE_SESSION_PER_HASH),
    sa.CheckConstraint("octet_length(token_hash) = 32", name="refresh_sessions_token_is_hashed"),
    sa.CheckConstraint("expires_at > created_at", name="refresh_sessions_expire_after_start"),
)

used_refresh_tokens = sa.Table(
    "used_refresh_tokens",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column(
        "session_id",
        _owner("refresh_sessions.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.CheckConstraint("octet_length(token_hash) = 32", name="used_refresh_tokens_token_is_hashed"),
)

password_resets = sa.Table(
    "password_resets",
    metadata,
    sa.Column("user_id", _owner("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),
    sa.Column("credentials_version", sa.Integer, nullable=False),
    _time("expires_at"),
    sa.UniqueConstraint("token_hash", name=constraints.ONE_RESET_PER_HASH),
    sa.CheckConstraint("octet_length(token_hash) = 32", name="password_resets_token_is_hashed"),
)

throttles = sa.Table(
    "throttles",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    _time("window_ends_at"),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("open", sa.Integer, nullable=False),
    sa.CheckConstraint("failed >= 0 AND open >= 0", name="throttles_counts_are_not_negative"),
)

audit_log = sa.Table(
    "audit_log",
    metadata,
    _id(),
    _time("at"),
    sa.Column("event", sa.Text, nullable=False),
    # No references: the log outlives what it tells of, and entries about nobody cost the same.
    sa.Column("actor_id", sa.Uuid),
    sa.Column("subject_id", sa.Uuid),
    sa.Column("client_address", sa.Text),
    sa.Column("details", pg.JSONB, nullable=False),
    sa.Index("audit_log_at_idx", "at", "id"),
    sa.Index("audit_log_actor_id_at_idx", "actor_id", "at", "id"),
    sa.Index("audit_log_subject_id_at_idx", "subject_id", "at", "id"),
    sa.Index("audit_log_event_at_idx", "event", "at", "id"),
)

spaces = sa.Table(
    "spaces",
    metadata,
    _id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("space_type", space_type, nullable=False),
    sa.Column("capacity", sa.Integer, nullable=False),
    _cents("hourly_rate_cents", nullable=True),
    _cents("daily_rate_cents", nullable=True),
    _cents("monthly_rate_cents", nullable=True),
    sa.Column("amenities", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("opening_hours", pg.JSONB),
    sa.Column("is_active", sa.Boolean, nullable=False),
    _version(),
    _time("created_at"),
    _time("updated_at"),
    sa.CheckConstraint(
        f"capacity BETWEEN 1 AND {LARGEST_CAPACITY}", name="spaces_capacity_is_bounded"
    ),
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
        "space_id", _owner("spaces.id", ondelete="CASCADE"), primary_key=True, nullable=False
    ),
    sa.Column("version", sa.Integer, primary_key=True, nullable=False),
    _time("since"),
    sa.Column("desks", sa.Integer, nullable=False),
    sa.Column("opening_hours", pg.JSONB),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.CheckConstraint(
        f"desks BETWEEN 1 AND {LARGEST_CAPACITY}", name="space_history_desks_are_bounded"
    ),
)

_OCCUPYING = ", ".join(f"'{status}'" for status in BookingStatus if status in OCCUPYING_STATUSES)
OCCUPIES_SLOT = f"status IN ({_OCCUPYING})"
TAKES_LONG = "end_time - start_time >= interval '24 hours'"
"""Few do: the others that overlap an instant began within the day before it."""

_BOOKED = ", ".join(f"'{status}'" for status in sorted(COUNTED_STATUSES))
IS_BOOKED = f"status IN ({_BOOKED})"
"""What reports count as booked."""
STAYED_LONG = "vacated_at IS NULL OR vacated_at - occupied_at >= interval '24 hours'"
"""As with bookings that take long."""

bookings = sa.Table(
    "bookings",
    metadata,
    # The space is part of the key so that the table can be spread over servers by space.
    sa.Column("id", sa.Uuid, nullable=False),
    sa.Column("space_id", _owner("spaces.id", ondelete="RESTRICT"), nullable=False),
    sa.Column("user_id", _owner("users.id", ondelete="RESTRICT"), nullable=False),
    sa.Column("desk", sa.Integer, nullable=False),
    _time("start_time"),
    _time("end_time"),
    sa.Column("status", booking_status, nullable=False),
    _cents("amount_cents"),
    _cents("paid_cents"),
    _cents("refunded_cents"),
    sa.Column("covered_by_plan", sa.Boolean, nullable=False),
    sa.Column("notes", sa.Text),
    _time("hold_expires_at", nullable=True),
    _time("checked_in_at", nullable=True),
    _time("checked_out_at", nullable=True),
    _time("cancelled_at", nullable=True),
    sa.Column("cancel_reason", sa.Text),
    _version(),
    _time("created_at"),
    _time("updated_at"),
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
    # Lists are put together of one short list a status, so that each is read in its order.
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

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    _id(),
    sa.Column("member_id", _owner("members.id", ondelete="RESTRICT"), nullable=False),
    sa.Column("plan_type", plan_type, nullable=False),
    sa.Column("status", subscription_status, nullable=False),
    sa.Column("stripe_subscription_id", sa.Text),
    _time("current_period_start"),
    _time("current_period_end"),
    sa.Column("cancel_at_period_end", sa.Boolean, nullable=False),
    _version(),
    _time("created_at"),
    _time("updated_at"),
    sa.Column("stripe_status", sa.Text),
    _time("status_told_at", nullable=True),
    _time("content_told_at", nullable=True),
    sa.UniqueConstraint("stripe_subscription_id", name=constraints.ONE_PER_STRIPE_SUBSCRIPTION),
    sa.CheckConstraint(
        "current_period_start < current_period_end", name="subscriptions_end_after_start"
    ),
    sa.Index("subscriptions_member_id_idx", "member_id"),
    sa.Index(
        constraints.ONE_LIVE_SUBSCRIPTION_PER_MEMBER,
        "member_id",
        unique=True,
        postgresql_where=sa.text("status <> 'CANCELLED'"),
    ),
)


def _booking_key() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["booking_id", "space_id"],
        ["bookings.id", "bookings.space_id"],
        ondelete="RESTRICT",
        # A booking may be moved to another space; what belongs to it follows.
        onupdate="CASCADE",
    )


occupancy_logs = sa.Table(
    "occupancy_logs",
    metadata,
    _id(),
    sa.Column("booking_id", sa.Uuid, nullable=False),
    sa.Column("space_id", sa.Uuid, nullable=False),
    _time("occupied_at"),
    _time("vacated_at", nullable=True),
    _booking_key(),
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

invoices = sa.Table(
    "invoices",
    metadata,
    _id(),
    sa.Column("user_id", _owner("users.id", ondelete="RESTRICT"), nullable=False, index=True),
    sa.Column("booking_id", sa.Uuid),
    sa.Column("space_id", sa.Uuid),
    sa.Column("subscription_id", _owner("subscriptions.id", ondelete="RESTRICT"), index=True),
    _cents("amount_cents"),
    _cents("refunded_cents"),
    sa.Column("status", invoice_status, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    _time("issued_at"),
    _time("paid_at", nullable=True),
    _version(),
    sa.Column("number", sa.Text),
    _booking_key(),
    sa.UniqueConstraint("number", name=constraints.ONE_INVOICE_PER_NUMBER),
    sa.Index(
        "invoices_unnumbered_idx",
        "issued_at",
        "id",
        postgresql_where=sa.text("number IS NULL AND status IN ('OPEN', 'PAID', 'UNCOLLECTIBLE')"),
    ),
    sa.Index(
        constraints.ONE_INVOICE_PER_BOOKING,
        "booking_id",
        "space_id",
        unique=True,
        postgresql_where=sa.text("status <> 'VOID'"),
    ),
    sa.Index("invoices_booking_id_space_id_idx", "booking_id", "space_id"),
    # The last of a year is the highest one: a number of more digits comes after all with fewer.
    sa.Index(
        "invoices_year_number_idx",
        sa.text('"left"(number, 4)'),
        sa.text("length(number)"),
        "number",
        postgresql_where=sa.text("number IS NOT NULL"),
    ),
    sa.CheckConstraint(
        "num_nonnulls(booking_id, subscription_id) = 1", name="invoices_are_for_one_thing"
    ),
    sa.CheckConstraint(
        "(booking_id IS NULL) = (space_id IS NULL)", name="invoices_name_booking_and_space"
    ),
    sa.CheckConstraint(
        "refunded_cents BETWEEN 0 AND amount_cents",
        name="invoices_refund_is_the_amount_at_most",
    ),
    sa.CheckConstraint(
        "(status = 'PAID') = (paid_at IS NOT NULL)", name="invoices_paid_ones_have_a_time"
    ),
)

refunds = sa.Table(
    "refunds",
    metadata,
    _id(),
    sa.Column("booking_id", sa.Uuid, nullable=False),
    sa.Column("space_id", sa.Uuid, nullable=False),
    _cents("amount_cents"),
    _time("decided_at"),
    _time("accepted_at", nullable=True),
    _version(),
    sa.Column("payment_id", sa.Text),
    sa.Column("by_hand", sa.Boolean, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    _time("next_attempt_at", nullable=True),
    _booking_key(),
    sa.CheckConstraint("amount_cents > 0", name="refunds_give_something_back"),
    sa.Index("refunds_booking_id_space_id_idx", "booking_id", "space_id"),
    sa.Index(
        "refunds_due_idx", "decided_at", "id", postgresql_where=sa.text("accepted_at IS NULL")
    ),
)

checkouts = sa.Table(
    "checkouts",
    metadata,
    _id(),
    sa.Column("user_id", _owner("users.id", ondelete="RESTRICT"), nullable=False),
    sa.Column("booking_id", sa.Uuid, index=True),
    sa.Column("plan_type", sa.Text),
    _cents("amount_cents", nullable=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("session_id", sa.Text),
    sa.Column("url", sa.Text),
    _time("expires_at", nullable=True),
    sa.Column("stripe_subscription_id", sa.Text),
    _version(),
    _time("created_at"),
    sa.CheckConstraint(
        "num_nonnulls(booking_id, plan_type) = 1", name="checkouts_are_for_one_thing"
    ),
    sa.Index(
        constraints.ONE_CHECKOUT_PER_BOOKING,
        "booking_id",
        unique=True,
        postgresql_where=sa.text("status IN ('OPENING', 'OPEN')"),
    ),
    sa.Index(
        constraints.ONE_PLAN_CHECKOUT_PER_USER,
        "user_id",
        unique=True,
        postgresql_where=sa.text("plan_type IS NOT NULL AND status IN ('OPENING', 'OPEN')"),
    ),
    sa.Index(
        "checkouts_unsettled_idx",
        "id",
        postgresql_where=sa.text("status IN ('OPENING', 'OPEN', 'SUPERSEDED', 'PROCESSING')"),
    ),
)

ledger_entries = sa.Table(
    "ledger_entries",
    metadata,
    _id(),
    sa.Column("kind", sa.Text, nullable=False),
    # No references: the ledger outlives what it tells of, and stays as it was written.
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("booking_id", sa.Uuid, index=True),
    sa.Column("space_id", sa.Uuid),
    sa.Column("subscription_id", sa.Uuid),
    sa.Column("invoice_id", sa.Uuid, index=True),
    sa.Column("payment_id", sa.Text, index=True),
    _cents("amount_cents"),
    _time("occurred_at"),
    sa.Column("source", sa.Text, nullable=False),
    sa.UniqueConstraint("source", name=constraints.ONE_ENTRY_PER_SOURCE),
    sa.CheckConstraint("amount_cents > 0", name="ledger_entries_move_something"),
    sa.CheckConstraint(
        "num_nonnulls(booking_id, subscription_id) = 1", name="ledger_entries_are_for_one_thing"
    ),
    sa.Index("ledger_entries_occurred_at_idx", "occurred_at", "id"),
)

provider_payments = sa.Table(
    "provider_payments",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _cents("refunded_cents"),
    _version(),
)

stripe_events = sa.Table(
    "stripe_events",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    _time("handled_at"),
)

calendar_feeds = sa.Table(
    "calendar_feeds",
    metadata,
    sa.Column("user_id", _owner("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),
    _time("created_at"),
    sa.UniqueConstraint("token_hash", name=constraints.ONE_FEED_PER_HASH),
    sa.CheckConstraint("octet_length(token_hash) = 32", name="calendar_feeds_token_is_hashed"),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("user_id", _owner("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("headers", pg.JSONB, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    _time("answered_at"),
    sa.CheckConstraint("length(key) BETWEEN 1 AND 255", name="idempotency_keys_length_is_bounded"),
    sa.CheckConstraint(
        "octet_length(fingerprint) = 32", name="idempotency_keys_fingerprint_is_a_hash"
    ),
    sa.Index("idempotency_keys_answered_at_idx", "answered_at"),
)

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", pg.JSONB, nullable=False),
    _time("noted_at"),
    _time("due_at"),
    sa.Column("attempts", sa.Integer, nullable=False),
    _time("finished_at", nullable=True),
    _time("gave_up_at", nullable=True),
    sa.Column("last_error", sa.Text),
    _version(),
    sa.CheckConstraint("starts_with(id, kind || '/')", name="jobs_are_named_by_kind"),
    sa.CheckConstraint("length(id) <= 255", name="jobs_id_length_is_bounded"),
    sa.CheckConstraint("attempts >= 0", name="jobs_attempts_are_not_negative"),
    sa.CheckConstraint("finished_at IS NULL OR gave_up_at IS NULL", name="jobs_end_one_way"),
    # What is taken next, whatever has been done before it.
    sa.Index(
        "jobs_due_at_idx",
        "due_at",
        postgresql_where=sa.text("finished_at IS NULL AND gave_up_at IS NULL"),
    ),
    sa.Index(
        "jobs_finished_at_idx", "finished_at", postgresql_where=sa.text("finished_at IS NOT NULL")
    ),
)

ticks = sa.Table(
    "ticks",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _time("next_at"),
)
