"""Jobs that commits enqueue, and the ticks of periodic tasks.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this revision."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gave_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_with(id, kind || '/')", name="jobs_are_named_by_kind"),
        sa.CheckConstraint("length(id) <= 255", name="jobs_id_length_is_bounded"),
        sa.CheckConstraint("attempts >= 0", name="jobs_attempts_are_not_negative"),
        sa.CheckConstraint("finished_at IS NULL OR gave_up_at IS NULL", name="jobs_end_one_way"),
        sa.PrimaryKeyConstraint("id", name="jobs_pkey"),
    )
    op.create_index(
        "jobs_due_at_idx",
        "jobs",
        ["due_at"],
        postgresql_where=sa.text("finished_at IS NULL AND gave_up_at IS NULL"),
    )
    op.create_index(
        "jobs_finished_at_idx",
        "jobs",
        ["finished_at"],
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_table(
        "ticks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="ticks_pkey"),
    )


def downgrade() -> None:
    """Downgrade to the previous revision."""
    op.drop_table("ticks")
    op.drop_table("jobs")
