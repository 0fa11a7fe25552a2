"""Tables of subscriptions, invoices, refunds, checkouts and the ledger. Amounts are US cents."""

import sqlalchemy as sa

from adapters.postgres.schema import constraints
from adapters.postgres.schema.types import (
    booking_key,
    cents_column,
    foreign_key,
    id_column,
    invoice_status,
    metadata,
    plan_type,
    subscription_status,
    time_column,
    version_column,
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    id_column(),
    sa.Column("member_id", foreign_key("members.id", ondelete="RESTRICT"), nullable=False),
    sa.Column("plan_type", plan_type, nullable=False),
    sa.Column("status", subscription_status, nullable=False),
    sa.Column("stripe_subscription_id", sa.Text),
    time_column("current_period_start"),
    time_column("current_period_end"),
    sa.Column("cancel_at_period_end", sa.Boolean, nullable=False),
    version_column(),
    time_column("created_at"),
    time_column("updated_at"),
    sa.Column("stripe_status", sa.Text),
    time_column("status_told_at", nullable=True),
    time_column("content_told_at", nullable=True),
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

invoices = sa.Table(
    "invoices",
    metadata,
    id_column(),
    sa.Column("user_id", foreign_key("users.id", ondelete="RESTRICT"), nullable=False, index=True),
    sa.Column("booking_id", sa.Uuid),
    sa.Column("space_id", sa.Uuid),
    sa.Column("subscription_id", foreign_key("subscriptions.id", ondelete="RESTRICT"), index=True),
    cents_column("amount_cents"),
    cents_column("refunded_cents"),
    sa.Column("status", invoice_status, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    time_column("issued_at"),
    time_column("paid_at", nullable=True),
    version_column(),
    sa.Column("number", sa.Text),
    booking_key(),
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
    # The last entry of a year is its highest number: more digits sort after fewer.
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
    id_column(),
    sa.Column("booking_id", sa.Uuid, nullable=False),
    sa.Column("space_id", sa.Uuid, nullable=False),
    cents_column("amount_cents"),
    time_column("decided_at"),
    time_column("accepted_at", nullable=True),
    version_column(),
    sa.Column("payment_id", sa.Text),
    sa.Column("by_hand", sa.Boolean, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    time_column("next_attempt_at", nullable=True),
    booking_key(),
    sa.CheckConstraint("amount_cents > 0", name="refunds_give_something_back"),
    sa.Index("refunds_booking_id_space_id_idx", "booking_id", "space_id"),
    sa.Index(
        "refunds_due_idx", "decided_at", "id", postgresql_where=sa.text("accepted_at IS NULL")
    ),
)

checkouts = sa.Table(
    "checkouts",
    metadata,
    id_column(),
    sa.Column("user_id", foreign_key("users.id", ondelete="RESTRICT"), nullable=False),
    sa.Column("booking_id", sa.Uuid, index=True),
    sa.Column("plan_type", sa.Text),
    cents_column("amount_cents", nullable=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("session_id", sa.Text),
    sa.Column("url", sa.Text),
    time_column("expires_at", nullable=True),
    sa.Column("stripe_subscription_id", sa.Text),
    version_column(),
    time_column("created_at"),
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
    id_column(),
    sa.Column("kind", sa.Text, nullable=False),
    # No foreign keys: the ledger outlives its subjects and is never changed.
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("booking_id", sa.Uuid, index=True),
    sa.Column("space_id", sa.Uuid),
    sa.Column("subscription_id", sa.Uuid),
    sa.Column("invoice_id", sa.Uuid, index=True),
    sa.Column("payment_id", sa.Text, index=True),
    cents_column("amount_cents"),
    time_column("occurred_at"),
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
    cents_column("refunded_cents"),
    version_column(),
)

stripe_events = sa.Table(
    "stripe_events",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    time_column("handled_at"),
)
