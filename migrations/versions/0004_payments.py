"""Payments: checkouts, the ledger, Stripe events, and columns for invoices and refunds.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
CURRENT = "status IN ('OPENING', 'OPEN')"
LEDGER_INDEXES = ("booking_id", "invoice_id", "payment_id")


def upgrade() -> None:
    """Upgrade to this revision."""
    _add_columns()
    _create_checkouts()
    _create_ledger()
    op.create_table(
        "provider_payments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("refunded_cents", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="provider_payments_pkey"),
    )
    op.create_table(
        "stripe_events",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("handled_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="stripe_events_pkey"),
    )
    _record_existing_payments()


def downgrade() -> None:
    """Downgrade to the previous revision."""
    op.drop_table("stripe_events")
    op.drop_table("provider_payments")
    op.drop_table("ledger_entries")
    op.drop_table("checkouts")
    for name in ("next_attempt_at", "attempts", "by_hand", "payment_id"):
        op.drop_column("refunds", name)
    op.drop_index("invoices_unnumbered_idx", table_name="invoices")
    op.drop_column("invoices", "number")
    for name in ("content_told_at", "status_told_at", "stripe_status"):
        op.drop_column("subscriptions", name)
    op.drop_column("bookings", "lapsed")


def _add_columns() -> None:
    op.add_column(
        "bookings", sa.Column("lapsed", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(
        "UPDATE bookings SET lapsed = true "
        "WHERE status = 'CANCELLED' AND cancel_reason = 'The hold ran out.'"
    )
    op.alter_column("bookings", "lapsed", server_default=None)
    op.create_check_constraint(
        "bookings_lapsed_are_cancelled", "bookings", "NOT lapsed OR status = 'CANCELLED'"
    )
    op.add_column("subscriptions", sa.Column("stripe_status", sa.Text()))
    op.add_column("subscriptions", sa.Column("status_told_at", TIME))
    op.add_column("subscriptions", sa.Column("content_told_at", TIME))
    op.add_column("invoices", sa.Column("number", sa.Text()))
    op.create_unique_constraint("invoices_one_per_number", "invoices", ["number"])
    op.create_index(
        "invoices_unnumbered_idx",
        "invoices",
        ["issued_at", "id"],
        postgresql_where=sa.text("number IS NULL AND status IN ('OPEN', 'PAID', 'UNCOLLECTIBLE')"),
    )
    op.add_column("refunds", sa.Column("payment_id", sa.Text()))
    op.add_column(
        "refunds", sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "refunds", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("refunds", sa.Column("next_attempt_at", TIME))
    op.alter_column("refunds", "by_hand", server_default=None)
    op.alter_column("refunds", "attempts", server_default=None)


def _create_checkouts() -> None:
    op.create_table(
        "checkouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid()),
        sa.Column("plan_type", sa.Text()),
        sa.Column("amount_cents", sa.BigInteger()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("expires_at", TIME),
        sa.Column("stripe_subscription_id", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(booking_id, plan_type) = 1", name="checkouts_are_for_one_thing"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="checkouts_user_id_fkey", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="checkouts_pkey"),
    )
    op.create_index("checkouts_booking_id_idx", "checkouts", ["booking_id"])
    op.create_index(
        "checkouts_one_current_per_booking",
        "checkouts",
        ["booking_id"],
        unique=True,
        postgresql_where=sa.text(CURRENT),
    )
    op.create_index(
        "checkouts_one_current_plan_per_user",
        "checkouts",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text(f"plan_type IS NOT NULL AND {CURRENT}"),
    )
    op.create_index(
        "checkouts_unsettled_idx",
        "checkouts",
        ["id"],
        postgresql_where=sa.text("status IN ('OPENING', 'OPEN', 'SUPERSEDED', 'PROCESSING')"),
    )


def _create_ledger() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid()),
        sa.Column("space_id", sa.Uuid()),
        sa.Column("subscription_id", sa.Uuid()),
        sa.Column("invoice_id", sa.Uuid()),
        sa.Column("payment_id", sa.Text()),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", TIME, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.UniqueConstraint("source", name="ledger_entries_one_per_source"),
        sa.CheckConstraint("amount_cents > 0", name="ledger_entries_move_something"),
        sa.CheckConstraint(
            "num_nonnulls(booking_id, subscription_id) = 1",
            name="ledger_entries_are_for_one_thing",
        ),
        sa.PrimaryKeyConstraint("id", name="ledger_entries_pkey"),
    )
    for column in LEDGER_INDEXES:
        op.create_index(f"ledger_entries_{column}_idx", "ledger_entries", [column])
    op.create_index("ledger_entries_occurred_at_idx", "ledger_entries", ["occurred_at", "id"])


def _record_existing_payments() -> None:
    """Add ledger entries for existing payments, all of which were made outside of Stripe."""
    op.execute(
        "INSERT INTO ledger_entries "
        "SELECT gen_random_uuid(), 'OFFLINE_PAYMENT', b.user_id, b.id, b.space_id, NULL, i.id, "
        "NULL, b.paid_cents, coalesce(i.paid_at, b.updated_at), 'confirmed:' || b.id "
        "FROM bookings b LEFT JOIN invoices i ON i.booking_id = b.id AND i.status = 'PAID' "
        "WHERE b.paid_cents > 0"
    )
