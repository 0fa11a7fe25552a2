"""The booking engine: refunds, idempotency keys, calendar feeds, and indexes for every list.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OCCUPIES_SLOT = "status IN ('PENDING', 'CONFIRMED', 'CHECKED_IN')"
TAKES_LONG = "end_time - start_time >= interval '24 hours'"


def upgrade() -> None:
    """Upgrade to this revision."""
    _index_bookings()
    # Rescheduling a booking may leave several VOID invoices behind.
    op.drop_constraint("invoices_one_per_booking", "invoices", type_="unique")
    op.create_index(
        "invoices_one_per_booking",
        "invoices",
        ["booking_id", "space_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'VOID'"),
    )
    op.create_index(
        "invoices_booking_id_space_id_idx", "invoices", ["booking_id", "space_id"], unique=False
    )
    _create_refunds()
    op.create_table(
        "calendar_feeds",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(token_hash) = 32", name="calendar_feeds_token_is_hashed"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="calendar_feeds_user_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name="calendar_feeds_pkey"),
        sa.UniqueConstraint("token_hash", name="calendar_feeds_one_per_token"),
    )
    _create_idempotency_keys()


def downgrade() -> None:
    """Downgrade to the previous revision."""
    op.drop_index("idempotency_keys_answered_at_idx", table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_table("calendar_feeds")
    op.drop_table("refunds")
    op.drop_index("invoices_booking_id_space_id_idx", table_name="invoices")
    op.drop_index("invoices_one_per_booking", table_name="invoices")
    # Keep one invoice per booking: the one that is not VOID, or else the latest.
    op.execute(
        "DELETE FROM invoices i USING invoices other WHERE other.booking_id = i.booking_id "
        "AND (other.status <> 'VOID', other.id) > (i.status <> 'VOID', i.id)"
    )
    op.create_unique_constraint("invoices_one_per_booking", "invoices", ["booking_id", "space_id"])
    for name in ("long", "ran_out", "status_start_time", "space_id_occupying", "space_id_status"):
        op.drop_index(f"bookings_{name}_idx", table_name="bookings")
    op.create_index("bookings_start_time_idx", "bookings", ["start_time", "id"], unique=False)
    op.create_index(
        "bookings_space_id_start_time_idx",
        "bookings",
        ["space_id", "start_time", "id"],
        unique=False,
    )


def _index_bookings() -> None:
    op.drop_index("bookings_start_time_idx", table_name="bookings")
    op.drop_index("bookings_space_id_start_time_idx", table_name="bookings")
    op.create_index(
        "bookings_space_id_status_idx", "bookings", ["space_id", "status", "start_time", "id"]
    )
    op.create_index(
        "bookings_space_id_occupying_idx",
        "bookings",
        ["space_id", "start_time"],
        postgresql_where=sa.text(OCCUPIES_SLOT),
    )
    op.create_index("bookings_status_start_time_idx", "bookings", ["status", "start_time", "id"])
    op.create_index(
        "bookings_ran_out_idx",
        "bookings",
        ["hold_expires_at", "id"],
        postgresql_where=sa.text("status = 'PENDING'"),
    )
    op.create_index(
        "bookings_long_idx",
        "bookings",
        [sa.text("tstzrange(start_time, end_time)")],
        postgresql_using="gist",
        postgresql_where=sa.text(TAKES_LONG),
    )


def _create_refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("space_id", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name="refunds_give_something_back"),
        sa.ForeignKeyConstraint(
            ["booking_id", "space_id"],
            ["bookings.id", "bookings.space_id"],
            name="refunds_booking_id_space_id_fkey",
            onupdate="CASCADE",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="refunds_pkey"),
    )
    op.create_index("refunds_booking_id_space_id_idx", "refunds", ["booking_id", "space_id"])
    op.create_index(
        "refunds_due_idx",
        "refunds",
        ["decided_at", "id"],
        postgresql_where=sa.text("accepted_at IS NULL"),
    )


def _create_idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(key) BETWEEN 1 AND 255", name="idempotency_keys_length_is_bounded"
        ),
        sa.CheckConstraint(
            "octet_length(fingerprint) = 32", name="idempotency_keys_fingerprint_is_a_hash"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="idempotency_keys_user_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name="idempotency_keys_pkey"),
    )
    op.create_index("idempotency_keys_answered_at_idx", "idempotency_keys", ["answered_at"])
