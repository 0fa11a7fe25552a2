"""Tables of background jobs and task leases."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.schema.types import metadata, time_column, version_column

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", pg.JSONB, nullable=False),
    time_column("noted_at"),
    time_column("due_at"),
    sa.Column("attempts", sa.Integer, nullable=False),
    time_column("finished_at", nullable=True),
    time_column("gave_up_at", nullable=True),
    sa.Column("last_error", sa.Text),
    version_column(),
    sa.CheckConstraint("starts_with(id, kind || '/')", name="jobs_are_named_by_kind"),
    sa.CheckConstraint("length(id) <= 255", name="jobs_id_length_is_bounded"),
    sa.CheckConstraint("attempts >= 0", name="jobs_attempts_are_not_negative"),
    sa.CheckConstraint("finished_at IS NULL OR gave_up_at IS NULL", name="jobs_end_one_way"),
    # For claiming the next job, at a cost that does not grow with finished jobs.
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
    time_column("next_at"),
)
