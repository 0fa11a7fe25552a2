"""Reports: the history of each space, and indexes whose cost grows with the reported range.

The history before this revision is unknown. Each space is assumed to have had its current desks
and opening hours since its creation; an inactive space is assumed active until its last update.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LONG_STAY = "vacated_at IS NULL OR vacated_at - occupied_at >= interval '24 hours'"


def upgrade() -> None:
    """Upgrade to this revision."""
    op.create_table(
        "space_history",
        sa.Column("space_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("desks", sa.Integer(), nullable=False),
        sa.Column("opening_hours", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("desks BETWEEN 1 AND 1000", name="space_history_desks_are_bounded"),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name="space_history_space_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", "version", name="space_history_pkey"),
    )
    # Version 0 represents the active time of a space that is now inactive.
    op.execute(
        "INSERT INTO space_history "
        "SELECT id, CASE WHEN is_active THEN version ELSE 0 END, created_at, "
        "CASE space_type WHEN 'HOT_DESK' THEN capacity ELSE 1 END, opening_hours, true FROM spaces"
    )
    op.execute(
        "INSERT INTO space_history "
        "SELECT id, version, updated_at, CASE space_type WHEN 'HOT_DESK' THEN capacity ELSE 1 END, "
        "opening_hours, false FROM spaces WHERE NOT is_active"
    )
    _create_indexes()


def downgrade() -> None:
    """Downgrade to the previous revision."""
    for name, table in _INDEXES.items():
        op.drop_index(name, table_name=table)
    op.drop_table("space_history")


_INDEXES = {
    "bookings_cancelled_at_idx": "bookings",
    "occupancy_logs_occupied_at_idx": "occupancy_logs",
    "occupancy_logs_long_idx": "occupancy_logs",
    "invoices_paid_at_idx": "invoices",
    "refunds_accepted_at_idx": "refunds",
}


def _create_indexes() -> None:
    op.create_index(
        "bookings_cancelled_at_idx",
        "bookings",
        ["cancelled_at"],
        postgresql_where=sa.text("cancelled_at IS NOT NULL"),
    )
    op.create_index(
        "occupancy_logs_occupied_at_idx",
        "occupancy_logs",
        ["occupied_at"],
        postgresql_include=["vacated_at", "space_id"],
    )
    op.create_index(
        "occupancy_logs_long_idx",
        "occupancy_logs",
        [sa.text("tstzrange(occupied_at, vacated_at)")],
        postgresql_using="gist",
        postgresql_where=sa.text(LONG_STAY),
    )
    op.create_index(
        "invoices_paid_at_idx",
        "invoices",
        ["paid_at"],
        postgresql_include=["amount_cents", "space_id", "user_id"],
        postgresql_where=sa.text("paid_at IS NOT NULL"),
    )
    op.create_index(
        "refunds_accepted_at_idx",
        "refunds",
        ["accepted_at"],
        postgresql_where=sa.text("accepted_at IS NOT NULL"),
    )
